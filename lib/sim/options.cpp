#include <cstdint>
#include <limits>
#include <vector>

#include "sgdyn/io/option_table.hpp"
#include "sgdyn/sim/limits.hpp"
#include "sgdyn/sim/simulate.hpp"

namespace sgdyn {

SimulationOptions read_simulation_options(OptionTable& table) {
  SimulationOptions options;
  options.dimension = Dimensions(
      table.integers("dimension", options.dimension.values(), sim::smallest_dimension, sim::largest_dimension));
  options.runs = static_cast<int>(table.integer("runs", options.runs, sim::fewest_runs, sim::most_runs));
  options.realisations =
      static_cast<int>(table.integer("realisations", options.realisations, 1, sim::max_realisations));
  options.seed = static_cast<std::uint64_t>(
      table.integer("seed", static_cast<long>(options.seed), 0, std::numeric_limits<long>::max()));
  table.finish();
  return options;
}

}  // namespace sgdyn
