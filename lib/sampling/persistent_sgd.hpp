#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

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

  PersistentSgd(const Parameters& given, LearningRate learning_rate)
      : b_(given.at("batch")), tau_(given.at("persistence")), dt_(std::move(learning_rate)) {
    // tau = dt/b or dt (1-b)/b are legitimate limits that rounding may push above one.
    constexpr double slack = 1e-12;
    const double least = dt_.largest() * std::max(1.0, (1.0 - b_) / b_);
    if (least > tau_ * (1.0 + slack)) {
      throw InputError("algorithm.persistence",
                       shortest(tau_) + " is too small for learning_rate = " + shortest(dt_.largest()) +
                           " and batch = " + shortest(b_) +
                           ": a switching probability would exceed 1; allowed is persistence >= " + shortest(least));
    }
  }

  [[nodiscard]] bool uses_uniform(int /*step*/) const { return true; }
  void conditional_moments(int step, std::span<const double> memory, std::span<double> first,
                           std::span<double> second) const {
    const Switching law = switching(step);
    for (std::size_t i = 0; i < first.size(); ++i) {
      first[i] = law.inclusion_probability(memory[i]);
      second[i] = first[i];
    }
  }
  void advance(int step, std::span<const double> u, std::span<double> memory, std::span<double> s) const {
    const Switching law = switching(step);
    for (std::size_t i = 0; i < s.size(); ++i) {
      s[i] = u[i] < law.inclusion_probability(memory[i]) ? 1.0 : 0.0;
      memory[i] = s[i];
    }
  }
  void draw_batch(int step, Stream& stream, std::span<double> memory, std::span<double> s) const {
    draw_independent_batch(*this, step, stream, memory, s);
  }
  [[nodiscard]] double mean() const { return b_; }
  [[nodiscard]] double variance() const { return b_ * (1.0 - b_); }
  /// b (1-b) times the product of 1 - dt(k)/(b tau) over the steps between; for a constant dt its power.
  [[nodiscard]] double autocovariance(int step, int lag) const {
    if (dt_.constant()) return variance() * std::pow(1.0 - dt_.at(0) / (b_ * tau_), lag);
    double kept = 1.0;
    for (int k = step; k < step + lag; ++k) kept *= 1.0 - dt_.at(k) / (b_ * tau_);
    return variance() * kept;
  }

 private:
  // The law of s given the s before it.
  struct Switching {
    double after_out = 0;  // P(s = 1) after s = 0
    double after_in = 0;   // P(s = 1) after s = 1
    [[nodiscard]] double inclusion_probability(double last) const { return last > 0.5 ? after_in : after_out; }
  };

  // From step - 1 to step the time dt(step - 1) goes by; step 0 is stationary.
  [[nodiscard]] Switching switching(int step) const {
    if (step == 0) return {b_, b_};
    const double enter = dt_.at(step - 1) / tau_;
    return {std::min(1.0, enter), std::max(0.0, 1.0 - enter * (1.0 - b_) / b_)};
  }

  double b_;
  double tau_;
  LearningRate dt_;
};

}  // namespace sgdyn::sampling
