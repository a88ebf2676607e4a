// The square loss without draws: with gradient descent or independent minibatches every average of eq. 8 closes.
#pragma once

#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"

namespace sgdyn::dmft {

/// Exact order parameters for the square loss (dmft.E12), with any momentum, learning rate and number of replicas:
/// overlap, norm, training_loss, generalisation_error, distance, responses and the two-time functions, with no
/// statistical error (standard errors are zero, replicates empty). Accuracy needs the law of the field, which is not
/// Gaussian under SGD, and is unavailable. O(steps^3) work.
/// @throws NotApplicable for another loss or a sampling scheme with memory.
[[nodiscard]] Observables solve_square_loss(const Problem& problem);

}  // namespace sgdyn::dmft
