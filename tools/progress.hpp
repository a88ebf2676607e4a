// Progress on stderr: a bar when it is a terminal, one plain line every few seconds otherwise, nothing for short work.
#pragma once

#include <chrono>
#include <string>

#include "sgdyn/core/execution.hpp"

namespace sgdyn::tools {

class ProgressDisplay {
 public:
  /// `visible` false: never writes anything.
  explicit ProgressDisplay(bool visible);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  /// Called by producers, from one thread at a time.
  void update(const Progress& progress);
  /// Removes the bar, so that messages start on a clean line.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  void start_stage(const std::string& stage, Clock::time_point now);
  [[nodiscard]] std::string line(const Progress& progress, double seconds) const;

  bool visible_;
  bool terminal_;
  bool bar_shown_ = false;
  std::string stage_;
  Clock::time_point stage_start_;
  Clock::time_point next_write_;
};

/// "7 s", "3:05", "2:10:00".
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace sgdyn::tools
