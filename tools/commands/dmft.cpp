// sgdyn dmft: dynamical mean-field theory alone.
#include "sgdyn/theory/dmft/dmft.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "commands/commands.hpp"
#include "input.hpp"
#include "options.hpp"
#include "results.hpp"
#include "sgdyn/core/error.hpp"
#include "tables.hpp"

namespace sgdyn::tools {
namespace {

constexpr long most_samples = 1L << 20;

double largest_standard_error(const Observables& observables) {
  double largest = 0.0;
  for (const auto& [name, series] : observables.series) {
    if (series.available() && series.standard_error.size() > 0) {
      largest = std::max(largest, series.standard_error.maxCoeff());
    }
  }
  return largest;
}

// Doubles the samples until the standard error of every series at every step is at most `target`.
Observables solve_to_error(const Problem& problem, dmft::Options options, double target, Session& session) {
  for (;;) {
    Observables result = dmft::solve(problem, options, session.execution());
    keep_finite_steps(result);
    const double reached = largest_standard_error(result);
    if (result.status != Status::ok || reached <= target) return result;
    if (2 * options.samples > most_samples) {
      result.status = Status::not_converged;
      result.message = fmt::format(
          "the largest standard error is {} with {} samples, above the {} asked for; the limit "
          "is {} samples",
          error_text(reached), options.samples, shortest(target), most_samples);
      return result;
    }
    session.say(
        fmt::format("DMFT: largest standard error {} with {} samples; doubling", error_text(reached), options.samples));
    options.samples *= 2;
  }
}

ExitStatus run(const Options& options, Session& session) {
  const ProblemFile file = read_input(options);
  Outcome outcome{.command = "dmft", .name = file.name(), .problem = file.problem()};
  OptionTable table = file.table("dmft");
  const dmft::Options dmft_options = dmft::read_options(table);
  const std::optional<std::string> target = own_option(options, "--error");
  const double largest_error = target ? parse_number("--error", *target, 0.0, 1.0) : 1.0;
  if (const auto violated = dmft::theory().violated(outcome.problem)) {
    const NotApplicable refusal("dmft", *violated);
    deliver_refusal(outcome, refusal, options, session);
    throw refusal;
  }
  std::unique_ptr<OutputDirectory> directory = open_output(options, file.name(), outcome.problem);
  if (target) {
    outcome.theories.push_back(solve_to_error(outcome.problem, dmft_options, largest_error, session));
  } else {
    outcome.theories.push_back(dmft::solve(outcome.problem, dmft_options, session.execution()));
  }
  keep_finite_steps(outcome.theories.front());
  return deliver(outcome, options, session, directory.get());
}

}  // namespace

Command dmft_command() {
  return {
      .name = "dmft",
      .summary = "Solve the dynamical mean-field theory, exact as N -> infinity.",
      .example = "sgdyn dmft problem.toml --error 1e-4",
      .takes = Takes::problem_file,
      .options = {{"--error", "E", "double the samples until no observable at any step has a standard error above E"}},
      .run = run};
}

}  // namespace sgdyn::tools
