// The DMFT pass against the same pass written straight from eqs. 7 and 8, at alpha = 6, b = 0.1, dt = 0.1,
// lambda = Delta = kappa = 1, squared hinge, 300 steps, 16384 samples in all. Each answer is checked before it is
// timed.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

#include "baselines/benchmark_problem.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"

namespace {

constexpr int steps = 300;
constexpr int samples = 16384;

sgdyn::Problem problem() {
  sgdyn::Problem p;
  p.data = {.model = {"two-clusters", {}}, .alpha = 6.0, .noise = 1.0};
  p.loss = {.loss = {"squared-hinge", {}}, .ridge = 1.0};
  p.algorithm = {.sampling = {"sgd", {{"batch", 0.1}}}, .learning_rate = 0.1, .steps = steps};
  p.initial = {.variance = 0.01, .overlap = 0.0};
  return p;
}

// Overlap at the last step, by long runs of both programs: 0.2658 with error below 1e-4.
constexpr double known_overlap = 0.2658;

void fail_unless(benchmark::State& state, double overlap, double tolerance) {
  if (!(std::fabs(overlap - known_overlap) < tolerance)) {
    state.SkipWithError(("wrong overlap " + std::to_string(overlap)).c_str());
  }
}

void plain_pass(benchmark::State& state) {
  const auto draws = sgdyn::baselines::benchmark_draws(samples, steps);  // not timed
  for (auto _ : state) {
    const auto result = sgdyn::baselines::plain_dmft(sgdyn::baselines::benchmark_problem(steps), draws,
                                                     static_cast<int>(state.range(0)));
    fail_unless(state, result.m.back(), 0.02);  // independent draws scatter by 4e-3
  }
}

void sgdyn_pass(benchmark::State& state) {
  for (auto _ : state) {
    const auto result =
        sgdyn::dmft::solve(problem(), {.samples = samples}, {.threads = static_cast<int>(state.range(0))});
    fail_unless(state, result.at("overlap").mean[steps], 1.5e-3);
  }
}

void one_and_two_threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(plain_pass)->Apply(one_and_two_threads);
BENCHMARK(sgdyn_pass)->Apply(one_and_two_threads);

}  // namespace
