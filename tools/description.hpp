// A problem in one line, for titles and headings.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/core/problem.hpp"

namespace sgdyn::tools {

struct Description {
  std::vector<std::string> components{};  ///< "sgd", "logistic", "two-clusters"
  std::vector<std::string> numbers{};     ///< "alpha = 2", "Delta = 0.5", ...
};

[[nodiscard]] Description description_of(const Problem& problem);

/// "sgd, logistic, two-clusters: alpha = 2, Delta = 0.5, lambda = 0, dt = 0.2, ...": the components, the numbers every
/// problem has, and of all others those that have no default or are not at it. `problem` is validated.
[[nodiscard]] std::string describe(const Problem& problem);

}  // namespace sgdyn::tools
