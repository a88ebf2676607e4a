// What the options of sgdyn replica ask for.
#pragma once

#include <string>

#include "command.hpp"
#include "sgdyn/core/problem.hpp"

namespace sgdyn::tools {

/// @throws InputError for options that do not go together, or a value that is not known.
void check_replica_options(const Options& options);

[[nodiscard]] Question replica_question(const Options& options);
[[nodiscard]] bool optimises(const Options& options);

/// What is appended to the name of the default directory, so that no run about a problem replaces the files of another:
/// nothing for the fixed point, else "-separability", "-optimum", "-sweep-1a2b3c4d" (a hash of the axes) or both.
[[nodiscard]] std::string directory_variant(const Options& options);

}  // namespace sgdyn::tools
