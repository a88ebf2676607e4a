// Where the search for the fixed point begins.
#pragma once

#include "sgdyn/model/loss.hpp"
#include "sgdyn/theory/replica/margin_law.hpp"

namespace sgdyn::replica {

/// The fixed point of the parabola c/2 (e - h)^2 that stands for the loss, c > 0, which is known in closed form
/// (replica.E11).
[[nodiscard]] OrderParameters parabola_fixed_point(const MarginLaw& law, double alpha, double ridge, double curvature,
                                                   double minimum);

/// The same for the parabola that touches the loss at h = 0 and has its minimum where the loss nearly has.
[[nodiscard]] OrderParameters guess(const Loss& loss, const MarginLaw& law, double alpha, double ridge);

/// One that changes nothing where a solution without ridge exists, for paths that come from larger ones.
[[nodiscard]] inline double negligible_ridge(const MarginLaw& law, double alpha) { return 1e-30 * law.noise() * alpha; }

}  // namespace sgdyn::replica
