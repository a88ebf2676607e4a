// The command line itself: help, spelling mistakes, information about the build.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command/subprocess.hpp"
#include "support/temporary_directory.hpp"

namespace sgdyn {
namespace {

using testing_support::Finished;
using testing_support::TemporaryDirectory;

Finished run_in(const TemporaryDirectory& directory, const std::vector<std::string>& arguments) {
  return testing_support::run({.arguments = arguments, .directory = directory.path()});
}

TEST(CommandLine, HelpOfEverySubcommandBeginsWithAnExample) {
  const TemporaryDirectory directory;
  for (const std::string name : {"compare", "demo", "dmft", "simulate", "info"}) {
    const Finished finished = run_in(directory, {name, "--help"});
    EXPECT_EQ(finished.status, 0) << name;
    EXPECT_TRUE(finished.out.starts_with("Example:\n  sgdyn " + name)) << finished.out;
    EXPECT_EQ(finished.err, "");
  }
  EXPECT_EQ(directory.count(), 0);
}

TEST(CommandLine, HelpListsEverySubcommandAndVersionIsPrinted) {
  const TemporaryDirectory directory;
  const Finished help = run_in(directory, {"--help"});
  EXPECT_EQ(help.status, 0);
  for (const std::string name : {"compare", "demo", "dmft", "simulate", "info"}) {
    EXPECT_NE(help.out.find("\n  " + name + " "), std::string::npos) << name;
  }
  const Finished version = run_in(directory, {"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(version.out.starts_with("sgdyn ")) << version.out;
}

struct Mistake {
  std::vector<std::string> arguments;
  std::string answer;  // part of the sentence
};

TEST(CommandLine, MistakesAreAnsweredWithTheNearestValidWord) {
  const TemporaryDirectory directory;
  testing_support::write_bytes(directory / "p.toml", testing_support::small_problem());
  const std::vector<Mistake> mistakes{
      {{}, "no subcommand"},
      {{"comprae", "p.toml"}, "\"compare\""},
      {{"--verison"}, "\"--version\""},
      {{"p.toml"}, "did you mean sgdyn compare p.toml?"},
      {{"compare"}, "needs a problem file"},
      {{"compare", "p.toml", "p.toml"}, "one argument too many"},
      {{"compare", "p.toml", "--thread", "2"}, "\"--threads\""},
      {{"simulate", "p.toml", "--sead=2"}, "\"--seed\""},
      {{"dmft", "p.toml", "--theory", "dmft"}, "no such option"},
      {{"compare", "p.toml", "--theory", "dmtf"}, "\"dmft\""},
      {{"compare", "p.toml", "--theory-algorithm", "sgdd"}, "\"sgd\""},
      {{"compare", "p.toml", "--theory-algorithm", "persistent-sgd"}, "persistence"},
      {{"compare", "p.toml", "--threads", "0"}, "1 to 1024"},
      {{"compare", "p.toml", "--threads", "two"}, "1 to 1024"},
      {{"compare", "p.toml", "--threads", ""}, "1 to 1024"},
      {{"compare", "p.toml", "--seed", ""}, "--seed"},
      {{"dmft", "p.toml", "--set", "algorithm.b=0.2"}, "did you mean \"batch\""},
      {{"compare", "p.toml", "--seed", "-1"}, "\"-1\""},
      {{"dmft", "p.toml", "--error", "0"}, "--error"},
      {{"compare", "p.toml", "--set", "data.alpa=3"}, "alpha"},
      {{"compare", "p.toml", "--set", "simulation.dimensions=3"}, "dimension"},
      {{"dmft", "p.toml", "--set", "dmft.sample=64"}, "samples"},
      {{"compare", "p.toml", "--set", "comparison.false_alarm=2"}, "false_alarm"},
      {{"compare", "nowhere.toml"}, "nowhere.toml"},
      {{"info", "--set", "data.alpha=3"}, "no such option"},
      {{"--json", "compare", "p.toml"}, "options come after the subcommand"},
      {{"compare", "p.toml", "--set"}, "--set: no value is given"},
      {{"compare", "p.toml", "--seed", "1", "--seed", "2"}, "--seed: given more than once"},
      {{"compare", "p.toml", "--quiet=maybe"}, "--quiet: takes no value"},
      {{"compare", "p.toml", "--set", "data=3"}, "\"data\" is a table"},
      {{"dmft", "p.toml", "--error", "nan"}, "a number above 0"},
      {{"compare", "--", "--json"}, "no such file"},
  };
  for (const Mistake& mistake : mistakes) {
    const Finished finished = run_in(directory, mistake.arguments);
    EXPECT_EQ(finished.status, 2) << finished.err;
    EXPECT_EQ(finished.out, "") << finished.err;
    EXPECT_NE(finished.err.find(mistake.answer), std::string::npos) << finished.err;
    EXPECT_EQ(testing_support::count_lines(finished.err), 1) << finished.err;
  }
  EXPECT_EQ(directory.count(), 1) << "a refused command wrote something";
}

TEST(CommandLine, TwoDashesEndTheOptions) {
  const TemporaryDirectory directory;
  testing_support::write_bytes(directory / "-p.toml", testing_support::small_problem());
  const Finished finished = run_in(directory, {"simulate", "--json", "--quiet", "--", "-p.toml"});
  EXPECT_EQ(finished.status, 0) << finished.err;
}

TEST(CommandLine, InfoNamesTheBuildForPeopleAndPrograms) {
  const TemporaryDirectory directory;
  const Finished text = run_in(directory, {"info"});
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.out.find("compiler"), std::string::npos);
  const Finished finished = run_in(directory, {"info", "--json", "--threads", "3"});
  EXPECT_EQ(finished.status, 0);
  const nlohmann::json document = nlohmann::json::parse(finished.out);
  EXPECT_EQ(document["threads"], 3);
  for (const char* key : {"version", "compiler", "flags", "build_type", "simd", "mpi", "random", "dependencies"}) {
    EXPECT_TRUE(document.contains(key)) << key;
  }
  for (const char* name : {"Eigen", "Boost", "GSL", "fmt", "CLI11", "toml++", "nlohmann_json", "OpenMP", "gnuplot"}) {
    EXPECT_TRUE(document["dependencies"].contains(name)) << name;
  }
  EXPECT_EQ(directory.count(), 0);
}

}  // namespace
}  // namespace sgdyn
