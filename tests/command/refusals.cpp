// Bad input: exit status 2, one sentence on stderr that names the file, an empty stdout, and nothing written.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "command/subprocess.hpp"
#include "support/malformed_files.hpp"
#include "support/temporary_directory.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using testing_support::Finished;
using testing_support::malformed_files;
using testing_support::TemporaryDirectory;

TEST(Refusals, EveryMalformedFileIsRefusedInOneLineWithNothingWritten) {
  const TemporaryDirectory directory;
  const std::vector<fs::path> files = malformed_files();
  ASSERT_GT(files.size(), 50U);
  for (const fs::path& file : files) {
    const Finished finished =
        testing_support::run({.arguments = {"compare", file.string()}, .directory = directory.path()});
    EXPECT_EQ(finished.status, 2) << file << finished.err;
    EXPECT_EQ(finished.out, "") << file;
    EXPECT_NE(finished.err.find(file.filename().string()), std::string::npos) << finished.err;
    // A mistake inside a formula is followed by the formula and a caret.
    EXPECT_EQ(testing_support::count_lines(finished.err), finished.err.ends_with("^\n") ? 3 : 1) << finished.err;
  }
  EXPECT_EQ(directory.count(), 0);
}

class Output : public testing::Test {
 protected:
  void SetUp() override { testing_support::write_bytes(directory_ / "p.toml", testing_support::small_problem()); }

  [[nodiscard]] Finished compare(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"compare", "p.toml", "--no-plot"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return testing_support::run({.arguments = arguments, .directory = directory_.path()});
  }

  TemporaryDirectory directory_;
};

