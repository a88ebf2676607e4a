// sgdyn compare: theory and simulation of one problem side by side, and a verdict.
#include "commands/commands.hpp"
#include "commands/comparison.hpp"
#include "input.hpp"

namespace sgdyn::tools {

Command compare_command() {
  return {.name = "compare",
          .summary = "Solve the theory, run the simulation, and say whether they agree.",
          .example = "sgdyn compare problem.toml --set algorithm.batch=0.5",
          .takes = Takes::problem_file,
          .options = {{"--theory", "LIST",
                       "theories by name, with commas between (default: all about training that apply)"},
                      {"--theory-algorithm", "NAME", "ask the theory about another algorithm than the one simulated"}},
          .run = [](const Options& options, Session& session) {
            return with_input(
                options, session,
                [](const ProblemFile& file, const Options& given, Session& own) {
                  return run_comparison("compare", file, given, own);
                },
                question_of(options));
          }};
}

}  // namespace sgdyn::tools
