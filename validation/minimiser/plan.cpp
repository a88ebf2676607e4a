#include "sgdyn/validation/minimiser/plan.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/memory.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/limits.hpp"
#include "sgdyn/validation/minimiser/margins.hpp"
#include "sgdyn/validation/minimiser/objective.hpp"

namespace sgdyn::minimiser {
namespace {

constexpr double usable_fraction = 0.8;  // of the available memory
constexpr double address_space = 0x1p47;

double bytes_per_instance(const Problem& problem, long dimension) {
  constexpr double arrays_of_samples = 20.0;  // margins, slopes, multipliers, proximal points, lines
  constexpr double arrays_of_unknowns = 2.0 * descent_memory + 10.0;
  const double samples = std::max(1.0, problem.data.alpha * static_cast<double>(dimension));
  return sim::data_set_bytes(samples, dimension) + margins_bytes(samples, dimension) +
         sizeof(double) * (arrays_of_samples * samples + arrays_of_unknowns * static_cast<double>(dimension));
}

void require(bool holds, const std::string& key, const std::string& sentence) {
  if (!holds) throw InputError("simulation." + key, sentence);
}

std::vector<long> ascending(const Problem& problem, const MinimiserOptions& options) {
  std::vector<long> dimensions = options.dimension.values();
  std::sort(dimensions.begin(), dimensions.end());
  require(!dimensions.empty() && dimensions.size() <= sim::max_sizes, "dimension",
          std::to_string(dimensions.size()) + " sizes are given; allowed are 1 to " + std::to_string(sim::max_sizes));
  const auto twice = std::adjacent_find(dimensions.begin(), dimensions.end());
  require(twice == dimensions.end(), "dimension", "a size is given twice; allowed are different sizes");
  for (const long dimension : dimensions) {
    require(dimension >= sim::smallest_dimension && dimension <= sim::largest_dimension, "dimension",
            std::to_string(dimension) + " is out of range; allowed is " + std::to_string(sim::smallest_dimension) +
                " <= dimension <= " + std::to_string(sim::largest_dimension));
    require(problem.data.alpha * static_cast<double>(dimension) >= 1.0, "dimension",
            std::to_string(dimension) + " is less than one sample at alpha = " + shortest(problem.data.alpha) +
                "; allowed is dimension >= 1/alpha");
  }
  return dimensions;
}

// Equal N * instances, so that every size is known equally well.
int instances_at(long dimension, long largest, int instances) {
  const double proportional = std::round(instances * (static_cast<double>(largest) / static_cast<double>(dimension)));
  require(proportional <= sim::max_data_sets, "runs",
          std::to_string(instances) + " at N = " + std::to_string(largest) + " means " + shortest(proportional) +
              " at N = " + std::to_string(dimension) + "; allowed is at most " + std::to_string(sim::max_data_sets));
  return std::max(instances, static_cast<int>(proportional));
}

long largest_fitting(const Problem& problem, double bytes) {
  long fits = 0;
  long too_large = sim::largest_dimension + 1;
  while (too_large - fits > 1) {
    const long middle = std::midpoint(fits, too_large);
    (bytes_per_instance(problem, middle) <= bytes ? fits : too_large) = middle;
  }
  return fits >= sim::smallest_dimension ? fits : 0;
}

}  // namespace

double usable_memory() { return usable_fraction * std::min(available_memory_bytes(), address_space); }

std::vector<Size> plan(const Problem& problem, const MinimiserOptions& options, const Execution& execution) {
  const std::vector<long> dimensions = ascending(problem, options);
  require(options.instances >= fewest_instances && options.instances <= sim::max_data_sets, "runs",
          std::to_string(options.instances) + " is out of range; allowed is " + std::to_string(fewest_instances) +
              " <= runs <= " + std::to_string(sim::max_data_sets));
  const double usable = usable_memory();
  const double needed = bytes_per_instance(problem, dimensions.back());
  const long fitting = needed > usable ? largest_fitting(problem, usable) : 0;
  require(needed <= usable, "dimension",
          std::to_string(dimensions.back()) + " needs " + format_bytes(needed) + " for one data set, and 80 % of the " +
              format_bytes(usable / usable_fraction) + " available can be used; allowed is " +
              (fitting > 0 ? "at most about " + std::to_string(fitting) : "a problem with a smaller alpha"));
  std::vector<Size> sizes;
  for (const long dimension : dimensions) {
    Size size{.dimension = dimension, .instances = instances_at(dimension, dimensions.back(), options.instances)};
    size.concurrent = std::min(execution.thread_count(), size.instances);
    const double at_a_time = usable / bytes_per_instance(problem, dimension);
    if (at_a_time < size.concurrent) size.concurrent = static_cast<int>(at_a_time);
    sizes.push_back(size);
  }
  return sizes;
}

}  // namespace sgdyn::minimiser
