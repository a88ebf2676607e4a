// Ctrl-C in the middle of a long run: exit status 130 soon, and what was computed is kept and marked.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/fake_gnuplot.hpp"
#include "command/subprocess.hpp"
#include "support/temporary_directory.hpp"

namespace sgdyn {
namespace {

using testing_support::Finished;
using testing_support::TemporaryDirectory;

// True a second after the output directory was made, well inside the computation.
std::function<bool()> a_second_after(const std::filesystem::path& made) {
  return [made, seen = std::chrono::steady_clock::time_point{}]() mutable {
    const auto now = std::chrono::steady_clock::now();
    if (!std::filesystem::exists(made)) return false;
    if (seen == std::chrono::steady_clock::time_point{}) seen = now;
    return now - seen > std::chrono::seconds(1);
  };
}

// Many minutes of simulation.
Finished interrupted(const TemporaryDirectory& directory, const std::string& command) {
  testing_support::write_bytes(directory / "p.toml", testing_support::small_problem());
  return testing_support::run({.arguments = {command, "p.toml", "--out", "o", "--set", "simulation.dimension=2000",
                                             "--set", "simulation.runs=2000", "--set", "algorithm.steps=200"},
                               .directory = directory.path(),
                               .interrupt_when = a_second_after(directory / "o")});
}

TEST(Interrupt, SimulationIsKeptAndMarked) {
  const TemporaryDirectory directory;
  const Finished finished = interrupted(directory, "simulate");
  EXPECT_EQ(finished.status, 130) << finished.err;
  const auto document = nlohmann::json::parse(testing_support::read_bytes(directory / "o/result.json"));
  EXPECT_EQ(document["status"], "interrupted");
  EXPECT_TRUE(std::filesystem::exists(directory / "o/report.html"));
}

TEST(Interrupt, ComparisonKeepsTheTheoryAndGivesNoVerdict) {
  const TemporaryDirectory directory;
  const Finished finished = interrupted(directory, "compare");
  EXPECT_EQ(finished.status, 130) << finished.err;
  const auto document = nlohmann::json::parse(testing_support::read_bytes(directory / "o/result.json"));
  EXPECT_EQ(document["status"], "interrupted");
  EXPECT_EQ(document["verdict"], "inconclusive");
  EXPECT_TRUE(document.contains("dmft"));
}

// Some minutes of points: those that were finished are kept.
TEST(Interrupt, ASweepKeepsItsFinishedPoints) {
  const std::vector<std::vector<std::string>> sweeps{
      {"--sweep", "data.alpha=1:5:10000", "--curves", "data.noise=1:2:10", "--optimise", "ridge"},
      {"--sweep", "data.alpha=1:5:10000", "--curves", "data.chi=0.5:1:10", "--set", "data.model=perceptron"}};
  for (const std::vector<std::string>& sweep : sweeps) {
    const TemporaryDirectory directory;
    testing_support::write_bytes(directory / "p.toml", testing_support::small_problem());
    std::vector<std::string> arguments{"replica", "p.toml", "--out", "o", "--set", "loss.name=logistic"};
    arguments.insert(arguments.end(), sweep.begin(), sweep.end());
    const Finished finished = testing_support::run(
        {.arguments = arguments, .directory = directory.path(), .interrupt_when = a_second_after(directory / "o")});
    EXPECT_EQ(finished.status, 130) << finished.err;
    const auto document = nlohmann::json::parse(testing_support::read_bytes(directory / "o/result.json"));
    EXPECT_EQ(document["status"], "interrupted");
    const std::size_t kept = document["sweep"]["points"].size();
    EXPECT_GT(kept, 0U);
    EXPECT_LT(kept, 100000U);
    EXPECT_EQ(document["sweep"]["points_in_all"], 100000);
    EXPECT_EQ(document["sweep"]["points"].back()["status"], "ok");
    const std::string table = testing_support::read_bytes(directory / "o/sweep.csv");
    EXPECT_EQ(testing_support::count_lines(table), static_cast<long>(kept) + 1);
    EXPECT_NE(finished.out.find("interrupted: " + std::to_string(kept) + " of 100000 points"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(directory / "o/report.html"));
  }
}

// Seconds of ridges, for the many kinks of the loss: the best of some of them is not the best.
TEST(Interrupt, TheBestRidgeIsNotThatOfSome) {
  const TemporaryDirectory directory;
  std::string loss = "log(1+exp(-h))";
  for (int kink = 2; kink <= 16; ++kink) loss += "+max(0," + std::to_string(kink) + "/2-h)";
  testing_support::write_bytes(directory / "p.toml",
                               "[data]\nmodel = \"two-clusters\"\nalpha = 2.0\nnoise = 0.5\nfraction = 0.3\n"
                               "[loss]\nname = \"formula\"\nintercept = \"optimal\"\nformula = \"" +
                                   loss + "\"\n");
  const Finished finished =
      testing_support::run({.arguments = {"replica", "p.toml", "--optimise", "ridge", "--out", "o", "--no-plot"},
                            .directory = directory.path(),
                            .interrupt_when = [&] { return std::filesystem::exists(directory / "o"); }});
  EXPECT_EQ(finished.status, 130) << finished.err;
  const auto document = nlohmann::json::parse(testing_support::read_bytes(directory / "o/result.json"));
  EXPECT_EQ(document["status"], "interrupted");
  EXPECT_TRUE(document["optimum"]["value"].is_null());
  EXPECT_EQ(document["optimum"]["reason"], "interrupted before every ridge was looked at");
}

// A gnuplot that writes half a picture and then takes its time.
TEST(Interrupt, WhileFiguresAreDrawnTheNumbersAreKeptAndNoHalfPicture) {
  const TemporaryDirectory directory;
  testing_support::write_bytes(directory / "p.toml", testing_support::small_problem());
  const auto environment =
      testing_support::with_gnuplot(directory, "echo '<svg half' > overlap.svg\n: > ../../../drawing\nsleep 60\n");
  const Finished finished =
      testing_support::run({.arguments = {"compare", "p.toml", "--out", "o", "--quiet"},
                            .directory = directory.path(),
                            .environment = environment,
                            .interrupt_when = [&] { return std::filesystem::exists(directory / "drawing"); }});
  EXPECT_EQ(finished.status, 130) << finished.err;
  EXPECT_NE(finished.err.find("no figures"), std::string::npos) << finished.err;
  const auto document = nlohmann::json::parse(testing_support::read_bytes(directory / "o/result.json"));
  EXPECT_EQ(document["status"], "ok");
  EXPECT_EQ(document["verdict"], "agree");
  EXPECT_TRUE(std::filesystem::exists(directory / "o/report.html"));
  EXPECT_FALSE(std::filesystem::exists(directory / "o/figures"));
  for (const auto& entry : std::filesystem::directory_iterator(directory / "o")) {
    EXPECT_NE(entry.path().filename().string().front(), '.') << entry.path() << " was left behind";
  }
}

}  // namespace
}  // namespace sgdyn
