// How the fixed point moves with the parameters of the problem, and the ridge that generalises best.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/theory/replica/replica.hpp"

namespace sgdyn::replica {

/// Derivatives with respect to one parameter, by the implicit function theorem (replica.E17): with respect to the ridge
/// within rounding, with respect to others with relative errors of about 1e-9.
struct Sensitivity {
  std::string parameter;  ///< its key, "data.alpha"
  double overlap = 0.0;
  double norm = 0.0;
  double response = 0.0;
  double intercept = 0.0;
  double objective = 0.0;
  double training_loss = 0.0;
  double generalisation_error = 0.0;
};

/// With respect to every number of [data] and [loss]: alpha, noise, ridge and those of the data model and the loss, but
/// for those at an end of their range. `point` must be the solution of `problem`, with status ok and Regime::ridge.
/// @throws std::invalid_argument otherwise.
[[nodiscard]] std::vector<Sensitivity> sensitivities(const Problem& problem, const FixedPoint& point);

/// The ridge at which the generalisation error is least.
struct BestRidge {
  std::optional<double> ridge;  ///< may be 0; nothing when the least error is at an end of the range, or is not known
  std::string reason;           ///< then why
  FixedPoint point;             ///< at that ridge, or at the end of the range
};

/// Between the smallest and the largest ridge looked at, 1e-8 and 1e8 times Delta: the slope of the error is followed
/// in half decades and its root found to a relative 1e-9; of several minima the deepest. The ridge of `problem` is not
/// read. @throws what solve() throws. Interrupted, or no ridge with a solution: the status of `point` says so.
[[nodiscard]] BestRidge best_ridge(const Problem& problem, const Execution& execution = {});

}  // namespace sgdyn::replica
