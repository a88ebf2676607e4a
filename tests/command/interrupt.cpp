// Ctrl-C in the middle of a long run: exit status 130 soon, and what was computed is kept and marked.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "command/fake_gnuplot.hpp"
#include "command/subprocess.hpp"
#include "support/temporary_directory.hpp"

namespace sgdyn {
namespace {

using testing_support::Finished;
using testing_support::TemporaryDirectory;

// Many minutes of simulation; the interrupt comes a second after the output directory was made, well inside the
// computation.
Finished interrupted(const TemporaryDirectory& directory, const std::string& command) {
  testing_support::write_bytes(directory / "p.toml", testing_support::small_problem());
  std::chrono::steady_clock::time_point seen{};
  const auto a_second_into_it = [&] {
    const auto now = std::chrono::steady_clock::now();
    if (!std::filesystem::exists(directory / "o")) return false;
    if (seen == std::chrono::steady_clock::time_point{}) seen = now;
    return now - seen > std::chrono::seconds(1);
  };
  return testing_support::run({.arguments = {command, "p.toml", "--out", "o", "--set", "simulation.dimension=2000",
                                             "--set", "simulation.runs=2000", "--set", "algorithm.steps=200"},
                               .directory = directory.path(),
                               .interrupt_when = a_second_into_it});
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
