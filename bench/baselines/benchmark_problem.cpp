#include "baselines/benchmark_problem.hpp"

#include <algorithm>
#include <random>

namespace sgdyn::baselines {

PlainProblem benchmark_problem(int steps) {
  const auto gap = [](double h) { return std::max(0.0, 1.0 - h); };
  return {.alpha = 6,
          .noise = 1,
          .ridge = 1,
          .learning_rate = 0.1,
          .initial_variance = 0.01,
          .initial_overlap = 0,
          .steps = steps,
          .loss = [gap](double h) { return 0.5 * gap(h) * gap(h); },
          .d1 = [gap](double h) { return -gap(h); },
          .d2 = [gap](double h) { return gap(h) > 0.0 ? 1.0 : 0.0; }};
}

PlainDraws benchmark_draws(std::size_t samples, int steps) {
  const std::size_t all = samples * static_cast<std::size_t>(steps);
  PlainDraws draws{.c = std::vector<double>(samples),
                   .z0 = std::vector<double>(samples),
                   .s = std::vector<double>(all),
                   .z = std::vector<double>(all)};
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  std::bernoulli_distribution chosen(0.1);
  for (double& c : draws.c) c = 1.0 + normal(engine);
  for (double& z : draws.z0) z = normal(engine);
  for (double& s : draws.s) s = chosen(engine) ? 1.0 : 0.0;
  for (double& z : draws.z) z = normal(engine);
  return draws;
}

}  // namespace sgdyn::baselines
