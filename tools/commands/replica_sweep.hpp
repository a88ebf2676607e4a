// sgdyn replica --sweep: one fixed point, threshold or best ridge for every value of a key.
#pragma once

#include "command.hpp"
#include "session.hpp"
#include "sgdyn/io/problem_file.hpp"

namespace sgdyn::tools {

/// Interrupted, the points that were finished are delivered. @throws InputError, NotApplicable: nothing was computed.
[[nodiscard]] ExitStatus run_replica_sweep(const ProblemFile& file, const Options& options, Session& session);

}  // namespace sgdyn::tools
