// Files that appear whole or not at all, and the directory they appear in.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sgdyn {

/// A file written under a temporary name in the directory of its target and renamed over it by commit(); without
/// commit() nothing is left. Errors are InputErrors of the key "--out".
class AtomicFile {
 public:
  /// @throws InputError when the directory does not exist or may not be written to, or the target is a directory.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// @throws InputError for a full disk and other failures.
  void write(std::string_view bytes);
  /// Forces the content to disk and gives it its name; once. @throws InputError.
  void commit();

 private:
  [[noreturn]] void fail(int error) const;

  std::filesystem::path target_;
  std::string temporary_;
  int descriptor_ = -1;
};

/// Writes `content` to `target`, whole or not at all. @throws InputError.
void write_file(const std::filesystem::path& target, std::string_view content);

/// Creates the directory with its parents where needed. @throws InputError ("--out") when it cannot be created or
/// written to, or is a file.
void prepare_output_directory(const std::filesystem::path& directory);

}  // namespace sgdyn
