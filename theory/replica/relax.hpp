// A way to the fixed point that cannot miss it, for where Newton's method has nothing to start from.
#pragma once

#include "sgdyn/theory/replica/equations.hpp"

namespace sgdyn::replica {

/// Sweeps over the equations one at a time. Given all else, replica.E1 determines g and replica.E4 determines B, both
/// by a root of a monotone function; m and q then move half way to what replica.E2 and E3 say. `iterations` gains the
/// evaluations.
[[nodiscard]] Unknowns relax(const Equations& equations, const Unknowns& x, int sweeps, int& iterations);

}  // namespace sgdyn::replica
