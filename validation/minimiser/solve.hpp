// The minimiser of eq. 1 on one data set, with a bound on its distance from the true one.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/validation/minimiser/margins.hpp"
#include "sgdyn/validation/minimiser/objective.hpp"

namespace sgdyn::minimiser {

/// What is minimised: sum_mu l(h_mu) + ridge N/2 |weights|^2 over the weights, and over B with an intercept. Without a
/// ridge the limit ridge -> 0.
struct Task {
  std::shared_ptr<const Loss> loss;
  double ridge = 0.0;  ///< lambda
  Intercept intercept = Intercept::none;
};

struct Solution {
  Unknowns x;
  /// |weights - true weights| / |weights|. lambda > 0, and the margin of largest width: bounded by the duality gap,
  /// as the objective is lambda N-strongly convex in the weights; what the equation of an intercept is left with counts
  /// with the curvature found. Without a ridge, or where the gap of one that is tiny is lost in rounding: the length of
  /// the next step of Newton's method (minimiser/multipliers.hpp).
  double distance = 0.0;
  /// The loss is zero in every sample: the data can be fitted, and of all weights that do these are the shortest.
  bool fits_all = false;
  std::string failure;  ///< why there is no solution to report; empty if `distance` is certified
};

/// Smooth losses by L-BFGS and, where that ends too early, Newton's method; losses with kinks by the method of
/// multipliers. Without a ridge: losses with a margin kappa tend to the separating hyperplane of largest margin where
/// there is one, those with a minimum to the shortest weights that put every margin there if samples are no more than
/// unknowns; in the other cases the plain minimum is meant, which losses without minimum do not have on separable data.
/// Stopped: a failure that nobody should read.
[[nodiscard]] Solution solve(const Task& task, const sim::DataSet& data, const Stopped& stopped);

}  // namespace sgdyn::minimiser
