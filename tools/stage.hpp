// Files are made apart and exchanged together, so that nobody finds half of a result.
#pragma once

#include <filesystem>

namespace sgdyn::tools {

/// While it lives, other processes wait before they exchange files of the directory. The lock goes with the process.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_;
};

/// An empty directory of this process inside another, removed at the end with all that is left in it; so are those of
/// processes that were killed.
class Stage {
 public:
  /// @throws InputError ("--out") when it cannot be made.
  explicit Stage(const std::filesystem::path& directory);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sgdyn::tools
