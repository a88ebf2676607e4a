// Exceptions must not leave a parallel region: the first is kept, and thrown again after it.
#pragma once

#include <atomic>
#include <exception>
#include <mutex>

namespace sgdyn {

class FirstException {
 public:
  /// Calls `function` unless an earlier call threw.
  template <class Function>
  void guard(const Function& function) {
    try {
      if (!raised_) function();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!pointer_) pointer_ = std::current_exception();
      raised_ = true;
    }
  }
  [[nodiscard]] bool raised() const { return raised_; }
  void rethrow() const {
    if (pointer_) std::rethrow_exception(pointer_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr pointer_;
  std::atomic<bool> raised_{false};
};

}  // namespace sgdyn
