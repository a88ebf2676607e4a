// Memory is known before anything is computed: what does not fit is refused, what fits decides how many runs go at
// once.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/memory.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/sim/copies.hpp"
#include "sgdyn/sim/data_set_run.hpp"
#include "sgdyn/sim/limits.hpp"
#include "sgdyn/sim/options.hpp"
#include "sgdyn/sim/run_collector.hpp"
#include "sgdyn/sim/simulate.hpp"

namespace sgdyn {
namespace {

constexpr double usable_fraction = 0.8;     // of the available memory
constexpr double two_time_fraction = 0.25;  // of the available memory, for all arrays over two times
constexpr double address_space = 0x1p47;    // bytes, where the system does not tell what is available

void check_question(const Problem& problem) {
  if (problem.question != Question::trajectory) {
    throw InputError("algorithm", "the problem asks about the minimiser alone, which no algorithm belongs to");
  }
  if (problem.loss.intercept == Intercept::none) return;
  throw InputError("loss.intercept",
                   "\"optimal\" does not apply to training by " + problem.algorithm.sampling.name +
                       "; it applies to the minimiser (sgdyn replica, sgdyn compare --theory replica)");
}

void check_limit(const Problem& problem, const SimulationOptions& options) {
  const std::size_t sizes = options.dimension.values().size();
  if (sizes == 1 || has_limit_in_size(problem)) return;
  throw InputError("simulation.dimension",
                   std::to_string(sizes) + " sizes cannot be extrapolated to N -> infinity: the weights s of " +
                       problem.algorithm.sampling.name +
                       " have infinite variance, so |w|^2/N grows with N without limit" + "; allowed is one size");
}

std::vector<long> ascending_dimensions(const SimulationOptions& options) {
  std::vector<long> dimensions = options.dimension.values();
  std::sort(dimensions.begin(), dimensions.end());
  const auto twice = std::adjacent_find(dimensions.begin(), dimensions.end());
  if (twice != dimensions.end()) {
    throw InputError("simulation.dimension", std::to_string(*twice) + " is given twice; allowed are different sizes");
  }
  return dimensions;
}

// Equal N * runs, so that every size is known equally well: self-averaging makes the variance of one run fall as 1/N.
int runs_at(long dimension, long largest, int runs) {
  const double ratio = static_cast<double>(largest) / static_cast<double>(dimension);
  const double proportional = std::round(runs * ratio);
  if (proportional > sim::max_data_sets) {
    throw InputError("simulation.runs", std::to_string(runs) + " at N = " + std::to_string(largest) + " means " +
                                            std::to_string(std::llround(proportional)) +
                                            " at N = " + std::to_string(dimension) + "; allowed is at most " +
                                            std::to_string(sim::max_data_sets));
  }
  return std::max(runs, static_cast<int>(proportional));
}

double bytes_per_run(const Problem& problem, const sim::Copies& copies, long dimension, int runs) {
  const double samples = std::max(1.0, problem.data.alpha * static_cast<double>(dimension));
  return sim::runner_bytes(problem, copies, samples, dimension) + sim::batch_bytes(problem, copies, runs);
}

// Largest N of which one run fits into `bytes`, 0 if none does.
long largest_fitting(const Problem& problem, const sim::Copies& copies, int runs, double bytes) {
  long fits = 0;
  long too_large = sim::largest_dimension + 1;
  while (too_large - fits > 1) {
    const long middle = std::midpoint(fits, too_large);
    (bytes_per_run(problem, copies, middle, runs) <= bytes ? fits : too_large) = middle;
  }
  return fits >= sim::smallest_dimension ? fits : 0;
}

std::string memory_limit(double available) {
  return "80 % of the " + format_bytes(available) + " available can be used";
}

void check_two_time_arrays(const Problem& problem, std::size_t sizes, double available) {
  const double kinds = sim::two_time_arrays(problem);
  const double arrays = kinds * (4.0 * static_cast<double>(sizes) + (sizes > 1 ? 2.0 : 0.0) + 1.0);
  const double bytes = arrays * sim::two_time_bytes(problem);
  if (bytes <= two_time_fraction * available) return;
  const double most = std::sqrt(two_time_fraction * available / (arrays * sizeof(double)));
  throw InputError("observables.times",
                   std::to_string(reported_steps(problem).size()) + " reported steps need " + format_bytes(bytes) +
                       " for correlations between pairs of them, more than a quarter of the " +
                       format_bytes(available) + " available; allowed is a list of at most about " +
                       std::to_string(static_cast<long>(most)) + " steps");
}

// Bytes kept whatever runs at the moment: the results of all sizes and their extrapolation.
double result_bytes(const Problem& problem, const sim::Copies& copies, const std::vector<SimulationPlan::Size>& sizes) {
  double bytes = sizes.size() > 1 ? 2.0 * sim::two_time_arrays(problem) * sim::two_time_bytes(problem) : 0.0;
  for (const auto& size : sizes) bytes += sim::collector_bytes(problem, copies, size.runs);
  return bytes;
}

void check_memory(const Problem& problem, const sim::Copies& copies, const SimulationPlan& plan, double results) {
  const double usable = usable_fraction * plan.machine_bytes;
  const SimulationPlan::Size& largest = plan.sizes.back();
  if (results > 0.5 * usable) {
    throw InputError("simulation.runs",
                     std::to_string(largest.runs) + " needs " + format_bytes(results) +
                         " to keep the observables of all runs at all reported steps, and at most half of " +
                         format_bytes(usable) + " can be used; allowed are fewer runs or times");
  }
  if (results + largest.bytes_per_run <= usable) return;
  const long fitting = largest_fitting(problem, copies, largest.runs, usable - results);
  throw InputError("simulation.dimension",
                   std::to_string(largest.dimension) + " needs " + format_bytes(largest.bytes_per_run) +
                       " for one run, and " + memory_limit(plan.machine_bytes) + "; allowed is " +
                       (fitting > 0 ? "at most about " + std::to_string(fitting) : "a problem with a smaller alpha"));
}

template <class Function>
std::string join(const std::vector<SimulationPlan::Size>& sizes, Function text) {
  std::string result;
  for (const auto& size : sizes) result += (result.empty() ? "" : ", ") + text(size);
  return result;
}

}  // namespace

std::string SimulationPlan::describe() const {
  return "simulation: N = " + join(sizes, [](const Size& size) { return std::to_string(size.dimension); }) +
         ", M = " + join(sizes, [](const Size& size) { return std::to_string(size.samples); }) +
         ", runs = " + join(sizes, [](const Size& size) { return std::to_string(size.runs); }) + "; " +
         std::to_string(concurrent_runs) + " at a time, " + format_bytes(peak_bytes) + " of " +
         format_bytes(machine_bytes) + " memory";
}

bool has_limit_in_size(const Problem& problem) {
  return std::isfinite(make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate)->variance());
}

