// Theory's effective temperature against the one measured in the simulation.
#pragma once

#include <optional>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/validation/compare.hpp"

namespace sgdyn {

/// One pair called "effective_temperature", at the last waiting step of the simulation's window, where both sides give
/// one. `theory` is what theory gives over the window of the simulation, which may differ a little from its own
/// effective_temperature. It is no part of the verdict of compare(), whose threshold is calibrated on
/// observables over time.
[[nodiscard]] std::optional<Pair> compare_temperatures(const Observables& theory, const Observables& simulation);

}  // namespace sgdyn
