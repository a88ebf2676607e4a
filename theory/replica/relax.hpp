// A way towards the fixed point where Newton's method has nothing to start from.
#pragma once

#include "sgdyn/theory/replica/equations.hpp"

namespace sgdyn::replica {

/// Sweeps over the equations one at a time: each of replica.E4 for B, E1 for g and E3 for m is solved with all else
/// held, then m and q move half way to what E3 and E2 say. Sides of E4 grow with B; those of E1 grow with g for the
/// usual losses, not for all, so that this is tried last. `iterations` gains the evaluations.
[[nodiscard]] Unknowns relax(const Equations& equations, const Unknowns& x, int sweeps, int& iterations);

}  // namespace sgdyn::replica
