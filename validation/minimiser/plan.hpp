// What a minimisation is about to take, checked before it takes it.
#pragma once

#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/validation/minimise.hpp"

namespace sgdyn::minimiser {

struct Size {
  long dimension = 0;
  int instances = 0;
  int concurrent = 1;  ///< data sets at a time: limited by threads and memory
};

/// The part of the memory available now that data sets may take, in bytes.
[[nodiscard]] double usable_memory();

/// Ascending N. @throws InputError for options out of range, or when one data set does not fit into memory.
[[nodiscard]] std::vector<Size> plan(const Problem& problem, const MinimiserOptions& options,
                                     const Execution& execution);

}  // namespace sgdyn::minimiser
