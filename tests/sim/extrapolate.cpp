// Extrapolation in 1/N: constraints, exactness, least variance.
#include "sgdyn/sim/extrapolate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;

double variance(const std::vector<double>& weights, const std::vector<long>& n, const std::vector<int>& runs) {
  double sum = 0.0;
  for (std::size_t g = 0; g < n.size(); ++g) sum += weights[g] * weights[g] / (static_cast<double>(n[g]) * runs[g]);
  return sum;
}

TEST(ExtrapolationWeights, SumToOneAndCancelTheShift) {
  const std::vector<std::vector<long>> designs{{250, 500, 1000}, {10, 1000}, {7, 8}, {100, 200, 300, 400, 3000}};
  for (const auto& n : designs) {
    for (const int most : {2, 32}) {
      std::vector<int> runs;
      for (std::size_t g = 0; g < n.size(); ++g) runs.push_back(most + static_cast<int>(3 * g));
      const std::vector<double> w = extrapolation_weights(n, runs);
      double size = 0.0;
      double shift = 0.0;
      for (std::size_t g = 0; g < n.size(); ++g) {
        size += std::fabs(w[g]);
        shift += w[g] / static_cast<double>(n[g]) * static_cast<double>(n.back());
      }
      EXPECT_NEAR(std::accumulate(w.begin(), w.end(), 0.0), 1.0, 1e-14 * size);
      EXPECT_NEAR(shift, 0.0, 1e-12 * size);
    }
  }
}

// Two sizes leave no freedom: w = (-N1, N2) / (N2 - N1), Richardson's extrapolation.
TEST(ExtrapolationWeights, OfTwoSizesAreRichardsons) {
  const std::vector<double> w = extrapolation_weights({400, 100}, {5, 90});
  EXPECT_NEAR(w[0], 400.0 / 300.0, 1e-14);
  EXPECT_NEAR(w[1], -100.0 / 300.0, 1e-14);
}

// The constraints leave one direction for three sizes; along it the variance is searched by brute force.
TEST(ExtrapolationWeights, HaveLeastVariance) {
  const std::vector<long> n{100, 250, 700};
  const std::vector<int> runs{40, 25, 9};
  const std::vector<double> w = extrapolation_weights(n, runs);
  const double a = 1.0 / 100.0;
  const double b = 1.0 / 250.0;
  const double c = 1.0 / 700.0;
  const std::vector<double> direction{b - c, c - a, a - b};  // orthogonal to (1,1,1) and to (a,b,c)
  const double least = variance(w, n, runs);
  for (int i = -1000; i <= 1000; ++i) {
    if (i == 0) continue;
    std::vector<double> other = w;
    for (std::size_t g = 0; g < 3; ++g) other[g] += i * direction[g];
    EXPECT_GT(variance(other, n, runs), least);
  }
}

TEST(ExtrapolationWeights, RefuseFewerThanTwoSizes) {
  EXPECT_THROW((void)extrapolation_weights({}, {}), std::invalid_argument);
  EXPECT_THROW((void)extrapolation_weights({100}, {5}), std::invalid_argument);
  EXPECT_THROW((void)extrapolation_weights({100, 100}, {5, 5}), std::invalid_argument);
  EXPECT_THROW((void)extrapolation_weights({100, 200}, {5}), std::invalid_argument);
}

// One size whose mean is a + b/N at step 0 and the constant 3 at step 1.
Observables made_up(long dimension, int runs, double a, double b) {
  Observables size;
  size.producer = "simulation";
  size.dimension = dimension;
  size.runs = runs;
  size.steps = {0, 4};
  size.time = {0.0, 0.4};
  Series series;
  series.mean = Eigen::Vector2d(a + b / static_cast<double>(dimension), 3.0);
  series.standard_error = Eigen::Vector2d(1.0 / std::sqrt(static_cast<double>(dimension) * runs), 0.0);
  size.series["overlap"] = series;
  size.series["support_fraction"] = Series::unavailable("no margin");
  size.two_time["correlation"] = {series.mean * series.mean.transpose(), Eigen::Matrix2d::Constant(0.1)};
  return size;
}

TEST(Extrapolation, IsExactOnAShiftOfOrderOneOverN) {
  std::vector<Observables> sizes{made_up(300, 10, 0.7, -5.0), made_up(100, 40, 0.7, -5.0), made_up(150, 20, 0.7, -5.0)};
  const std::vector<double> w = extrapolation_weights({100, 150, 300}, {40, 20, 10});
  const Observables result = extrapolate(std::move(sizes));
  EXPECT_NEAR(result.at("overlap").mean[0], 0.7, 1e-14);
  EXPECT_NEAR(result.at("overlap").standard_error[0], std::sqrt(variance(w, {100, 150, 300}, {40, 20, 10})), 1e-15);
  EXPECT_EQ(result.at("overlap").mean[1], 3.0);  // equal at all sizes: to the bit, compared exactly by the verdict
  EXPECT_EQ(result.at("overlap").standard_error[1], 0.0);
  EXPECT_EQ(result.at("overlap").replicates.size(), 0);
  EXPECT_EQ(result.at("support_fraction").reason, "no margin");
  EXPECT_EQ(result.two_time.at("correlation").mean(1, 1), 9.0);
  EXPECT_NEAR(result.two_time.at("correlation").mean(0, 1), 2.1, 1e-13);
  EXPECT_NEAR(result.two_time.at("correlation").standard_error(0, 0), 0.1 * std::hypot(std::hypot(w[0], w[1]), w[2]),
              1e-14);
  EXPECT_EQ(result.dimension, 0);
  EXPECT_EQ(result.runs, 70);
  ASSERT_EQ(result.sizes.size(), 3U);
  EXPECT_EQ(result.sizes.front().dimension, 100);
  EXPECT_EQ(result.sizes.back().dimension, 300);
}

TEST(Extrapolation, KeepsTheStepsAllSizesReached) {
  Observables small = made_up(100, 10, 1.0, 1.0);
  truncate(small, 1);
  small.status = Status::overflow;
  small.message = "overflow at N = 100";
  const Observables result = extrapolate({small, made_up(200, 10, 1.0, 1.0)});
  EXPECT_EQ(result.steps, std::vector<int>{0});
  EXPECT_EQ(result.at("overlap").mean.size(), 1);
  EXPECT_EQ(result.two_time.at("correlation").mean.rows(), 1);
  EXPECT_EQ(result.status, Status::overflow);
  EXPECT_EQ(result.message, "overflow at N = 100");
}

TEST(Extrapolation, RefusesDifferentSteps) {
  Observables other = made_up(200, 10, 1.0, 1.0);
  other.steps = {0, 5};
  EXPECT_THROW((void)extrapolate({made_up(100, 10, 1.0, 1.0), other}), std::invalid_argument);
}

TEST(Extrapolation, SimulatedSizesCostTheSame) {
  const Observables result = simulate(small_problem(logistic, sgd(0.5), 3), {.dimension = {20, 40, 100}, .runs = 6});
  EXPECT_EQ(result.dimension, 0);
  ASSERT_EQ(result.sizes.size(), 3U);
  for (const Observables& size : result.sizes) EXPECT_EQ(size.dimension * size.runs, 600);
  EXPECT_EQ(result.settings.at("dimension"), "20, 40, 100");
  EXPECT_EQ(result.settings.at("runs"), "30, 15, 6");
}

}  // namespace
}  // namespace sgdyn
