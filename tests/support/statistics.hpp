// Monte Carlo tests: means with their standard errors, and the threshold beyond which a difference is an alarm.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace sgdyn::testing_support {

/// A correct value is further than this many standard errors away with probability 5.7e-7. A test that makes a thousand
/// such comparisons rings falsely once in 1700 choices of its (fixed) seed.
inline constexpr double five_sigma = 5.0;

/// Mean and variance in one pass (Welford).
class Estimate {
 public:
  void add(double value) {
    ++count_;
    const double before = value - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (value - mean_);
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double variance() const { return count_ > 1 ? squares_ / static_cast<double>(count_ - 1) : 0.0; }
  [[nodiscard]] double standard_error() const { return std::sqrt(variance() / static_cast<double>(count_)); }
  /// Distance from `expected` in standard errors; rounding alone (relative 1e-12) counts as zero.
  [[nodiscard]] double z(double expected) const {
    const double difference = std::fabs(mean_ - expected);
    if (difference <= 1e-12 * (1.0 + std::fabs(expected))) return 0.0;
    return difference / standard_error();
  }

 private:
  std::size_t count_ = 0;
  double mean_ = 0.0;
  double squares_ = 0.0;
};

inline Estimate estimate(std::span<const double> values) {
  Estimate result;
  for (const double value : values) result.add(value);
  return result;
}

}  // namespace sgdyn::testing_support
