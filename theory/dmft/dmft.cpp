#include "sgdyn/theory/dmft/dmft.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/first_exception.hpp"
#include "sgdyn/core/memory.hpp"
#include "sgdyn/core/progress_meter.hpp"
#include "sgdyn/io/option_table.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/theory/dmft/assemble.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/solution.hpp"

namespace sgdyn::dmft {
namespace {

constexpr long max_samples = 1L << 24;
constexpr int max_scramblings = 1024;

void check(bool holds, const std::string& key, long value, const std::string& allowed) {
  if (!holds) throw InputError(key, std::to_string(value) + " is out of range; allowed is " + allowed);
}

void check(const Options& options) {
  check(options.scramblings >= 2 && options.scramblings <= max_scramblings, "dmft.scramblings", options.scramblings,
        "2 <= scramblings <= " + std::to_string(max_scramblings));
  check(options.samples >= 2L * options.scramblings && options.samples <= max_samples, "dmft.samples", options.samples,
        std::to_string(2L * options.scramblings) + " (two a scrambling) <= samples <= " + std::to_string(max_samples));
}

struct Plan {
  int at_once = 1;  // scramblings solved at the same time
  int threads_each = 1;
  std::size_t samples_each = 0;
};

// Integration by parts meets the noise of every step with every draw; with fewer draws its bias shows (dmft.E13).
void check_draws_by_parts(const Problem& problem, const Options& options, std::size_t samples_each) {
  constexpr long draws_a_step = 8;
  const long least = draws_a_step * problem.algorithm.steps;
  if (make_loss(problem.loss.loss)->smooth() || static_cast<long>(samples_each) >= least) return;
  throw InputError("dmft.samples", std::to_string(options.samples) + " in " + std::to_string(options.scramblings) +
                                       " scramblings is too few for " + std::to_string(problem.algorithm.steps) +
                                       " steps of the " + problem.loss.loss.name +
                                       " loss, whose derivative jumps; allowed is at least " +
                                       std::to_string(least * options.scramblings) + " (8 a step and scrambling)");
}

Plan make_plan(const Problem& problem, const Options& options, const Execution& execution) {
  Plan plan;
  const auto scramblings = static_cast<std::size_t>(options.scramblings);
  plan.samples_each = (static_cast<std::size_t>(options.samples) + scramblings - 1) / scramblings;
  check_draws_by_parts(problem, options, plan.samples_each);
  const double one = Ensemble::peak_bytes(problem, plan.samples_each);
  const double reported = static_cast<double>(reported_steps(problem).size());
  // C, R and of two replicas C12, of each scrambling and in the end.
  const double arrays = 1.0 + problem.observables.replicas;
  const double results = arrays * sizeof(double) * reported * reported * (options.scramblings + 2.0);
  const double room = 0.8 * available_memory_bytes() - results;
  if (one > room) {
    throw InputError("dmft.samples", std::to_string(options.samples) + " in " + std::to_string(options.scramblings) +
                                         " scramblings of " + std::to_string(problem.algorithm.steps) + " steps need " +
                                         format_bytes(one) + " of memory at once; allowed is " + format_bytes(room) +
                                         " on this machine now (fewer samples or more scramblings)");
  }
  const int threads = execution.thread_count();
  plan.at_once = std::min({threads, options.scramblings, static_cast<int>(std::min(room / one, 1e6))});
  plan.threads_each = std::max(1, threads / plan.at_once);
  return plan;
}

// After a stop: the finished scramblings if they give an error bar, else those that have begun.
std::vector<Solution> worth_keeping(std::vector<Solution> solutions, std::size_t steps) {
  for (const std::size_t least : {steps, std::size_t{1}}) {
    const auto enough = [least](const Solution& one) { return one.reported >= least; };
    if (std::count_if(solutions.begin(), solutions.end(), enough) < 2) continue;
    std::erase_if(solutions, [&](const Solution& one) { return !enough(one); });
    return solutions;
  }
  return solutions;
}

std::optional<std::string> violated(const Problem& problem) {
  const Problem checked = validated(problem);
  if (checked.question != Question::trajectory) {
    return "training by an algorithm is assumed, but the problem asks about the minimiser alone";
  }
  if (checked.loss.intercept != Intercept::none) {
    return "a field without intercept is assumed, but loss.intercept = \"optimal\" fits one";
  }
  const Component& sampling = checked.algorithm.sampling;
  if (std::isfinite(make_sampling_scheme(sampling, checked.algorithm.learning_rate)->variance())) return std::nullopt;
  return "minibatch weights s of finite variance are assumed, but for " + sampling.name +
         " E[s^2] and with it M(t,t) is infinite, and there is no N -> infinity limit at fixed scale (take "
         "scale "
         "proportional to N^(1/2 - 1/stability) when comparing sizes)";
}

Problem applicable(const Problem& given) {
  Problem problem = validated(given);
  if (const auto reason = violated(problem)) throw NotApplicable("dmft", *reason);
  problem.algorithm.steps = std::max(1, reported_steps(problem).back());  // nothing later is reported
  return problem;
}

}  // namespace

Options read_options(OptionTable& table) {
  Options options;
  options.samples = table.integer("samples", options.samples, 4, max_samples);
  options.scramblings = static_cast<int>(table.integer("scramblings", options.scramblings, 2, max_scramblings));
  options.seed = static_cast<std::uint64_t>(table.integer("seed", static_cast<long>(options.seed), 0, 1L << 62));
  const std::string draws = table.word("draws", draw_names()[static_cast<std::size_t>(options.draws)], draw_names());
  options.draws = static_cast<Draws>(std::find(draw_names().begin(), draw_names().end(), draws) - draw_names().begin());
  options.average_batch = table.flag("average_batch", options.average_batch);
  table.finish();
  check(options);
  return options;
}

Observables solve(const Problem& given, const Options& options, const Execution& execution) {
  check(options);
  const Problem problem = applicable(given);
  const std::vector<int> steps = reported_steps(problem);
  const Plan plan = make_plan(problem, options, execution);
  const double T = problem.algorithm.steps;
  ProgressMeter meter(execution, "DMFT", options.scramblings * 0.5 * (T + 1.0) * (T + 2.0));
  const Solver solver(problem, options, steps, execution, meter);
  std::vector<Solution> solutions(static_cast<std::size_t>(options.scramblings));
  FirstException first;
  // Scramblings share nothing; threads beyond their number work inside them.
  const int levels = omp_get_max_active_levels();
  omp_set_max_active_levels(std::max(levels, 2));
#pragma omp parallel for num_threads(plan.at_once) schedule(dynamic, 1)
  for (int s = 0; s < options.scramblings; ++s) {
    first.guard([&] {
      solutions[static_cast<std::size_t>(s)] =
          solver.run(static_cast<std::uint32_t>(s), plan.samples_each, plan.threads_each);
    });
  }
  omp_set_max_active_levels(levels);
  first.rethrow();
  const bool stopped = execution.stopped();
  if (stopped) solutions = worth_keeping(std::move(solutions), steps.size());
  return assemble(problem, options, steps, solutions, stopped);
}

Theory theory() {
  return {
      .name = "dmft",
      .summary = "dynamical mean-field theory, exact at finite learning rate as N -> infinity",
      .assumptions = {"N -> infinity at fixed alpha = M/N", "inputs Gaussian orthogonal to the signal direction",
                      "samples independent, minibatch indicators independent across samples and of finite variance"},
      .violated = violated,
      .prepare = [](const Problem& problem, OptionTable& table, const Execution& execution) {
        const Options options = read_options(table);
        (void)make_plan(applicable(problem), options, execution);
        return [=] { return solve(problem, options, execution); };
      }};
}

}  // namespace sgdyn::dmft
