// From the solutions of all scramblings to one Observables.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/theory/dmft/solution.hpp"

namespace sgdyn::dmft {

/// The names of Draws, in their order.
[[nodiscard]] const std::vector<std::string>& draw_names();

/// Means and standard errors over the scramblings; `stopped` if the computation was asked to end early.
[[nodiscard]] Observables assemble(const Problem& problem, const Options& options, const std::vector<int>& steps,
                                   const std::vector<Solution>& solutions, bool stopped);

}  // namespace sgdyn::dmft
