#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sgdyn/model/independent_sampling.hpp"
#include "sgdyn/noise/symmetric_stable.hpp"
#include "sgdyn/numerics/normal.hpp"

namespace sgdyn::sampling {

/// Heavy-tailed stand-in for SGD: s = b + scale X, independent at every step, X standard symmetric stable of index
/// `stability` (characteristic function exp(-|k|^index)). Its variance is infinite below index 2, where X is N(0, 2);
/// indices up to 1 are refused, because there is no mean b. Simulations of different N are comparable when scale goes
/// as N^(1/2 - 1/index).
class StableSgd : public IndependentSampling {
 public:
  static constexpr std::string_view name = "stable-sgd";
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 3> declared{
        {batch_parameter,
         {"stability", "index of the stable law, which has a mean above 1 and a variance at 2",
          Range{.low = 1.0, .high = 2.0, .high_open = false}, std::nullopt},
         {"scale", "s = b + scale X", Range::positive(), std::nullopt}}};
    return declared;
  }

  StableSgd(const Parameters& given, const LearningRate& /*learning_rate*/)
      : IndependentSampling(given), index_(given.at("stability")), scale_(given.at("scale")) {}

  [[nodiscard]] double variance() const {
    return index_ < 2.0 ? std::numeric_limits<double>::infinity() : 2.0 * scale_ * scale_;
  }
  void conditional_moments(int /*step*/, std::span<const double> /*memory*/, std::span<double> first,
                           std::span<double> second) const {
    fill_moments(variance(), first, second);
  }
  /// At index 2 the normal quantile of u. Below, where no theory asks for well-spread points, the two uniforms of the
  /// method are the upper and the lower 26 bits of u.
  void advance(int /*step*/, std::span<const double> u, std::span<double> /*memory*/, std::span<double> s) const {
    if (index_ < 2.0) {
      split(u, s);
    } else {
      normal_quantile(u, s);
      for (double& value : s) value *= std::numbers::sqrt2;
    }
    shift(s);
  }
  void draw_batch(int /*step*/, Stream& stream, std::span<double> /*memory*/, std::span<double> s) const {
    std::vector<double> angle(s.size());
    stream.uniforms(angle);
    stream.uniforms(s);
    symmetric_stable(index_, angle, s, s);
    shift(s);
  }

 private:
  void split(std::span<const double> u, std::span<double> x) const {
    constexpr double cells = 0x1p26;
    std::vector<double> angle(u.size());
    for (std::size_t i = 0; i < u.size(); ++i) {
      const double cell = std::floor(cells * u[i]);
      angle[i] = (cell + 0.5) / cells;
      x[i] = (std::floor(cells * (cells * u[i] - cell)) + 0.5) / cells;
    }
    symmetric_stable(index_, angle, x, x);
  }
  void shift(std::span<double> x) const {
    for (double& value : x) value = b_ + scale_ * value;
  }

  double index_;
  double scale_;
};

}  // namespace sgdyn::sampling
