// sgdyn replica --sweep: one fixed point, threshold or best ridge for every value of a key.
#pragma once

#include "command.hpp"
#include "session.hpp"
#include "sgdyn/io/problem_file.hpp"

namespace sgdyn::tools {

[[nodiscard]] ExitStatus run_replica_sweep(const ProblemFile& file, const Options& options, Session& session,
                                           Question question);

}  // namespace sgdyn::tools
