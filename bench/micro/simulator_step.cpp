// One step of the direct simulator: both products with the data, loss, minibatch. bytes_per_second counts the data once
// a step (they are read once from memory and multiplied twice), items_per_second the multiply-adds of X w and X^T a.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/options.hpp"
#include "sgdyn/sim/trajectories.hpp"

namespace {

using namespace sgdyn;

constexpr std::uint64_t seed = 1;

Problem logistic_problem(double alpha, double batch) {
  Problem problem;
  problem.data = {.model = {.name = "two-clusters", .parameters = {}}, .alpha = alpha, .noise = 0.5};
  problem.loss = {.loss = {.name = "logistic", .parameters = {}}, .ridge = 0.1};
  problem.algorithm.sampling = {.name = "gd", .parameters = {}};
  if (batch < 1.0) problem.algorithm.sampling = {.name = "sgd", .parameters = {{"batch", batch}}};
  problem.algorithm.learning_rate = 0.2;
  return validated(problem);
}

bool never() { return false; }

// w(1) of realisation `j` with one plain loop over samples and inputs, eq. 2.
std::vector<double> plain_step(const Problem& problem, const sim::DataSet& data, std::span<const double> u, int j) {
  const std::size_t n = data.dimension();
  const double dt = problem.algorithm.learning_rate.at(0);
  std::vector<double> memory(data.samples()), s(data.samples()), next(n);
  Stream stream(seed, Purpose::sampling, sim::TrajectoryKey{.realisation = j}.stream_id());
  make_sampling_scheme(problem.algorithm.sampling, dt)->draw_batch(0, stream, memory, s);
  for (std::size_t i = 0; i < n; ++i) next[i] = (1.0 - dt * problem.loss.ridge) * u[i];
  for (std::size_t mu = 0; mu < data.samples(); ++mu) {
    const float* x = data.rows()[mu];
    double r = 0.0;
    for (std::size_t i = 0; i < n; ++i) r += static_cast<double>(x[i]) * u[i];
    const double y = data.labels()[mu];
    const double slope = -y / (1.0 + std::exp(y * r));
    for (std::size_t i = 0; i < n; ++i)
      next[i] -= dt / static_cast<double>(n) * s[mu] * slope * static_cast<double>(x[i]);
  }
  return next;
}

bool agrees_with_plain_loop(const Problem& problem, const sim::DataSet& data, sim::Trajectories& trajectories,
                            int columns) {
  trajectories.start({});
  std::vector<std::vector<double>> expected;
  for (int j = 0; j < columns; ++j) {
    const Eigen::VectorXd u = trajectories.weights(j);
    expected.push_back(plain_step(problem, data, std::span(u.data(), data.dimension()), j));
  }
  if (!trajectories.advance({.step = 0, .report = true, .update = true}, never)) return false;
  double gap = 0.0;
  for (int j = 0; j < columns; ++j) {
    const Eigen::Map<const Eigen::VectorXd> plain(expected[static_cast<std::size_t>(j)].data(),
                                                  static_cast<Eigen::Index>(data.dimension()));
    gap = std::max(gap, (trajectories.weights(j) - plain).cwiseAbs().maxCoeff());
  }
  return gap < 1e-12;
}

// Arguments: N, 10 alpha, batch in percent, realisations, whether the observables of every step are reported.
void simulator_step(benchmark::State& state) {
  const long dimension = state.range(0);
  const auto columns = static_cast<int>(state.range(3));
  const bool report = state.range(4) != 0;
  const Problem problem =
      logistic_problem(static_cast<double>(state.range(1)) / 10.0, static_cast<double>(state.range(2)) / 100.0);
  const sim::Components components(problem);
  sim::DataSet data(largest_sample_count(problem, dimension), dimension);
  (void)data.draw(problem, *components.model, seed, {}, never);
  const SimulationOptions options = sim::options_in_full(problem, {.realisations = columns, .seed = seed});
  sim::Trajectories trajectories(problem, components, data, options);
  if (!agrees_with_plain_loop(problem, data, trajectories, columns)) {
    state.SkipWithError("the step differs from a plain loop");
    return;
  }
  int step = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(trajectories.advance({.step = step++, .report = report, .update = true}, never));
  }
  const auto entries = state.iterations() * dimension * static_cast<long>(data.samples());
  state.SetBytesProcessed(entries * static_cast<long>(sizeof(float)));
  state.SetItemsProcessed(2 * entries * columns);
}

BENCHMARK(simulator_step)
    ->ArgNames({"N", "alpha_x10", "batch_percent", "realisations", "report"})
    ->Args({250, 20, 30, 1, 1})
    ->Args({1000, 20, 100, 1, 1})
    ->Args({1000, 20, 30, 1, 1})
    ->Args({1000, 20, 30, 1, 0})
    ->Args({1000, 20, 30, 4, 1})
    ->Args({1000, 20, 30, 8, 1})
    ->Args({1000, 5, 10, 1, 1})
    ->Args({2000, 60, 10, 1, 1})
    ->Args({4000, 100, 100, 1, 1})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
