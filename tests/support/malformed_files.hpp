// The corpus of problem files that must be refused.
#pragma once

#include <algorithm>
#include <filesystem>
#include <vector>

namespace sgdyn::testing_support {

/// In alphabetical order.
inline std::vector<std::filesystem::path> malformed_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(SGDYN_SOURCE_DIR) / "tests/negative/files")) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace sgdyn::testing_support
