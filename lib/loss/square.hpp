#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/loss.hpp"

namespace sgdyn::losses {

/// 1/2 (1 - h)^2
class Square {
 public:
  static constexpr std::string_view name = "square";
  static constexpr std::string_view formula = "(1-h)^2/2";
  static constexpr bool smooth = true;
  static constexpr bool convex = true;
  static std::span<const ParameterInfo> parameters() { return {}; }

  explicit Square(const Parameters& /*none*/) {}

  [[nodiscard]] double value(double h) const { return 0.5 * (1.0 - h) * (1.0 - h); }
  [[nodiscard]] double d1(double h) const { return h - 1.0; }
  [[nodiscard]] double d2(double /*h*/) const { return 1.0; }
  [[nodiscard]] std::optional<double> margin() const { return std::nullopt; }
  [[nodiscard]] ProximalRamp proximal_ramp(double g) const {
    return {.anchor = 1.0, .slope = g / (1.0 + g), .rest = 1.0 / (1.0 + g), .two_sided = true};
  }
};

}  // namespace sgdyn::losses
