#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

#include "sgdyn/model/independent_sampling.hpp"

namespace sgdyn::sampling {

/// Bernoulli minibatches: s = 1 with probability b, independently at every step.
class Sgd : public IndependentSampling {
 public:
  static constexpr std::string_view name = "sgd";

  Sgd(const Parameters& given, const LearningRate& /*learning_rate*/) : IndependentSampling(given) {}

  [[nodiscard]] double variance() const { return b_ * (1.0 - b_); }
  void conditional_moments(int /*step*/, std::span<const double> /*memory*/, std::span<double> first,
                           std::span<double> second) const {
    fill_moments(variance(), first, second);
  }
  void advance(int /*step*/, std::span<const double> u, std::span<double> /*memory*/, std::span<double> s) const {
    for (std::size_t i = 0; i < s.size(); ++i) s[i] = u[i] < b_ ? 1.0 : 0.0;
  }
  void draw_batch(int step, Stream& stream, std::span<double> memory, std::span<double> s) const {
    draw_independent_batch(*this, step, stream, memory, s);
  }
};

}  // namespace sgdyn::sampling
