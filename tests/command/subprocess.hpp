// Runs the built command as a user does: arguments in, exit status, stdout and stderr out.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sgdyn::testing_support {

struct Finished {
  int status = -1;  ///< of exit(); 1000 + signal when it was killed
  std::string out;
  std::string err;
};

struct Invocation {
  std::vector<std::string> arguments;
  std::filesystem::path directory;                   ///< working directory
  std::map<std::string, std::string> environment{};  ///< added to ours
  std::filesystem::path out{};                       ///< where stdout goes instead of Finished::out ("/dev/full")
  bool reader_gone = false;                          ///< stdout is a pipe nobody reads
  unsigned full_disk_from = 0;                       ///< writing that many bytes to a file at once fails; 0: none
  /// When set, SIGINT is sent as soon as this returns true (asked every few milliseconds).
  std::function<bool()> interrupt_when{};
};

/// Waits for the end. @throws std::runtime_error when the command cannot be started.
[[nodiscard]] Finished run(const Invocation& invocation);

/// A problem that takes a fraction of a second, with every table given.
[[nodiscard]] std::string small_problem();

[[nodiscard]] long count_lines(const std::string& text);

}  // namespace sgdyn::testing_support
