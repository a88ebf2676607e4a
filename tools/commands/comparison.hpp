// What compare and demo share.
#pragma once

#include <string>

#include "command.hpp"
#include "session.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/sim/simulate.hpp"

namespace sgdyn::tools {

/// Theories are of replicas with independent minibatches. @throws InputError where the simulation is asked to give both
/// the same.
void require_independent_replicas(const SimulationOptions& options);

/// What the problem file of a comparison is asked about: the minimiser, where every theory of --theory is about that.
/// @throws InputError for an unknown theory.
[[nodiscard]] Question question_of(const Options& options);

/// Solves the theories, measures what they predict, compares, and delivers the result of the subcommand `command`.
/// @throws InputError, NotApplicable: nothing was computed.
[[nodiscard]] ExitStatus run_comparison(const std::string& command, const ProblemFile& file, const Options& options,
                                        Session& session);

}  // namespace sgdyn::tools