// The problem would take hours: the answer comes before the computation.
TEST_F(Output, UnwritableDirectoryIsRefusedBeforeComputing) {
  for (const std::string out : {"p.toml", "p.toml/below"}) {
    const Finished finished = compare({"--out", out, "--set", "simulation.dimension=4000", "--set",
                                       "simulation.runs=2000", "--set", "algorithm.steps=1000"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_NE(finished.err.find("--out"), std::string::npos) << finished.err;
    EXPECT_EQ(testing_support::count_lines(finished.err), 1) << finished.err;
  }
  EXPECT_EQ(directory_.count(), 1);
}

TEST_F(Output, ForeignResultIsNotOverwritten) {
  fs::create_directory(directory_ / "results");
  testing_support::write_bytes(directory_ / "results/result.json", "{\"mine\": 1}\n");
  const Finished finished = compare({"--out", "results"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_NE(finished.err.find("did not write"), std::string::npos) << finished.err;
  EXPECT_EQ(testing_support::read_bytes(directory_ / "results/result.json"), "{\"mine\": 1}\n");
}

// Found before anything is computed, and before the earlier result is touched.
TEST_F(Output, FilesWhereAResultHasDirectoriesAreRefused) {
  ASSERT_EQ(compare({"--out", "results", "--quiet"}).status, 0);
  fs::remove_all(directory_ / "results/arrays");
  testing_support::write_bytes(directory_ / "results/arrays", "mine");
  const Finished finished = compare({"--out", "results"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_NE(finished.err.find("a file called arrays"), std::string::npos) << finished.err;
  EXPECT_TRUE(fs::exists(directory_ / "results/result.json"));
  EXPECT_EQ(testing_support::read_bytes(directory_ / "results/arrays"), "mine");
}

TEST_F(Output, DirectoryCalledLikeTheDocumentIsRefused) {
  fs::create_directories(directory_ / "results/result.json");
  const Finished finished = compare({"--out", "results"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_NE(finished.err.find("did not write"), std::string::npos) << finished.err;
}

// The simulation would take hours: every option is checked before the first line is printed.
TEST_F(Output, OptionsOfEveryMethodAreCheckedBeforeAnythingIsPrinted) {
  const std::vector<std::vector<std::string>> mistakes{
      {"dmft.sample=64"},          {"dmft.samples=0"},
      {"dmft.draws=sobl"},         {"dmft.samples=8", "dmft.scramblings=8"},
      {"simulation.runs=0"},       {"simulation.run=8"},
      {"simulation.runs=\"all\""}, {"comparison.false_alarm=2"},
      {"comparison.resolution=0"}, {"comparison.alarm=1"},
      {"comparison.seed=1.5"}};
  for (const std::vector<std::string>& settings : mistakes) {
    std::vector<std::string> arguments{"--set", "simulation.dimension=4000", "--set", "algorithm.steps=1000"};
    for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
    const Finished finished = compare(arguments);
    EXPECT_EQ(finished.status, 2) << settings.front();
    EXPECT_EQ(finished.out, "") << settings.front();
    EXPECT_EQ(testing_support::count_lines(finished.err), 1) << finished.err;
    EXPECT_NE(finished.err.find(settings.front().substr(0, settings.front().find('='))), std::string::npos)
        << finished.err;
  }
  EXPECT_EQ(directory_.count(), 1);
}

TEST_F(Output, ReplicasWithTheSameMinibatchesAreNotCompared) {
  const Finished finished = compare({"--set", "observables.replicas=2", "--set", "simulation.sampling_seeds=[7,7]"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_NE(finished.err.find("simulation.sampling_seeds: 7 is given twice"), std::string::npos) << finished.err;
  EXPECT_NE(finished.err.find("allowed are two different seeds"), std::string::npos) << finished.err;
}

// What does not fit the problem is found after reading, and still has a line.
TEST_F(Output, OptionsThatDoNotFitTheProblemAreSaidToBeWhereTheyStand) {
  const Finished in_setting = compare({"--set", "simulation.waiting=[4, 5]"});
  EXPECT_EQ(in_setting.status, 2);
  EXPECT_NE(in_setting.err.find("--set simulation.waiting=[4, 5]: simulation.waiting: does not apply"),
            std::string::npos)
      << in_setting.err;
  std::string text = testing_support::small_problem();
  text.insert(text.find("runs = 16"), "waiting = [4, 5]\n");  // line 21
  testing_support::write_bytes(directory_ / "p.toml", text);
  const Finished in_file = compare({});
  EXPECT_EQ(in_file.status, 2);
  EXPECT_NE(in_file.err.find("p.toml:21: simulation.waiting: does not apply"), std::string::npos) << in_file.err;
}

// Exit status 2 names the assumption that fails; with the theory of another algorithm one size is run, because no other
// can be compared with it.
TEST_F(Output, MinibatchWeightsOfInfiniteVarianceAreRefusedByTheTheoryAlone) {
  const std::vector<std::string> stable{"--set", "algorithm.name=stable-sgd", "--set",  "algorithm.stability=1.5",
                                        "--set", "algorithm.scale=0.05",      "--quiet"};
  const Finished refused = compare(stable);
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("E[s^2]"), std::string::npos) << refused.err;
  EXPECT_EQ(testing_support::count_lines(refused.err), 1) << refused.err;
  std::vector<std::string> other = stable;
  other.insert(other.end(), {"--theory-algorithm", "sgd", "--json"});
  const Finished compared = compare(other);
  EXPECT_NE(compared.status, 2) << compared.err;
  EXPECT_NE(compared.out.find("\"dimension\": 64"), std::string::npos);
}

// The tables a command does not use are none of its business.
TEST_F(Output, OptionsOfUnusedMethodsAreIgnored) {
  const Finished finished = testing_support::run(
      {.arguments = {"simulate", "p.toml", "--json", "--quiet", "--set", "dmft.sample=64", "--set", "comparison.x=1"},
       .directory = directory_.path()});
  EXPECT_EQ(finished.status, 0) << finished.err;
}

// Options that pass one by one may still be refused together; no directory must stay behind.
TEST_F(Output, BadOptionLeavesNoDirectory) {
  const Finished finished = compare({"--out", "a/b", "--set", "dmft.samples=0"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_EQ(directory_.count(), 1);
}

}  // namespace
}  // namespace sgdyn
