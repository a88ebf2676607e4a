#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/numerics/vector_math.hpp"

namespace sgdyn::losses {

/// log(1 + e^-h), evaluated from e^-|h| so that nothing overflows.
class Logistic {
 public:
  static constexpr std::string_view name = "logistic";
  static constexpr std::string_view formula = "log(1+exp(-h))";
  static constexpr bool smooth = true;
  static constexpr bool convex = true;
  static std::span<const ParameterInfo> parameters() { return {}; }

  explicit Logistic(const Parameters& /*none*/) {}

  [[nodiscard]] double value(double h) const { return 0.5 * (std::fabs(h) - h) + std::log1p(std::exp(-std::fabs(h))); }
  [[nodiscard]] double d1(double h) const {
    const double e = std::exp(-std::fabs(h));
    return -(h >= 0.0 ? e : 1.0) / (1.0 + e);
  }
  [[nodiscard]] double d2(double h) const {
    const double e = std::exp(-std::fabs(h));
    return e / ((1.0 + e) * (1.0 + e));
  }
  [[nodiscard]] std::optional<double> margin() const { return std::nullopt; }
};

}  // namespace sgdyn::losses
