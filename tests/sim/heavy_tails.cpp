// Minibatch weights without a variance: how the simulation depends on N (THEORY 2).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"
#include "support/statistics.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;

// |w|^2/N after one step from w = 0, of many data sets: the noise alone, b being tiny.
std::vector<double> norms(long dimension, double index, double scale, std::uint64_t seed) {
  Problem problem =
      small_problem(logistic, {"stable-sgd", {{"batch", 1e-9}, {"stability", index}, {"scale", scale}}}, 1);
  problem.initial = {.variance = 0.0, .overlap = 0.0};
  problem.observables.times = {1};
  const Observables result = simulate(problem, {.dimension = dimension, .runs = 1500, .seed = seed});
  const auto& values = result.at("norm").replicates;
  return {values.data(), values.data() + values.size()};
}

// Mann and Whitney's U of two samples in standard deviations: whether one law tends to larger values.
double rank_z(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> sorted = b;
  std::sort(sorted.begin(), sorted.end());
  double below = 0.0;
  for (const double x : a) {
    below += static_cast<double>(std::lower_bound(sorted.begin(), sorted.end(), x) - sorted.begin());
  }
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  return (below - 0.5 * n * m) / std::sqrt(n * m * (n + m + 1.0) / 12.0);
}

// |w|^2/N goes as N^(2/index - 1) at fixed scale, and has one law at scale N^(1/2 - 1/index). The means are infinite,
// so ranks are compared: false alarm of four comparisons at 5 sigma 2.3e-6.
TEST(HeavyTails, NormGrowsWithNUnlessTheScaleShrinks) {
  for (const double index : {1.3, 1.7}) {
    constexpr double scale = 0.5;
    const std::vector<double> small = norms(50, index, scale, 1);
    const std::vector<double> large = norms(800, index, scale, 2);
    EXPECT_GT(rank_z(large, small), 5.0) << "index " << index;
    std::vector<double> predicted = small;
    for (double& value : predicted) value *= std::pow(16.0, 2.0 / index - 1.0);
    EXPECT_LT(std::fabs(rank_z(large, predicted)), five_sigma) << "index " << index;
    const std::vector<double> rescaled = norms(800, index, scale * std::pow(16.0, 0.5 - 1.0 / index), 3);
    EXPECT_LT(std::fabs(rank_z(rescaled, small)), five_sigma) << "index " << index;
  }
}

}  // namespace
}  // namespace sgdyn
