#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/sampling_scheme.hpp"

namespace sgdyn::sampling {

/// Persistent SGD: a two-state Markov process, 0 -> 1 at rate 1/tau and 1 -> 0 at rate (1-b)/(b tau), started from its
/// stationary law P(s = 1) = b. The memory of a sample is its last s.
class PersistentSgd {
 public:
  static constexpr std::string_view name = "persistent-sgd";
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 2> declared{
        {batch_parameter, {"persistence", "tau, mean time outside the minibatch", Range::positive(), std::nullopt}}};
    return declared;
  }

  PersistentSgd(const Parameters& given, double learning_rate)
      : b_(given.at("batch")),
        enter_(learning_rate / given.at("persistence")),
        leave_(learning_rate * (1.0 - b_) / (b_ * given.at("persistence"))) {
    // tau = dt/b or dt (1-b)/b are legitimate limits that rounding may push above one.
    constexpr double slack = 1e-12;
    if (std::max(enter_, leave_) > 1.0 + slack) {
      const double least = learning_rate * std::max(1.0, (1.0 - b_) / b_);
      throw InputError("algorithm.persistence",
                       shortest(given.at("persistence")) + " is too small for learning_rate = " +
                           shortest(learning_rate) + " and batch = " + shortest(b_) +
                           ": a switching probability would exceed 1; allowed is persistence >= " + shortest(least));
    }
    enter_ = std::min(enter_, 1.0);
    leave_ = std::min(leave_, 1.0);
  }

  [[nodiscard]] bool uses_uniform(int /*step*/) const { return true; }
  void conditional_moments(int step, std::span<const double> memory, std::span<double> first,
                           std::span<double> second) const {
    for (std::size_t i = 0; i < first.size(); ++i) {
      first[i] = inclusion_probability(step, memory[i]);
      second[i] = first[i];
    }
  }
  void advance(int step, std::span<const double> u, std::span<double> memory, std::span<double> s) const {
    for (std::size_t i = 0; i < s.size(); ++i) {
      s[i] = u[i] < inclusion_probability(step, memory[i]) ? 1.0 : 0.0;
      memory[i] = s[i];
    }
  }
  void draw_batch(int step, Stream& stream, std::span<double> memory, std::span<double> s) const {
    draw_independent_batch(*this, step, stream, memory, s);
  }
  [[nodiscard]] double mean() const { return b_; }
  [[nodiscard]] double variance() const { return b_ * (1.0 - b_); }
  /// b (1-b) (1 - dt/(b tau))^lag
  [[nodiscard]] double autocovariance(int /*step*/, int lag) const {
    return variance() * std::pow(1.0 - enter_ - leave_, lag);
  }

 private:
  [[nodiscard]] double inclusion_probability(int step, double last) const {
    if (step == 0) return b_;
    return last > 0.5 ? 1.0 - leave_ : enter_;
  }

  double b_;
  double enter_;  // probability of 0 -> 1 in one step
  double leave_;  // probability of 1 -> 0 in one step
};

}  // namespace sgdyn::sampling
