// One run of the command: how it computes, what it tells the user on stderr, how long it took.
#pragma once

#include <chrono>
#include <string>

#include "command.hpp"
#include "progress.hpp"
#include "sgdyn/core/execution.hpp"

namespace sgdyn::tools {

class Session {
 public:
  explicit Session(const Options& options);

  /// Threads, progress display and the stop flag for producers; refers to this session.
  [[nodiscard]] Execution execution();
  /// A message on stderr, left out with --quiet.
  void say(const std::string& message);
  /// A warning on stderr, always shown.
  void warn(const std::string& message);
  /// Removes the progress bar before something else is printed.
  void clear_progress() { progress_.clear(); }
  [[nodiscard]] bool stopped() const;
  [[nodiscard]] int thread_count() const;
  [[nodiscard]] double wall_seconds() const;

 private:
  int threads_;
  bool quiet_;
  ProgressDisplay progress_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Colours are for terminals whose user did not set NO_COLOR.
enum class Colour { red, green, yellow };
[[nodiscard]] std::string coloured(const std::string& text, Colour colour, int file_descriptor);

}  // namespace sgdyn::tools
