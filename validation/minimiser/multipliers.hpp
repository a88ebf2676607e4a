// The method of multipliers for functions of the margins that have kinks or are constraints.
#pragma once

#include "sgdyn/validation/minimiser/margins.hpp"
#include "sgdyn/validation/minimiser/objective.hpp"
#include "sgdyn/validation/minimiser/terms.hpp"

namespace sgdyn::minimiser {

/// Which duality gap tells how far the weights still are from the minimiser.
enum class Certificate {
  /// That of a function that is finite. Margins that differ by rounding count as equal: the weights then belong to data
  /// changed in the last digit of a double.
  gap,
  /// The same after scaling the weights until every margin is at least `anchor`, for h >= anchor.
  scaled_gap
};

struct KinkedProblem {
  const Proximal& proximal;
  double ridge = 0.0;  ///< lambda N; of a constraint any number above zero
  double width = 1.0;  ///< g of the first subproblem
  double unit = 1.0;   ///< the size of margins that matter: kappa
  Certificate certificate = Certificate::gap;
  double anchor = 0.0;  ///< of scaled_gap
};

struct KinkedEnd {
  Unknowns x;
  double distance = 0.0;  ///< |weights - true weights| / |weights|, infinite if nothing is known
  bool by_step = false;   ///< and this is the length of a step of Newton's method, which bounds nothing
};

/// Minimises sum_mu l(h_mu) + ridge/2 |weights|^2. The first subproblems, with wide envelopes, are left to L-BFGS,
/// which finds out roughly which samples sit at kinks; the later ones, stiff and nearly linear, to Newton's method.
/// Without a ridge a faint one leads there and is then taken away.
///
/// The distance is that of the duality gap. Where the gap is as small as rounding lets it be and still allows more than
/// what is accepted (a tiny ridge), or says nothing (none), it is the first step of Newton's method after a change of
/// multipliers and width, if the Hessian is positive definite, the step at most 1e-8 and the gap at most 1e-9 of the
/// function. That is evidence and no bound: losses of straight and quadratic pieces have reached the minimum when the
/// step vanishes, and a step between two stages is what the last one was off.
///
/// With an intercept the weights may be zero. Where the gap keeps |true weights| below 1e-8 unit/|x|, |x|^2 the mean
/// square of a sample, and cannot tell them from zero, they are set to zero exactly, the intercept to where the
/// function is then least, and the distance is what the gap allows for |true weights| in units of unit/|x|.
[[nodiscard]] KinkedEnd minimise_kinked(const Margins& margins, const KinkedProblem& problem, const Stopped& stopped);

struct GapAt {
  double value = 0.0;  ///< of the objective at x
  double gap = 0.0;
  double scale = 1.0;  ///< of x, which makes every margin at least `anchor` (scaled_gap)
};

/// The duality gap of scale * x and the multipliers terms.next() after they have been made feasible
/// (balance_intercept()); without a ridge that of the function alone.
[[nodiscard]] GapAt duality_gap(Objective& objective, const EnvelopeTerms& terms, const KinkedProblem& problem,
                                const Unknowns& x);

/// Distance that the duality gap allows: sqrt(2 gap/ridge)/|weights|.
[[nodiscard]] double distance_of_gap(double gap, double ridge, double length);

/// Distances above the first are not accepted, those below the second need no further work.
inline constexpr double certified_distance = 1e-6;
inline constexpr double wanted_distance = 1e-7;

}  // namespace sgdyn::minimiser
