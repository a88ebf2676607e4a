#include "stage.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include "sgdyn/io/atomic_file.hpp"

namespace sgdyn::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = ".sgdyn-";

// Stages of processes that were killed while writing.
void remove_abandoned(const fs::path& directory) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const int process = std::atoi(name.c_str() + prefix.size());
    if (process > 0 && kill(process, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

DirectoryLock::DirectoryLock(const fs::path& directory)
    : descriptor_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ >= 0) ::flock(descriptor_, LOCK_EX);
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Stage::Stage(const fs::path& directory) : path_(directory / (std::string(prefix) + std::to_string(getpid()))) {
  remove_abandoned(directory);
  std::error_code ignored;
  fs::remove_all(path_, ignored);  // of a killed process that had our number
  prepare_output_directory(path_);
}

Stage::~Stage() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace sgdyn::tools
