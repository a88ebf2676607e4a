#include "sgdyn/model/fdt_conditions.hpp"

#include <cmath>

#include "sgdyn/model/sampling_scheme.hpp"

namespace sgdyn {

FdtConditions fdt_conditions(const Problem& problem) {
  constexpr double tolerable_change = 0.05;
  const LearningRate& dt = problem.algorithm.learning_rate;
  const int steps = problem.algorithm.steps;
  const double last = dt.at(steps - 1);
  int settled = steps - 1;
  while (settled > 0 && std::fabs(dt.at(settled - 1) / last - 1.0) <= tolerable_change) --settled;
  const auto scheme = make_sampling_scheme(problem.algorithm.sampling, dt);
  return {.settled = settled, .shortest_lag = decorrelation_steps(*scheme, settled, steps)};
}

}  // namespace sgdyn
