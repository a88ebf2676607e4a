// The options of a simulation, checked against the problem.
#pragma once

#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/simulate.hpp"

namespace sgdyn::sim {

/// TBD
[[nodiscard]] double default_kick(const Problem& problem);

/// Checks the options and fills in the defaults of those that depend on the problem, which is validated: `kick` if
/// there is a response to measure, `waiting` if the effective temperature is asked for. Full options stay as they are.
/// @throws InputError for an option out of range, or one given that the problem has no use for.
[[nodiscard]] SimulationOptions options_in_full(const Problem& problem, const SimulationOptions& options);

}  // namespace sgdyn::sim
