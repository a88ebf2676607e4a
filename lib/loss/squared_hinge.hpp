#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/loss.hpp"

namespace sgdyn::losses {

/// 1/2 max(0, kappa - h)^2
class SquaredHinge {
 public:
  static constexpr std::string_view name = "squared-hinge";
  static constexpr std::string_view formula = "max(0,kappa-h)^2/2";
  static constexpr bool smooth = true;
  static constexpr bool convex = true;
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 1> declared{{{"margin", "kappa", Range::positive(), 1.0}}};
    return declared;
  }

  explicit SquaredHinge(const Parameters& given) : kappa_(given.at("margin")) {}

  [[nodiscard]] double value(double h) const { return h < kappa_ ? 0.5 * (kappa_ - h) * (kappa_ - h) : 0.0; }
  [[nodiscard]] double d1(double h) const { return h < kappa_ ? h - kappa_ : 0.0; }
  [[nodiscard]] double d2(double h) const { return h < kappa_ ? 1.0 : 0.0; }
  [[nodiscard]] std::optional<double> margin() const { return kappa_; }
  [[nodiscard]] ProximalRamp proximal_ramp(double g) const {
    return {.anchor = kappa_, .slope = g / (1.0 + g), .rest = 1.0 / (1.0 + g)};
  }

 private:
  double kappa_;
};

}  // namespace sgdyn::losses
