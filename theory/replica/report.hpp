// Everything that is reported of a solution.
#pragma once

#include "sgdyn/theory/replica/newton.hpp"
#include "sgdyn/theory/replica/replica.hpp"
#include "sgdyn/theory/replica/system.hpp"

namespace sgdyn::replica {

/// Of a solution; not_converged where it is none (replica.E10, E13).
[[nodiscard]] FixedPoint report(const System& system, const NewtonResult& result);

/// The unknowns of a reported point in the equations of `system`, which may be those of a similar problem.
[[nodiscard]] OrderParameters order_parameters(const FixedPoint& point, const System& system);

/// Of the quadrature over the law of c at a reported point; 0 where there is none.
[[nodiscard]] double needed_steepness(const FixedPoint& point, const System& system);

/// Of any order parameters, a solution or not.
[[nodiscard]] FixedPoint report_at(const System& system, const Unknowns& x);

}  // namespace sgdyn::replica
