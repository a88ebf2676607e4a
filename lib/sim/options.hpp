// The options of a simulation, checked against the problem.
#pragma once

#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/simulate.hpp"

namespace sgdyn::sim {

/// Size of perturbations in units of the root mean square weight.
///
/// Where l' is continuous the response of one trajectory to an infinitesimal kick, averaged over data, is the R of the
/// theory: the kick need only be larger than rounding, whose effect on R is 2^-52 / kick. Two sizes extrapolated to
/// zero leave nothing of the rest: measured on logistic and squared hinge losses, R moves by less than a tenth of its
/// error (1e-3) up to a kick of 0.1.
///
/// Where l' jumps (hinge) that response does not know about the jump at all: samples change R by crossing it, so that a
/// kick must carry many across, M kick rho >> 1 with rho the density of margins at the jump, and still be small. The
/// error of R falls with it as 1/sqrt(kick); measured on the hinge loss (N = 250 ... 1000, alpha = 2, b = 0.3): 0.01
/// means three times the error of 0.1, at 0.1 no bias is seen within an error of 1e-3, at 0.2 one of 2e-3, at 0.4 one
/// of 8e-3. A field reaches that size only after some time, which makes the first points of chi the noisy ones.
[[nodiscard]] double default_kick(const Problem& problem);

/// Checks the options and fills in the defaults of those that depend on the problem, which is validated: `kick` if
/// there is a response to measure, `waiting` if the effective temperature is asked for. Full options stay as they are.
/// @throws InputError for an option out of range, or one given that the problem has no use for.
[[nodiscard]] SimulationOptions options_in_full(const Problem& problem, const SimulationOptions& options);

}  // namespace sgdyn::sim
