// The method of multipliers for functions of the margins that have kinks or are constraints.
#pragma once

#include "sgdyn/validation/minimiser/margins.hpp"
#include "sgdyn/validation/minimiser/objective.hpp"
#include "sgdyn/validation/minimiser/terms.hpp"

namespace sgdyn::minimiser {

/// What tells how far the weights still are from the minimiser.
enum class Certificate {
  /// Duality gap; needs a ridge and a function that is finite. Margins that differ by rounding count as equal: the
  /// weights then belong to data changed in the last digit of a double.
  gap,
  scaled_gap,       ///< the same after scaling the weights until every margin is at least `anchor`, for h >= anchor
  next_newton_step  ///< the step of Newton's method at the next multipliers
};

struct KinkedProblem {
  const Proximal& proximal;
  double ridge = 0.0;  ///< lambda N; of constraints any number above zero
  double width = 1.0;  ///< g of the first subproblem
  Certificate certificate = Certificate::gap;
  double anchor = 0.0;  ///< of scaled_gap
};

struct KinkedEnd {
  Unknowns x;
  double distance = 0.0;  ///< |weights - true weights| / |weights|, infinite if nothing is known
};

/// Minimises sum_mu l(h_mu) + ridge/2 |weights|^2. The first subproblems, with wide envelopes, are left to L-BFGS,
/// which finds out roughly which samples sit at kinks; the later ones, stiff and nearly linear, to Newton's method.
/// Ends at a distance ten times below certified_distance, or when rounding lets it come no closer.
[[nodiscard]] KinkedEnd minimise_kinked(const Margins& margins, const KinkedProblem& problem, const Stopped& stopped);

/// Distance that the duality gap allows: sqrt(2 gap/ridge)/|weights|.
[[nodiscard]] double distance_of_gap(double gap, double ridge, double length);

/// Distances above this are not accepted, those below the other need no further work.
inline constexpr double certified_distance = 1e-6;
inline constexpr double wanted_distance = 1e-7;

}  // namespace sgdyn::minimiser
