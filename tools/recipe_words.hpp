// What a figure was computed with, in words: the parameters its problems share and what its points cost.
#pragma once

#include <string>

#include "sgdyn/validation/figure/recipe.hpp"

namespace sgdyn::tools {

/// "persistent-sgd, squared-hinge, two-clusters: alpha = 8, ...": what all points of all panels have in common.
[[nodiscard]] std::string shared_parameters(const figure::Recipe& recipe);

/// What the points of one panel have in common beyond that, and its title does not say.
[[nodiscard]] std::string own_parameters(const figure::Recipe& recipe, const figure::Panel& panel);

/// "N = 400, 32 runs, not extrapolated", or "N -> infinity from N = 250, 500, 1000, 256 runs"; with the names of the
/// sweeps where they differ. Empty without simulations.
[[nodiscard]] std::string simulation_effort(const figure::Recipe& recipe);

/// "16384 samples in 8 scramblings". Empty without theory.
[[nodiscard]] std::string theory_effort(const figure::Recipe& recipe);

}  // namespace sgdyn::tools
