// The minimiser of eq. 1 on one data set, with how far it can be from the true one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

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
  /// |weights - true weights| / |weights|; of zero weights relative to kappa (1 where a loss has none) over the root
  /// mean square of a sample. lambda > 0, and the margin of largest width: bounded by the duality gap, as the objective
  /// is lambda N-strongly convex in the weights; the multipliers are first made feasible for an intercept, which for
  /// curved losses is a bound to second order.
  double distance = 0.0;
  /// `distance` is no bound but the length of the last correction: of Newton's method without a ridge, or where
  /// rounding hides the gap of one that is tiny (minimiser/multipliers.hpp), or of an interpolation.
  bool by_step = false;
  /// The loss is least at every sample: the data can be fitted, and of all weights that do these are the shortest.
  bool fits_all = false;
  std::string_view method = "";  ///< what found it
  std::string failure;           ///< why there is no solution to report; empty if `distance` is at most 1e-6
};

/// Smooth losses by L-BFGS and, where that ends too early, Newton's method; losses with kinks by the method of
/// multipliers. Without a ridge: losses with a margin kappa tend to the separating hyperplane of largest margin where
/// there is one, those with a minimum at one margin to the shortest weights that put every margin there if samples are
/// no more than unknowns, where those least on an interval are refused; in the other cases the plain minimum is meant,
/// which losses without minimum do not have on separable data. Stopped: a failure that nobody should read.
[[nodiscard]] Solution solve(const Task& task, const sim::DataSet& data, const Stopped& stopped);

}  // namespace sgdyn::minimiser
