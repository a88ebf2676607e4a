// What holds where the runs stopped, from what each of them left.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/sim/trajectories.hpp"

namespace sgdyn::sim {

/// Observables::at_stop: "step", "distance" and "support_fraction" are means over the runs some of whose `realisations`
/// stopped, each run being represented by the mean over those that did; "converged_fraction" is the part of all
/// realisations that did, whose error bar is at least that of one count.
[[nodiscard]] std::map<std::string, Estimate> at_stop(const Problem& problem, const Loss& loss,
                                                      const std::vector<Stops>& runs, int realisations);

}  // namespace sgdyn::sim
