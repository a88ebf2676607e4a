// A loss of closed-form proximal point that stands for another while the search for the fixed point begins.
#pragma once

#include <limits>

#include "sgdyn/model/loss.hpp"
#include "sgdyn/theory/replica/margin_law.hpp"

namespace sgdyn::replica {

/// l'(u) = -clip(curvature (anchor - u), 0, steepest).
struct StandIn {
  double anchor = 1.0;
  double curvature = 1.0;
  double steepest = std::numeric_limits<double>::infinity();

  [[nodiscard]] ProximalRamp proximal_ramp(double g) const {
    const double stiff = curvature * g;
    return {.anchor = anchor,
            .slope = stiff / (1.0 + stiff),
            .rest = 1.0 / (1.0 + stiff),
            .width = steepest * (g + 1.0 / curvature)};
  }
};

/// Order parameters near the fixed point of a loss that falls with the margin: those of the stand-in whose l' is the
/// tangent to that of the loss at the typical proximal point. The ridge falls to the one asked for, the tangent moves
/// along. `iterations` gains the evaluations, which cost a fraction of those of the loss.
[[nodiscard]] OrderParameters stand_in_fixed_point(const Loss& loss, const MarginLaw& law, double alpha, double ridge,
                                                   int& iterations);

}  // namespace sgdyn::replica