SimulationPlan plan_simulation(const Problem& problem, const SimulationOptions& options, const Execution& execution) {
  const Problem checked = validated(problem);
  check_question(checked);
  check_limit(checked, options);
  const SimulationOptions full = sim::options_in_full(checked, options);
  const sim::Copies copies(checked, full);
  SimulationPlan plan;
  plan.machine_bytes = std::min(available_memory_bytes(), address_space);
  const std::vector<long> dimensions = ascending_dimensions(full);
  check_two_time_arrays(checked, dimensions.size(), plan.machine_bytes);
  for (const long dimension : dimensions) {
    const int runs = runs_at(dimension, dimensions.back(), full.runs);
    plan.sizes.push_back({.dimension = dimension,
                          .samples = 0,
                          .runs = runs,
                          .bytes_per_run = bytes_per_run(checked, copies, dimension, runs)});
  }
  const double results = result_bytes(checked, copies, plan.sizes);
  check_memory(checked, copies, plan, results);

  double running = 0.0;
  for (SimulationPlan::Size& size : plan.sizes) {
    size.samples = largest_sample_count(checked, size.dimension);  // small enough for an integer now
    const double fitting = (usable_fraction * plan.machine_bytes - results) / size.bytes_per_run;
    size.concurrent_runs = std::min(execution.thread_count(), size.runs);
    if (fitting < size.concurrent_runs) size.concurrent_runs = static_cast<int>(fitting);
    running = std::max(running, size.concurrent_runs * size.bytes_per_run);
  }
  plan.concurrent_runs = plan.sizes.back().concurrent_runs;
  plan.peak_bytes = results + running;
  return plan;
}

}  // namespace sgdyn
