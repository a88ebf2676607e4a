// Where a loss is least.
#pragma once

#include <cmath>
#include <optional>

#include "sgdyn/model/loss.hpp"

namespace sgdyn {

/// The margins at which a loss is least: from `from` to `to`, which are the same for a single one.
struct LeastLoss {
  double from = 0.0;
  double to = 0.0;

  [[nodiscard]] bool one_sided() const { return std::isinf(to); }
  [[nodiscard]] bool single() const { return from == to; }
};

/// Where the loss is least; nothing for a loss that falls for ever, or is least at every margin below one.
[[nodiscard]] std::optional<LeastLoss> least_loss(const Loss& loss);

}  // namespace sgdyn
