// The shortest weights that put every margin at one place.
#pragma once

#include "sgdyn/validation/minimiser/margins.hpp"

namespace sgdyn::minimiser {

struct Interpolation {
  Unknowns x;
  double distance = 0.0;  ///< |last correction of the weights| / |weights|; infinite if the samples are dependent
};

/// min |weights|^2 with h = place for all samples, no more of them than free parameters: weights = A^T a from the
/// normal equations A A^T a + B y = place, sum a y = 0, by Cholesky's factorisation with iterative refinement.
[[nodiscard]] Interpolation interpolate(const Margins& margins, double place);

}  // namespace sgdyn::minimiser
