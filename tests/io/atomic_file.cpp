// Files appear whole or not at all; every failure names the path and leaves nothing behind.
#include "sgdyn/io/atomic_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "support/temporary_directory.hpp"
#include "support/unprivileged.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using testing_support::read_bytes;
using testing_support::TemporaryDirectory;
using testing_support::write_bytes;

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    EXPECT_EQ(error.key(), "--out");
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

TEST(AtomicFile, AppearsOnCommitOnly) {
  const TemporaryDirectory folder;
  AtomicFile file(folder / "result.json");
  file.write("{");
  file.write("}");
  EXPECT_FALSE(fs::exists(folder / "result.json"));
  file.commit();
  EXPECT_EQ(read_bytes(folder / "result.json"), "{}");
  EXPECT_EQ(folder.count(), 1);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const TemporaryDirectory folder;
  { AtomicFile(folder / "result.json").write("half"); }
  EXPECT_EQ(folder.count(), 0);
}

TEST(AtomicFile, KeepsTheOldFileUntilCommit) {
  const TemporaryDirectory folder;
  write_file(folder / "result.json", "old");
  { AtomicFile(folder / "result.json").write("half"); }
  EXPECT_EQ(read_bytes(folder / "result.json"), "old");
  write_file(folder / "result.json", "new");
  EXPECT_EQ(read_bytes(folder / "result.json"), "new");
}

TEST(AtomicFile, RespectsTheMaskOfTheUser) {
  const TemporaryDirectory folder;
  const mode_t before = ::umask(027);
  write_file(folder / "result.json", "{}");
  ::umask(before);
  EXPECT_EQ(fs::status(folder / "result.json").permissions(), static_cast<fs::perms>(0640));
}

TEST(AtomicFile, SeveralThreadsMayWriteTheSameTarget) {
  const TemporaryDirectory folder;
  const std::vector<std::string> contents{std::string(100000, 'a'), std::string(100000, 'b')};
  {
    std::vector<std::jthread> writers;
    for (const std::string& content : contents) {
      writers.emplace_back([&folder, &content] {
        for (int i = 0; i < 20; ++i) write_file(folder / "result.json", content);
      });
    }
  }
  const std::string last = read_bytes(folder / "result.json");
  EXPECT_TRUE(last == contents[0] || last == contents[1]) << "the file is a mixture";
  EXPECT_EQ(folder.count(), 1);
}

TEST(AtomicFile, RefusesAMissingDirectoryAndADirectoryAsTarget) {
  const TemporaryDirectory folder;
  const std::string missing = refusal([&] { write_file(folder / "absent/result.json", "{}"); });
  EXPECT_NE(missing.find("absent/result.json"), std::string::npos) << missing;
  EXPECT_NE(missing.find("No such file or directory"), std::string::npos) << missing;
  const std::string directory = refusal([&] { write_file(folder.path(), "{}"); });
  EXPECT_NE(directory.find("Is a directory"), std::string::npos) << directory;
  EXPECT_EQ(folder.count(), 0);
}

TEST(AtomicFile, AFullDiskLeavesTheOldFileAndNothingElse) {
  const TemporaryDirectory folder;
  write_file(folder / "result.json", "old");
  // A limit on the size of files stands in for a full disk: write() fails in the same way.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4096;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = refusal([&] { write_file(folder / "result.json", std::string(100000, 'x')); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(message.find("File too large"), std::string::npos) << message;
  EXPECT_EQ(read_bytes(folder / "result.json"), "old");
  EXPECT_EQ(folder.count(), 1);
}

TEST(OutputDirectory, IsCreatedWithItsParents) {
  const TemporaryDirectory folder;
  prepare_output_directory(folder / "a/b/c");
  EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
  EXPECT_NO_THROW(prepare_output_directory(folder / "a/b/c")) << "an existing directory is fine";
  EXPECT_NO_THROW(prepare_output_directory(folder / "a/b/d/")) << "so is a trailing slash";
}

TEST(OutputDirectory, RefusesAFileOrAPathThroughAFile) {
  const TemporaryDirectory folder;
  write_bytes(folder / "file", "x");
  const std::string file = refusal([&] { prepare_output_directory(folder / "file"); });
  EXPECT_EQ(file, "--out: \"" + (folder / "file").string() +
                      "\" cannot be written: it is a file; allowed is a directory you may write to");
  const std::string through = refusal([&] { prepare_output_directory(folder / "file/inside"); });
  EXPECT_NE(through.find("Not a directory"), std::string::npos) << through;
  refusal([] { prepare_output_directory(""); });
  EXPECT_EQ(read_bytes(folder / "file"), "x");
}

TEST(OutputDirectory, RefusesAReadOnlyDirectory) {
  const TemporaryDirectory folder;
  const testing_support::Unprivileged nobody(folder.path());
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  const std::string inside = refusal([&] { prepare_output_directory(folder / "new"); });
  const std::string itself = refusal([&] { prepare_output_directory(folder.path()); });
  const std::string file = refusal([&] { write_file(folder / "result.json", "{}"); });
  fs::permissions(folder.path(), fs::perms::owner_all);
  for (const std::string& message : {inside, itself, file}) {
    EXPECT_NE(message.find("Permission denied"), std::string::npos) << message;
  }
}

TEST(OutputDirectory, RefusesAKernelDirectoryEvenForRoot) {
  refusal([] { prepare_output_directory("/proc/sgdyn-output"); });
}

}  // namespace
}  // namespace sgdyn
