// What of a problem decides which part of its fluctuation-dissipation plot can be that of a stationary state.
#pragma once

#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"

namespace sgdyn {

/// `problem` is validated.
[[nodiscard]] FdtConditions fdt_conditions(const Problem& problem);

}  // namespace sgdyn
