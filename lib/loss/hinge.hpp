#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/loss.hpp"

namespace sgdyn::losses {

/// max(0, kappa - h); l'' is a delta at kappa, so d2 is zero and a theory that needs l'' must say how it copes.
class Hinge {
 public:
  static constexpr std::string_view name = "hinge";
  static constexpr std::string_view formula = "max(0,kappa-h)";
  static constexpr bool smooth = false;
  static constexpr bool convex = true;
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 1> declared{{{"margin", "kappa", Range::positive(), 1.0}}};
    return declared;
  }

  explicit Hinge(const Parameters& given) : kappa_(given.at("margin")) {}

  [[nodiscard]] double value(double h) const { return h < kappa_ ? kappa_ - h : 0.0; }
  [[nodiscard]] double d1(double h) const { return h < kappa_ ? -1.0 : 0.0; }
  [[nodiscard]] double d2(double /*h*/) const { return 0.0; }
  [[nodiscard]] std::optional<double> margin() const { return kappa_; }
  [[nodiscard]] ProximalRamp proximal_ramp(double g) const { return {.anchor = kappa_, .slope = 1.0, .width = g}; }

 private:
  double kappa_;
};

}  // namespace sgdyn::losses
