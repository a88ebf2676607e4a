// What sampling schemes without memory share: every sample decides afresh at every step, with mean b.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/sampling_scheme.hpp"

namespace sgdyn {

/// Base of a SamplingComponent with s(t) independent in time; the derived class adds name, variance(), advance() and
/// what the concept asks beyond these.
class IndependentSampling {
 public:
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 1> declared{batch_parameter};
    return declared;
  }

  [[nodiscard]] bool uses_uniform(int /*step*/) const { return true; }
  [[nodiscard]] double mean() const { return b_; }
  [[nodiscard]] double autocovariance(int /*step*/, int /*lag*/) const { return 0.0; }

 protected:
  explicit IndependentSampling(const Parameters& given) : b_(given.at("batch")) {}

  /// E[s] and E[s^2], whatever the past.
  void fill_moments(double variance, std::span<double> first, std::span<double> second) const {
    std::fill(first.begin(), first.end(), b_);
    std::fill(second.begin(), second.end(), variance + b_ * b_);
  }

  double b_;
};

}  // namespace sgdyn
