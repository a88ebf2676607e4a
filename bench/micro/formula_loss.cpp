// A loss written as a formula against the same loss built in: both derivatives of a block of margins as the theory asks
// for them, the whole DMFT pass, and the simulator. Each answer is checked before it is timed. Arguments: which loss
// (square, logistic, hinge, squared hinge), and whether it is the formula.
#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "sgdyn/model/loss.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"

namespace {

constexpr std::array<const char*, 4> names{"square", "logistic", "hinge", "squared-hinge"};
constexpr std::array<const char*, 4> formulas{"(1-h)^2/2", "log(1+exp(-h))", "max(0,1-h)", "max(0,1-h)^2/2"};

sgdyn::Component built_in(const benchmark::State& state) {
  return {names[static_cast<std::size_t>(state.range(0))], {}};
}

sgdyn::Component chosen(const benchmark::State& state) {
  if (state.range(1) == 0) return built_in(state);
  return {"formula", {}, {{"formula", formulas[static_cast<std::size_t>(state.range(0))]}}};
}

sgdyn::Problem problem(const sgdyn::Component& loss) {
  sgdyn::Problem p;
  p.data = {.model = {"two-clusters", {}}, .alpha = 2.0, .noise = 0.5};
  p.loss = {.loss = loss, .ridge = 0.1};
  p.algorithm = {.sampling = {"sgd", {{"batch", 0.3}}}, .learning_rate = 0.2, .steps = 100};
  return p;
}

void fail_unless_equal(benchmark::State& state, double a, double b) {
  if (!(std::fabs(a - b) <= 1e-12 * std::fabs(b))) state.SkipWithError("formula and built-in loss disagree");
}

void blocks(benchmark::State& state) {
  constexpr std::size_t size = 256;  // a chunk of the theory
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal(0.5, 1.5);
  std::vector<double> h(size);
  for (double& x : h) x = normal(engine);
  std::vector<double> d1(size), d2(size), known1(size), known2(size);
  const auto loss = sgdyn::make_loss(chosen(state));
  const auto known = sgdyn::make_loss(built_in(state));
  known->d1(h, known1);
  known->d2(h, known2);
  loss->d1(h, d1);
  loss->d2(h, d2);
  for (std::size_t i = 0; i < size; ++i) {
    fail_unless_equal(state, d1[i], known1[i]);
    fail_unless_equal(state, d2[i], known2[i]);
  }
  for (auto _ : state) {
    loss->d1(h, d1);
    loss->d2(h, d2);
    benchmark::DoNotOptimize(d1.data());
    benchmark::DoNotOptimize(d2.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

void dmft_pass(benchmark::State& state) {
  const auto solve = [](const sgdyn::Component& loss) {
    return sgdyn::dmft::solve(problem(loss), {.samples = 16384}, {.threads = 1});
  };
  const double known = solve(built_in(state)).at("overlap").mean[100];
  for (auto _ : state) fail_unless_equal(state, solve(chosen(state)).at("overlap").mean[100], known);
}

void simulator(benchmark::State& state) {
  const auto run = [](const sgdyn::Component& loss) {
    return sgdyn::simulate(problem(loss), {.dimension = 500, .runs = 8}, {.threads = 1});
  };
  const double known = run(built_in(state)).at("overlap").mean[100];
  for (auto _ : state) fail_unless_equal(state, run(chosen(state)).at("overlap").mean[100], known);
}

void all(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"loss", "formula"})->ArgsProduct({{0, 1, 2, 3}, {0, 1}});
}

BENCHMARK(blocks)->Apply(all);
BENCHMARK(dmft_pass)->Apply(all)->Unit(benchmark::kMillisecond);
BENCHMARK(simulator)->Apply(all)->Unit(benchmark::kMillisecond);

}  // namespace
