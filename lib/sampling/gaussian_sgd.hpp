#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <cmath>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/numerics/normal.hpp"

namespace sgdyn::sampling {

/// The Gaussian (central limit, SDE) stand-in for SGD: s = b + sqrt(b (1-b)) xi, independent at every step.
class GaussianSgd {
 public:
  static constexpr std::string_view name = "gaussian-sgd";
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 1> declared{
        {{"batch", "b, fraction of the samples in a minibatch", Range{0.0, 1.0, true, false}, std::nullopt}}};
    return declared;
  }

  GaussianSgd(const Parameters& given, double /*learning_rate*/) : b_(given.at("batch")) {}

  [[nodiscard]] bool uses_uniform(int /*step*/) const { return true; }
  void conditional_moments(int /*step*/, std::span<const double> /*memory*/, std::span<double> first,
                           std::span<double> second) const {
    std::fill(first.begin(), first.end(), b_);
    std::fill(second.begin(), second.end(), b_);
  }
  void advance(int /*step*/, std::span<const double> u, std::span<double> /*memory*/, std::span<double> s) const {
    normal_quantile(u, s);
    const double width = std::sqrt(b_ * (1.0 - b_));
    for (double& value : s) value = b_ + width * value;
  }
  void draw_batch(int step, Stream& stream, std::span<double> memory, std::span<double> s) const {
    draw_independent_batch(*this, step, stream, memory, s);
  }
  [[nodiscard]] double mean() const { return b_; }
  [[nodiscard]] double variance() const { return b_ * (1.0 - b_); }
  [[nodiscard]] double autocovariance(int /*step*/, int /*lag*/) const { return 0.0; }

 private:
  double b_;
};

}  // namespace sgdyn::sampling
