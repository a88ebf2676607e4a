// Where the answer cannot go: stdout that is full, closed or read by nobody, and disks that are full.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "command/subprocess.hpp"
#include "support/temporary_directory.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_support::Finished;
using testing_support::TemporaryDirectory;

class Streams : public testing::Test {
 protected:
  void SetUp() override { testing_support::write_bytes(directory_ / "p.toml", testing_support::small_problem()); }

  // 101 steps make arrays of 80 kB, larger than all else that is written without figures.
  [[nodiscard]] std::vector<std::string> large_arrays() const {
    return {"dmft",  "p.toml",          "--out",    "o", "--quiet", "--set", "algorithm.steps=100",
            "--set", "dmft.samples=64", "--no-plot"};
  }

  const std::vector<std::vector<std::string>> printing_{{"info"},           {"info", "--json"},
                                                        {"--help"},         {"--version"},
                                                        {"dmft", "--help"}, {"dmft", "p.toml", "--json", "--quiet"}};
  TemporaryDirectory directory_;
};

TEST_F(Streams, FullDeviceIsSaidInOneSentence) {
  for (const std::vector<std::string>& arguments : printing_) {
    const Finished finished =
        testing_support::run({.arguments = arguments, .directory = directory_.path(), .out = "/dev/full"});
    EXPECT_EQ(finished.status, 3) << arguments.front();
    EXPECT_EQ(finished.err, "sgdyn: error: stdout cannot be written: the device is full\n") << arguments.front();
  }
}

TEST_F(Streams, ReaderThatWentAwayIsNoError) {
  for (const std::vector<std::string>& arguments : printing_) {
    const Finished finished =
        testing_support::run({.arguments = arguments, .directory = directory_.path(), .reader_gone = true});
    EXPECT_EQ(finished.status, 141) << arguments.front();
    EXPECT_EQ(finished.err, "") << arguments.front();
  }
}

// The files are written before anything is printed.
TEST_F(Streams, FilesAreKeptWhenStdoutIsFull) {
  const Finished finished = testing_support::run(
      {.arguments = {"dmft", "p.toml", "--out", "o", "--no-plot"}, .directory = directory_.path(), .out = "/dev/full"});
  EXPECT_EQ(finished.status, 3);
  EXPECT_TRUE(fs::exists(directory_ / "o/result.json"));
}

TEST_F(Streams, DocumentArrivesWhereFilesCannotBeWritten) {
  std::vector<std::string> arguments = large_arrays();
  arguments.push_back("--json");
  const Finished finished =
      testing_support::run({.arguments = arguments, .directory = directory_.path(), .full_disk_from = 64 << 10});
  EXPECT_EQ(finished.status, 3);
  EXPECT_EQ(json::parse(finished.out)["dmft"]["steps"].size(), 101U);
  EXPECT_NE(finished.err.find("\"o/arrays/dmft_correlation.npy\" cannot be written"), std::string::npos)
      << finished.err;
  EXPECT_EQ(testing_support::count_lines(finished.err), 1) << finished.err;
  EXPECT_EQ(directory_.count(), 1) << "something was left behind";
}

TEST_F(Streams, AnEarlierResultOutlivesAFailedOne) {
  ASSERT_EQ(testing_support::run(
                {.arguments = {"dmft", "p.toml", "--out", "o", "--quiet", "--no-plot"}, .directory = directory_.path()})
                .status,
            0);
  const std::string earlier = testing_support::read_bytes(directory_ / "o/result.json");
  const Finished finished =
      testing_support::run({.arguments = large_arrays(), .directory = directory_.path(), .full_disk_from = 64 << 10});
  EXPECT_EQ(finished.status, 3);
  EXPECT_NE(finished.out.find("overlap"), std::string::npos) << "the table is printed all the same";
  EXPECT_EQ(finished.out.find("report:"), std::string::npos);
  EXPECT_EQ(testing_support::read_bytes(directory_ / "o/result.json"), earlier);
}

// Figures, arrays and documents: nothing finds room.
TEST_F(Streams, FullDiskIsNamedAndLeftClean) {
  const Finished finished =
      testing_support::run({.arguments = {"compare", "p.toml", "--out", "disk/o", "--quiet", "--json"},
                            .directory = directory_.path(),
                            .full_disk_from = 1});
  EXPECT_EQ(finished.status, 3);
  EXPECT_EQ(json::parse(finished.out)["verdict"], "agree");
  EXPECT_NE(finished.err.find("\"disk/o/arrays/dmft_correlation.npy\" cannot be written: the disk is full"),
            std::string::npos)
      << finished.err;
  EXPECT_FALSE(fs::exists(directory_ / "disk/o")) << "something was left behind";
}

}  // namespace
}  // namespace sgdyn
