// The search for the solution of the equations of state.
#pragma once

#include "sgdyn/theory/replica/newton.hpp"
#include "sgdyn/theory/replica/system.hpp"

namespace sgdyn::replica {

/// Newton's method from `near` (unless null), from a stand-in for a loss without closed form, and from
/// the start of replica.E11; then along a path of falling ridges; then by sweeps over the equations one at a time.
[[nodiscard]] NewtonResult find_solution(const System& system, const OrderParameters* near);

}  // namespace sgdyn::replica
