// sgdyn replica: the replica-symmetric fixed point, its threshold, its sensitivities, and sweeps of it.
#include "sgdyn/theory/replica/replica.hpp"

#include <memory>

#include "commands/commands.hpp"
#include "commands/replica_options.hpp"
#include "commands/replica_sweep.hpp"
#include "input.hpp"
#include "options.hpp"
#include "replica_text.hpp"
#include "results.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/theory/replica/sensitivity.hpp"
#include "sgdyn/theory/replica/separability.hpp"

namespace sgdyn::tools {
namespace {

// A minimiser that is not finite is refused like a problem the theory does not apply to.
void require_solution(const replica::FixedPoint& point, Outcome& outcome, const Options& options,
                      const Session& session) {
  if (point.status != Status::not_applicable) return;
  const NotApplicable refusal("replica", point.message);
  deliver_refusal(outcome, refusal, options, session);
  throw refusal;
}

// At the best ridge, or where there is none at the one given.
replica::FixedPoint solve_best(Outcome& outcome, Session& session) {
  const Problem given = outcome.problem;
  const replica::BestRidge best = replica::best_ridge(given, session.execution());
  const replica::FixedPoint there = replica::solve(given, nullptr, session.execution());
  add_optimum(outcome.extras, best, given, there);
  if (!best.ridge) return best.point.status == Status::ok ? there : best.point;
  outcome.problem.loss.ridge = *best.ridge;
  outcome.heading = describe_at_optimum(outcome.problem);
  return best.point;
}

ExitStatus run_point(const ProblemFile& file, const Options& options, Session& session) {
  Outcome outcome{.command = "replica", .name = file.name(), .problem = file.problem()};
  require_applicable(replica::theory(), outcome, options, session);
  const std::unique_ptr<OutputDirectory> directory =
      open_output(options, file.name(), outcome.problem, directory_variant(options));
  const replica::FixedPoint point =
      optimises(options) ? solve_best(outcome, session) : replica::solve(outcome.problem, nullptr, session.execution());
  require_solution(point, outcome, options, session);
  outcome.theories.push_back(replica::to_observables(point, outcome.problem));
  add_sensitivities(outcome.extras, outcome.problem, point);
  return deliver(outcome, options, session, directory.get());
}

ExitStatus run_separability(const ProblemFile& file, const Options& options, Session& session) {
  Outcome outcome{.command = "replica", .name = file.name(), .problem = file.problem()};
  replica::Separability found;
  try {
    found = replica::separability(outcome.problem.data, outcome.problem.loss.intercept);
  } catch (const NotApplicable& refusal) {
    deliver_refusal(outcome, refusal, options, session);
    throw;
  }
  const std::unique_ptr<OutputDirectory> directory =
      open_output(options, file.name(), outcome.problem, directory_variant(options));
  outcome.status = found.status;
  outcome.status_message = found.message;
  add_separability(outcome.extras, found);
  return deliver(outcome, options, session, directory.get());
}

ExitStatus run_asked(const ProblemFile& file, const Options& options, Session& session) {
  OptionTable table = file.table("replica");
  table.finish();
  if (own_option(options, "--sweep")) return run_replica_sweep(file, options, session);
  if (replica_question(options) == Question::separability) return run_separability(file, options, session);
  return run_point(file, options, session);
}

ExitStatus run(const Options& options, Session& session) {
  check_replica_options(options);
  return with_input(options, session, run_asked, replica_question(options));
}

}  // namespace

Command replica_command() {
  return {.name = "replica",
          .summary = "The replica-symmetric fixed point: what training ends at, exact as N -> infinity.",
          .example = "sgdyn replica problem.toml --sweep data.alpha=0.5:10:20",
          .takes = Takes::problem_file,
          .options = {{"--separability", "",
                       "alpha* instead: the samples a weight up to which the data can be separated; of [data] alone"},
                      {"--optimise", "PARAMETER",
                       "find the value of PARAMETER, which is ridge, at which the generalisation error is least"},
                      {"--sweep", "KEY=VALUES",
                       "a curve, in sweep.csv and a figure: KEY is a number of [data] or [loss], VALUES are "
                       "FROM:TO:COUNT, FROM:TO:COUNT:log or a list with commas"},
                      {"--curves", "KEY=VALUES", "with --sweep: one curve for each of these values of another KEY"}},
          .run = run};
}

}  // namespace sgdyn::tools
