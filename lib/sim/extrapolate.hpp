// From several dimensions to N -> infinity: finite-size shifts are estimated and shown, never hidden in a tolerance.
#pragma once

#include <vector>

#include "sgdyn/core/observables.hpp"

namespace sgdyn {

/// Weights w_g with sum w_g = 1 and sum w_g / N_g = 0, so that sum w_g x_g has no 1/N shift; of those the ones of least
/// variance when the variance at size g is proportional to 1 / (N_g runs_g). They depend on the design alone, not on
/// the data, so that the extrapolation is linear and unbiased up to order 1/N^2.
/// @throws std::invalid_argument for fewer than two distinct sizes.
[[nodiscard]] std::vector<double> extrapolation_weights(const std::vector<long>& dimensions,
                                                        const std::vector<int>& runs);

/// The same for shifts a/N + b/N^2: also sum w_g / N_g^2 = 0. Less precise, but unbiased up to order 1/N^3; the
/// difference from extrapolation_weights() is what tells whether shifts linear in 1/N fit.
/// @throws std::invalid_argument for fewer than three distinct sizes.
[[nodiscard]] std::vector<double> quadratic_extrapolation_weights(const std::vector<long>& dimensions,
                                                                  const std::vector<int>& runs);

/// Combines results at several sizes (each with replicates) into one Observables with `sizes` filled in; standard
/// errors are propagated from the sizes. `fluctuation_dissipation` is a curve through points of every replicate, with
/// nothing to add up between sizes: that of the largest N is kept.
[[nodiscard]] Observables extrapolate(std::vector<Observables> sizes);

}  // namespace sgdyn
