#include "sgdyn/sim/options.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/option_table.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/sim/limits.hpp"

namespace sgdyn::sim {
namespace {

constexpr double smooth_kick = 1e-4;
constexpr double jump_kick = 0.1;

void require(long value, long low, long high, const std::string& key) {
  if (value >= low && value <= high) return;
  const std::string name = key.substr(key.find('.') + 1);
  throw InputError(key, std::to_string(value) + " is out of range; allowed is " + std::to_string(low) + " <= " + name +
                            " <= " + std::to_string(high));
}

void require_a_sample(const Problem& problem, long dimension) {
  if (problem.data.alpha * static_cast<double>(dimension) >= 1.0) return;
  throw InputError("simulation.dimension", std::to_string(dimension) + " is less than one sample at alpha = " +
                                               shortest(problem.data.alpha) + "; allowed is dimension >= 1/alpha");
}

void check_sizes(const Problem& problem, const SimulationOptions& options) {
  require(static_cast<long>(options.dimension.values().size()), 1, max_sizes, "simulation.dimension");
  for (const long dimension : options.dimension.values()) {
    require(dimension, smallest_dimension, largest_dimension, "simulation.dimension");
    require_a_sample(problem, dimension);
  }
  require(options.runs, fewest_runs, most_runs, "simulation.runs");
  require(options.realisations, 1, max_realisations, "simulation.realisations");
}

void check_seeds(const Problem& problem, const SimulationOptions& options) {
  const std::size_t count = options.sampling_seeds.size();
  if (count == 0) return;
  const std::string key = "simulation.sampling_seeds";
  if (problem.observables.replicas != 2) {
    throw InputError(key, "does not apply to one replica; it applies to observables.replicas = 2");
  }
  if (count == 2) return;
  throw InputError(
      key, std::to_string(count) + (count == 1 ? " is" : " are") + " given; allowed are two, one for each replica");
}

bool measures_responses(const Problem& problem) {
  return !problem.observables.response.empty() || problem.observables.effective_temperature;
}

void check_kick(const Problem& problem, const SimulationOptions& options) {
  if (!options.kick) return;
  const std::string key = "simulation.kick";
  if (!measures_responses(problem)) {
    throw InputError(key,
                     "does not apply, as no response is measured; it applies to observables.response and "
                     "observables.effective_temperature");
  }
  if (kick_range.contains(*options.kick)) return;
  throw InputError(key, shortest(*options.kick) + " is out of range; allowed is " + kick_range.describe("kick"));
}

void check_waiting(const Problem& problem, const SimulationOptions& options) {
  if (options.waiting.empty()) return;
  const std::string key = "simulation.waiting";
  if (!problem.observables.effective_temperature) {
    throw InputError(key, "does not apply; it applies to observables.effective_temperature = true");
  }
  const std::vector<int> reported = reported_steps(problem);
  for (const int step : options.waiting) {
    if (std::binary_search(reported.begin(), reported.end(), step)) continue;
    throw InputError(key, std::to_string(step) +
                              " is not a reported step; allowed are those of observables.times, "
                              "which ends at " +
                              std::to_string(reported.back()));
  }
  const auto fall = std::adjacent_find(options.waiting.begin(), options.waiting.end(), std::greater_equal<>());
  if (fall == options.waiting.end()) return;
  throw InputError(
      key, std::to_string(*(fall + 1)) + " follows " + std::to_string(*fall) + "; allowed is an increasing list");
}

// Four between half and three quarters of the run, where it has had time to become stationary and time is left to see
// the response: each the nearest reported step.
std::vector<int> default_waiting(const Problem& problem) {
  constexpr int count = 4;
  const std::vector<int> reported = reported_steps(problem);
  std::vector<int> waiting;
  for (int i = 0; i < count; ++i) {
    const double wanted = reported.back() * (0.5 + 0.25 * i / (count - 1));
    const auto nearest = std::min_element(reported.begin(), reported.end(), [wanted](int a, int b) {
      return std::fabs(a - wanted) < std::fabs(b - wanted);
    });
    if (waiting.empty() || *nearest > waiting.back()) waiting.push_back(*nearest);
  }
  return waiting;
}

}  // namespace

double default_kick(const Problem& problem) { return make_loss(problem.loss.loss)->smooth() ? smooth_kick : jump_kick; }

SimulationOptions options_in_full(const Problem& problem, const SimulationOptions& options) {
  check_sizes(problem, options);
  check_seeds(problem, options);
  check_kick(problem, options);
  check_waiting(problem, options);
  SimulationOptions full = options;
  if (!full.kick && measures_responses(problem)) full.kick = default_kick(problem);
  if (problem.observables.effective_temperature && full.waiting.empty()) full.waiting = default_waiting(problem);
  return full;
}

}  // namespace sgdyn::sim

namespace sgdyn {
namespace {

template <class To>
std::vector<To> converted(const std::vector<long>& values) {
  std::vector<To> result;
  result.reserve(values.size());
  for (const long value : values) result.push_back(static_cast<To>(value));
  return result;
}

}  // namespace

SimulationOptions read_simulation_options(OptionTable& table) {
  constexpr long most = std::numeric_limits<long>::max();
  SimulationOptions options;
  options.dimension = Dimensions(
      table.integers("dimension", options.dimension.values(), sim::smallest_dimension, sim::largest_dimension));
  options.runs = static_cast<int>(table.integer("runs", options.runs, sim::fewest_runs, sim::most_runs));
  options.realisations =
      static_cast<int>(table.integer("realisations", options.realisations, 1, sim::max_realisations));
  options.seed = static_cast<std::uint64_t>(table.integer("seed", static_cast<long>(options.seed), 0, most));
  options.sampling_seeds = converted<std::uint64_t>(table.integers("sampling_seeds", {}, 0, most));
  const double kick = table.number("kick", 0.0, sim::kick_range);
  if (table.has("kick")) options.kick = kick;
  options.waiting = converted<int>(table.integers("waiting", {}, 0, max_steps));
  table.finish();
  return options;
}

}  // namespace sgdyn
