// How a computation is run: threads, progress, and the wish to stop. Never changes a number.
#pragma once

#include <atomic>
#include <functional>
#include <string>

namespace sgdyn {

/// A snapshot of how far a producer is. `done` of `total` units of equal cost.
struct Progress {
  std::string stage;  ///< "DMFT", "simulation N = 1000"
  double done = 0.0;
  double total = 1.0;
};

struct Execution {
  int threads = 0;                                    ///< 0: all the machine offers
  std::function<void(const Progress&)> progress{};    ///< may be called from any thread, one at a time
  const std::atomic<bool>* stop_requested = nullptr;  ///< polled at least every tenth of a second or so

  [[nodiscard]] bool stopped() const {
    return stop_requested != nullptr && stop_requested->load(std::memory_order_relaxed);
  }
  /// Number of threads to use, at least 1.
  [[nodiscard]] int thread_count() const;
};

}  // namespace sgdyn
