// The plain pass as a whole process: `plain_dmft [samples] [steps] [threads]` solves the benchmark problem and prints
// step, overlap and loss.
#include <cstdio>
#include <cstdlib>

#include "baselines/benchmark_problem.hpp"

int main(int argc, char** argv) {
  const auto argument = [&](int i, int fallback) { return argc > i ? std::atoi(argv[i]) : fallback; };
  const auto samples = static_cast<std::size_t>(argument(1, 16384));
  const int steps = argument(2, 300);
  namespace plain = sgdyn::baselines;
  const auto result =
      plain::plain_dmft(plain::benchmark_problem(steps), plain::benchmark_draws(samples, steps), argument(3, 2));
  for (std::size_t t = 0; t < result.m.size(); ++t) std::printf("%zu %.10g %.10g\n", t, result.m[t], result.loss[t]);
  return 0;
}
