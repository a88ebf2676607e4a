#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

#include "sgdyn/model/independent_sampling.hpp"
#include "sgdyn/numerics/normal.hpp"

namespace sgdyn::sampling {

/// The Gaussian (central limit, SDE) stand-in for SGD: s = b + sqrt(b (1-b)) xi, independent at every step.
class GaussianSgd : public IndependentSampling {
 public:
  static constexpr std::string_view name = "gaussian-sgd";

  GaussianSgd(const Parameters& given, const LearningRate& /*learning_rate*/) : IndependentSampling(given) {}

  [[nodiscard]] double variance() const { return b_ * (1.0 - b_); }
  void conditional_moments(int /*step*/, std::span<const double> /*memory*/, std::span<double> first,
                           std::span<double> second) const {
    fill_moments(variance(), first, second);
  }
  void advance(int /*step*/, std::span<const double> u, std::span<double> /*memory*/, std::span<double> s) const {
    normal_quantile(u, s);
    const double width = std::sqrt(variance());
    for (double& value : s) value = b_ + width * value;
  }
  void draw_batch(int step, Stream& stream, std::span<double> memory, std::span<double> s) const {
    draw_independent_batch(*this, step, stream, memory, s);
  }
};

}  // namespace sgdyn::sampling
