// Newton's method on the equations of state.
#pragma once

#include "sgdyn/theory/replica/equations.hpp"

namespace sgdyn::replica {

struct NewtonResult {
  Unknowns x;
  Residuals residuals;  ///< at x
  int iterations = 0;   ///< evaluations of the equations
  bool converged = false;
  bool collapsed = false;  ///< w = 0 and V = 0 exactly; x holds the intercept alone
};

/// From `start`, each step cut back until the residuals, relative to their largest terms, shrink. Converged: they are
/// at most `accepted_residual` and stopped shrinking, or at most `enough`.
[[nodiscard]] NewtonResult newton(const Equations& equations, const Unknowns& start, int most_iterations = 60,
                                  double enough = 0.0);

/// d unknowns/d ridge at a solution; the limit of vanishing ridge has none.
[[nodiscard]] Unknowns ridge_tangent(const Equations& equations, const NewtonResult& at);

/// What rounding leaves of the largest term of an equation.
inline constexpr double accepted_residual = 1e-14;

}  // namespace sgdyn::replica
