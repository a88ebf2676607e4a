// Collects work done on several threads into calls of Execution::progress, few enough to cost nothing.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include "sgdyn/core/execution.hpp"

namespace sgdyn {

class ProgressMeter {
 public:
  ProgressMeter(const Execution& execution, std::string stage, double total)
      : execution_(execution), progress_{.stage = std::move(stage), .done = 0.0, .total = total} {}

  /// Reports `units` more of the total as done; from any thread.
  void add(double units) {
    if (!execution_.progress) return;
    const std::lock_guard lock(mutex_);
    progress_.done += units;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_call_ < std::chrono::milliseconds(50) && progress_.done < progress_.total) return;
    last_call_ = now;
    execution_.progress(progress_);
  }

 private:
  const Execution& execution_;
  Progress progress_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point last_call_;
};

}  // namespace sgdyn
