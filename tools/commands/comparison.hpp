// What compare and demo share.
#pragma once

#include <string>

#include "command.hpp"
#include "session.hpp"
#include "sgdyn/io/problem_file.hpp"

namespace sgdyn::tools {

/// Solves the theories, simulates, compares, and delivers the result of the subcommand `command`.
/// @throws InputError, NotApplicable: nothing was computed.
[[nodiscard]] ExitStatus run_comparison(const std::string& command, const ProblemFile& file, const Options& options,
                                        Session& session);

}  // namespace sgdyn::tools
