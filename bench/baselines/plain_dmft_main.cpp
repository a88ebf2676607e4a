// The plain pass as a whole process: `plain_dmft [samples] [steps] [threads]` solves the benchmark problem of
// bench/micro/dmft_pass.cpp (squared hinge, alpha = 6, b = 0.1, dt = 0.1, lambda = Delta = kappa = 1) with ordinary
// independent draws and prints the overlap and loss of every step.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "baselines/plain_dmft.hpp"

int main(int argc, char** argv) {
  const auto argument = [&](int i, int fallback) { return argc > i ? std::atoi(argv[i]) : fallback; };
  const auto n = static_cast<std::size_t>(argument(1, 16384));
  const int steps = argument(2, 300);
  const int threads = argument(3, 2);
  const auto T = static_cast<std::size_t>(steps);
  sgdyn::baselines::PlainDraws draws{.c = std::vector<double>(n), .z0 = std::vector<double>(n),
                                     .s = std::vector<double>(n * T), .z = std::vector<double>(n * T)};
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  std::bernoulli_distribution chosen(0.1);
  for (double& c : draws.c) c = 1.0 + normal(engine);
  for (double& z : draws.z0) z = normal(engine);
  for (double& s : draws.s) s = chosen(engine) ? 1.0 : 0.0;
  for (double& z : draws.z) z = normal(engine);
  const auto gap = [](double h) { return std::max(0.0, 1.0 - h); };
  const sgdyn::baselines::PlainProblem problem{.alpha = 6, .noise = 1, .ridge = 1, .learning_rate = 0.1,
                                               .initial_variance = 0.01, .initial_overlap = 0, .steps = steps,
                                               .loss = [gap](double h) { return 0.5 * gap(h) * gap(h); },
                                               .d1 = [gap](double h) { return -gap(h); },
                                               .d2 = [gap](double h) { return gap(h) > 0.0 ? 1.0 : 0.0; }};
  const auto result = sgdyn::baselines::plain_dmft(problem, draws, threads);
  for (std::size_t t = 0; t <= T; ++t) std::printf("%zu %.10g %.10g\n", t, result.m[t], result.loss[t]);
  return 0;
}
