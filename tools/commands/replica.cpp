// sgdyn replica: the replica-symmetric fixed point, its threshold, its sensitivities, and sweeps of it.
#include "sgdyn/theory/replica/replica.hpp"

#include <fmt/format.h>

#include "commands/commands.hpp"
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

void add_sensitivities(Outcome& outcome, const replica::FixedPoint& point) {
  if (point.status != Status::ok || point.regime != replica::Regime::ridge) return;
  const auto all = replica::sensitivities(outcome.problem, point);
  outcome.extras.blocks.emplace_back("sensitivities", sensitivities_document(all));
  outcome.extras.text += sensitivities_text(all);
}

ExitStatus run_point(const ProblemFile& file, const Options& options, Session& session) {
  Outcome outcome{.command = "replica", .name = file.name(), .problem = file.problem()};
  OptionTable table = file.table("replica");
  table.finish();
  require_applicable(replica::theory(), outcome, options, session);
  std::unique_ptr<OutputDirectory> directory = open_output(options, file.name(), outcome.problem);
  replica::FixedPoint point;
  if (own_option(options, "--optimise")) {
    const replica::BestRidge best = replica::best_ridge(outcome.problem, session.execution());
    outcome.extras.blocks.emplace_back("optimum", optimum_document(best));
    outcome.extras.text += optimum_text(best);
    if (best.ridge) outcome.problem.loss.ridge = *best.ridge;
    point = best.ridge || best.point.status != Status::ok ? best.point : replica::solve(outcome.problem);
  } else {
    point = replica::solve(outcome.problem);
  }
  require_solution(point, outcome, options, session);
  outcome.theories.push_back(replica::to_observables(point, outcome.problem));
  add_sensitivities(outcome, point);
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
  std::unique_ptr<OutputDirectory> directory = open_output(options, file.name(), outcome.problem);
  outcome.status = found.status;
  outcome.status_message = found.message;
  outcome.extras.blocks.emplace_back("separability", separability_document(found));
  outcome.extras.text = separability_text(found);
  return deliver(outcome, options, session, directory.get());
}

void check_optimise(const Options& options) {
  const auto parameter = own_option(options, "--optimise");
  if (!parameter || *parameter == "ridge" || *parameter == "loss.ridge") return;
  throw InputError("--optimise", "\"" + *parameter + "\" is not known; allowed is ridge");
}

ExitStatus run(const Options& options, Session& session) {
  check_optimise(options);
  const bool threshold = own_option(options, "--separability").has_value();
  if (threshold && own_option(options, "--optimise")) {
    throw InputError("--optimise", "does not apply to --separability, which knows no ridge");
  }
  if (own_option(options, "--curves") && !own_option(options, "--sweep")) {
    throw InputError("--curves", "applies to --sweep alone");
  }
  const Question question = threshold ? Question::separability : Question::minimiser;
  return with_input(
      options, session,
      [&](const ProblemFile& file, const Options& given, Session& own) {
        if (own_option(given, "--sweep")) return run_replica_sweep(file, given, own, question);
        return threshold ? run_separability(file, given, own) : run_point(file, given, own);
      },
      question);
}

}  // namespace

Command replica_command() {
  return {.name = "replica",
          .summary = "The replica-symmetric fixed point: what training ends at, exact as N -> infinity.",
          .example = "sgdyn replica problem.toml --sweep data.alpha=0.5:10:20",
          .takes = Takes::problem_file,
          .options = {{"--separability", "", "alpha*, the samples a weight up to which the data can be separated"},
                      {"--optimise", "PARAMETER", "find the ridge of least generalisation error (ridge)"},
                      {"--sweep", "KEY=VALUES",
                       "solve for many values of a key: FROM:TO:COUNT, FROM:TO:COUNT:log, or a list with commas"},
                      {"--curves", "KEY=VALUES", "with --sweep: one curve for each of these values of another key"}},
          .run = run};
}

}  // namespace sgdyn::tools
