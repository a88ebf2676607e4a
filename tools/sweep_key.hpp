// The numbers of a problem by their dotted keys.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/core/problem.hpp"

namespace sgdyn::tools {

/// The keys of the numbers that change the answer to problem.question, which is about the minimiser or the threshold.
[[nodiscard]] std::vector<std::string> sweepable_keys(const Problem& problem);

/// @throws InputError naming `flag`, with what may be swept, for any other key.
void require_sweepable(const std::string& flag, const Problem& problem, const std::string& key);

/// The problem with another value of a sweepable key. @throws InputError for a value out of range.
[[nodiscard]] Problem with_number(Problem problem, const std::string& key, double value);

}  // namespace sgdyn::tools
