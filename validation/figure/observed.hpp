// Numbers of computed observables, with their replicates where these are known.
#pragma once

#include <string>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/validation/figure/measured.hpp"

namespace sgdyn::figure {

/// Of an estimate whose replicates are not known.
[[nodiscard]] Measured measured(const Estimate& estimate, double degrees);

/// The name of the replicates behind these numbers: the same for all numbers of one simulation, and for simulations of
/// other problems with the same seed and sizes. Empty where nothing is known of their random numbers.
[[nodiscard]] std::string replicates_of(const Observables& observables, Eigen::Index count);

/// An observable at reported step number `step`, with what its replicates at every N contribute.
[[nodiscard]] Measured series_at(const Observables& observables, const std::string& name, std::size_t step);

/// Why nothing is known of a time: it is before or after the reported ones by more than half a step. Empty if it is
/// not.
[[nodiscard]] std::string why_outside(const Observables& observables, double time);

/// What holds at the step where the gradient falls to the threshold (Observables::at_stop).
[[nodiscard]] Measured stop_value(const Observables& observables, const std::string& name);

}  // namespace sgdyn::figure
