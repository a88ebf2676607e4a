// sgdyn dmft: dynamical mean-field theory alone.
#include "sgdyn/theory/dmft/dmft.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

#include "commands/commands.hpp"
#include "input.hpp"
#include "options.hpp"
#include "results.hpp"
#include "sgdyn/core/error.hpp"
#include "tables.hpp"

namespace sgdyn::tools {
namespace {

constexpr long most_samples = 1L << 24;  // of the solver; memory may allow fewer

struct LargestError {
  double value = 0.0;
  std::string observable;
  int step = 0;
};

LargestError largest_standard_error(const Observables& observables) {
  LargestError largest;
  for (const auto& [name, series] : observables.series) {
    if (!series.available() || series.standard_error.size() == 0) continue;
    Eigen::Index at = 0;
    const double value = series.standard_error.maxCoeff(&at);
    if (value > largest.value) largest = {value, name, observables.steps[static_cast<std::size_t>(at)]};
  }
  return largest;
}

// No average over scrambled points converges faster than samples^(-3/2); four for the noise of the estimate.
bool out_of_reach(double reached, double target, long samples) {
  const double factor = static_cast<double>(most_samples) / static_cast<double>(samples);
  return reached > 4.0 * target * std::pow(factor, 1.5);
}

Observables solve_once(const Problem& problem, const dmft::Options& options, Session& session) {
  Observables result = dmft::solve(problem, options, session.execution());
  keep_finite_steps(result);
  return result;
}

Observables stopped_short(Observables result, Status status, const std::string& message) {
  result.status = status;
  result.message = message;
  return result;
}

// Doubles the samples until the standard error of every observable at every step is at most `target`.
Observables solve_to_error(const Problem& problem, dmft::Options options, double target, Session& session) {
  Observables result = solve_once(problem, options, session);
  for (;;) {
    const LargestError largest = largest_standard_error(result);
    if (result.status != Status::ok || largest.value <= target) return result;
    const std::string reached =
        fmt::format("the largest standard error is {} ({} at step {}) with {} samples", error_text(largest.value),
                    largest.observable, largest.step, options.samples);
    const std::string missed = fmt::format("{}, above the {} asked for; ", reached, shortest(target));
    if (2 * options.samples > most_samples) {
      return stopped_short(std::move(result), Status::not_converged,
                           missed + fmt::format("at most {} samples are allowed", most_samples));
    }
    if (out_of_reach(largest.value, target, options.samples)) {
      return stopped_short(std::move(result), Status::not_converged,
                           missed + fmt::format("not even the {} samples allowed would reach it", most_samples));
    }
    session.say("DMFT: " + reached + "; doubling");
    options.samples *= 2;
    try {
      Observables finer = solve_once(problem, options, session);
      if (finer.status == Status::interrupted) {
        return stopped_short(std::move(result), Status::interrupted,
                             missed + fmt::format("interrupted while solving with {} samples", options.samples));
      }
      result = std::move(finer);
    } catch (const InputError& error) {
      // More samples than memory holds: what was reached before stands.
      return stopped_short(std::move(result), Status::not_converged, missed + error.message());
    }
  }
}

ExitStatus run(const ProblemFile& file, const Options& options, Session& session) {
  Outcome outcome{.command = "dmft", .name = file.name(), .problem = file.problem()};
  OptionTable table = file.table("dmft");
  const dmft::Options dmft_options = dmft::read_options(table);
  const std::optional<std::string> target = own_option(options, "--error");
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double largest_error = target ? parse_number("--error", *target, 0.0, infinity) : infinity;
  require_applicable(dmft::theory(), outcome, options, session);
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
  return {.name = "dmft",
          .summary = "Solve the dynamical mean-field theory, exact as N -> infinity.",
          .example = "sgdyn dmft problem.toml --error 1e-4",
          .takes = Takes::problem_file,
          .options = {{"--error", "E",
                       fmt::format("double the samples until every observable has at every step a standard error of at "
                                   "most E, in its own units (at most {} samples, fewer where memory is short)",
                                   most_samples)}},
          .run = [](const Options& options, Session& session) { return with_input(options, session, run); }};
}

}  // namespace sgdyn::tools
