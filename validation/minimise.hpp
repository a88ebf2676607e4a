// Direct minimisation of eq. 1 at finite dimension N: what the theory of the minimiser (THEORY 6) is compared with.
#pragma once

#include <cstdint>
#include <string>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/simulate.hpp"

namespace sgdyn {

/// Data sets taken at least at every N.
///
/// All observables of one data set fluctuate together, so that a draw of few data sets whose scatter happens to come
/// out small puts every one of them several of its standard errors off. From 64 the standard error itself is known to 9
/// %, and Student's t with 63 degrees of freedom is hardly wider than a Gaussian. The errors reported are those of the
/// replicates at each N all the same, not pooled over sizes: the verdict of compare() is calibrated by rotating exactly
/// these replicates (validation/max_t.hpp), each group re-estimating its own variance, and errors taken from elsewhere
/// would be studentised by one law and judged by another. What pooling gives is reported among the diagnostics.
inline constexpr int fewest_instances = 64;

struct MinimiserOptions {
  Dimensions dimension = 1000;       ///< N; several sizes are extrapolated to N -> infinity
  int instances = fewest_instances;  ///< data sets at the largest N; smaller sizes take proportionally more
  std::uint64_t seed = 1;            ///< the data are those a simulation with this seed draws
};

/// Reads dimension, runs (as `instances`; fewer than fewest_instances are raised to it) and seed of the [simulation]
/// table; what else a simulation knows there is let through. @throws InputError.
[[nodiscard]] MinimiserOptions read_minimiser_options(OptionTable& table);

/// Minimises sum_mu loss(h_mu) + lambda/2 |w|^2 over w, with loss.intercept also over B, on data sets drawn as those of
/// a simulation, and reports the observables of the catalogue that a minimiser has, "objective" and, where one is
/// fitted, "intercept": series of one column, `replicates` of one row a data set. lambda = 0 is the limit
/// lambda -> 0 (minimiser/solve.hpp). The generalisation error is exact given w and B. The support fraction is
/// unavailable where samples sit at the margin exactly: losses with kinks, and the limit of largest margin.
///
/// Every w lies within 1e-6 |w| of the true minimiser: by the duality gap where there is a ridge or a largest margin,
/// otherwise as far as the last correction tells (minimiser::Solution). Data sets on which it does not are left out,
/// and the status is then not_converged with a message that names the first. Weights that are zero are given as exact
/// zeros. Several sizes are extrapolated (sim/extrapolate.hpp), and `sizes` holds the result at each N.
///
/// Diagnostics: "largest_distance" (relative), "accepted_by_step" (the number of data sets on which it is the length of
/// the last correction and bounds nothing), and of several sizes "pooled_error.<observable>": the
/// standard error if N times the variance were the same at every N, which it is up to order 1/N, pooled over sizes.
///
/// What problem.question is does not matter; algorithm, initial and observables are not read. Bit-identical for any
/// number of threads. Stopped: what is finished is kept, status interrupted.
/// @throws InputError for options out of range, too much memory, an objective that is not convex.
[[nodiscard]] Observables minimise(const Problem& problem, const MinimiserOptions& options = {},
                                   const Execution& execution = {});

}  // namespace sgdyn
