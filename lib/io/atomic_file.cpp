#include "sgdyn/io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/text.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;

std::string reason_of(int error) {
  if (error == ENOSPC) return "the disk is full";
  if (error == EDQUOT) return "your quota of the disk is used up";
  return std::error_code(error, std::generic_category()).message();
}

InputError unwritable(const fs::path& path, const std::string& reason) {
  return {"--out", detail::quoted(path.string(), std::string::npos) + " cannot be written: " + reason};
}

/// Another directory helps against most failures, but what helps against a full disk is not ours to say.
InputError unwritable(const fs::path& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return unwritable(path, reason_of(error) + (full ? "" : "; allowed is a directory you may write to"));
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

/// So that the new name survives a crash. Some file systems refuse to sync a directory; the file itself is safe then.
void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  (void)::fsync(descriptor);
  (void)::close(descriptor);
}

}  // namespace

AtomicFile::AtomicFile(fs::path target) : target_(std::move(target)) {
  std::error_code ignored;
  if (target_.filename().empty() || fs::is_directory(target_, ignored)) fail(EISDIR);
  const fs::path folder = folder_of(target_);
  // The process alone does not make the name unique: two threads may write the same target.
  constexpr int attempts = 1000;
  constexpr mode_t permissions = 0666;  // as the user's mask leaves them
  for (int attempt = 0; attempt < attempts && descriptor_ < 0; ++attempt) {
    const std::string name = fmt::format(".{}.{}-{}.tmp", target_.filename().string(), ::getpid(), attempt);
    temporary_ = (folder / name).string();
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions);
    if (descriptor_ < 0 && errno != EEXIST) fail(errno);
  }
  if (descriptor_ < 0) fail(EEXIST);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) (void)::close(descriptor_);
  if (!temporary_.empty()) (void)::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail(errno);
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0) fail(errno);
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
  sync_folder(folder_of(target_));
}

void AtomicFile::fail(int error) const { throw unwritable(target_, error); }

void write_file(const fs::path& target, std::string_view content) {
  AtomicFile file(target);
  file.write(content);
  file.commit();
}

void prepare_output_directory(const fs::path& directory) {
  constexpr const char* allowed = "; allowed is a directory you may write to";
  if (directory.empty()) throw unwritable(directory, std::string("the name is empty") + allowed);
  std::error_code error;
  fs::create_directories(directory, error);
  std::error_code ignored;
  if (!fs::is_directory(directory, ignored)) {
    if (fs::exists(directory, ignored)) throw unwritable(directory, std::string("it is a file") + allowed);
    throw unwritable(directory, error.value());
  }
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) throw unwritable(directory, errno);
}

}  // namespace sgdyn
