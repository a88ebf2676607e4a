// What no estimator can beat.
#pragma once

#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"

namespace sgdyn::replica {

/// The error on a fresh sample of the best estimator that knows the law of the data and M = alpha N of them, but not
/// the direction v, which is uniform on the sphere (replica.E16). For two Gaussian clusters; unavailable, with the
/// reason, for other data. Of a validated problem.
[[nodiscard]] Estimate bayes_error(const DataSpec& data);

}  // namespace sgdyn::replica
