// From the options of the command line to a problem file with its overrides.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "session.hpp"
#include "sgdyn/io/problem_file.hpp"

namespace sgdyn::tools {

using Solve = std::function<ExitStatus(const ProblemFile& file, const Options& options, Session& session)>;

/// Calls `solve` with options.file, read with --set and --seed applied. Mistakes in the file that it finds only later
/// (options that do not fit the problem) are said to be where they stand all the same. @throws InputError.
[[nodiscard]] ExitStatus with_input(const Options& options, Session& session, const Solve& solve,
                                    Question question = Question::trajectory);

/// The same for the text of a built-in problem called `name`.
[[nodiscard]] ProblemFile read_built_in(std::string_view text, const std::string& name, const Options& options);

/// The same problem under another algorithm: keys the new sampling scheme does not take are dropped.
/// @throws InputError for an unknown name, or when a key the new scheme needs is missing.
[[nodiscard]] Problem with_algorithm(Problem problem, const std::string& algorithm);

}  // namespace sgdyn::tools
