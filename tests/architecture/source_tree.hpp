// The files of the repository as the checks of this folder see them: everything but build output and version control.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace sgdyn::source_tree {

namespace fs = std::filesystem;

inline const fs::path root = SGDYN_SOURCE_DIR;

inline std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

/// What .gitignore keeps out: build trees, results, editor caches.
inline bool ignored(const std::string& top) {
  return top == ".git" || top == ".cache" || top == "sgdyn-out" || top == "compile_commands.json" ||
         top.starts_with("build");
}

/// All files, as paths relative to the root with forward slashes, sorted.
inline std::vector<std::string> all_files() {
  std::vector<std::string> result;
  for (const auto& top : fs::directory_iterator(root)) {
    const std::string name = top.path().filename().string();
    if (ignored(name)) continue;
    if (top.is_regular_file()) result.push_back(name);
    if (!top.is_directory()) continue;
    for (const auto& entry : fs::recursive_directory_iterator(top.path())) {
      if (entry.is_regular_file()) result.push_back(fs::relative(entry.path(), root).generic_string());
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

inline bool is_cpp(const std::string& file) { return file.ends_with(".cpp") || file.ends_with(".hpp"); }

inline bool is_cmake(const std::string& file) {
  return file.ends_with(".cmake") || file.ends_with("CMakeLists.txt") || file == "CMakePresets.json";
}

/// The C++ sources below one of the folders ("lib/", "theory/", ...).
inline std::vector<std::string> sources(const std::vector<std::string>& folders) {
  std::vector<std::string> result;
  for (const std::string& file : all_files()) {
    if (!is_cpp(file)) continue;
    for (const std::string& folder : folders) {
      if (file.starts_with(folder)) result.push_back(file);
    }
  }
  return result;
}

/// Every match of `pattern` in `text`: capture group 1 if there is one, else the whole match.
inline std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> result;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    result.push_back((*it)[it->size() > 1 ? 1 : 0].str());
  }
  return result;
}

/// Names of the folders directly below `folder`.
inline std::vector<std::string> folders_in(const std::string& folder) {
  std::vector<std::string> result;
  for (const auto& entry : fs::directory_iterator(root / folder)) {
    if (entry.is_directory()) result.push_back(entry.path().filename().string());
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace sgdyn::source_tree
