#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/sampling_scheme.hpp"

namespace sgdyn::sampling {

/// Full batch: s = 1.
class GradientDescent {
 public:
  static constexpr std::string_view name = "gd";
  static std::span<const ParameterInfo> parameters() { return {}; }

  GradientDescent(const Parameters& /*none*/, const LearningRate& /*learning_rate*/) {}

  [[nodiscard]] bool uses_uniform(int /*step*/) const { return false; }
  void conditional_moments(int /*step*/, std::span<const double> /*memory*/, std::span<double> first,
                           std::span<double> second) const {
    std::fill(first.begin(), first.end(), 1.0);
    std::fill(second.begin(), second.end(), 1.0);
  }
  void advance(int /*step*/, std::span<const double> /*u*/, std::span<double> /*memory*/, std::span<double> s) const {
    std::fill(s.begin(), s.end(), 1.0);
  }
  void draw_batch(int /*step*/, Stream& /*stream*/, std::span<double> /*memory*/, std::span<double> s) const {
    std::fill(s.begin(), s.end(), 1.0);
  }
  [[nodiscard]] double mean() const { return 1.0; }
  [[nodiscard]] double variance() const { return 0.0; }
  [[nodiscard]] double autocovariance(int /*step*/, int /*lag*/) const { return 0.0; }
};

}  // namespace sgdyn::sampling
