// Errors of sums and differences, against numbers made up with a known law.
#include "sgdyn/validation/figure/measured.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "sgdyn/sim/extrapolate.hpp"
#include "sgdyn/validation/figure/observed.hpp"

namespace sgdyn::figure {
namespace {

constexpr int runs = 24;
constexpr double common = 1.0, own = 0.1;  // standard deviations of what two points share, and of what they do not

Measured number(double value, double error, double degrees) { return {value, error, degrees, "", {}}; }

// Two simulations on the same data sets at one N.
std::array<Observables, 2> two_points(std::mt19937_64& random, long dimension, const std::string& seed) {
  std::normal_distribution<double> normal;
  Eigen::MatrixXd first(runs, 1), second(runs, 1);
  for (int r = 0; r < runs; ++r) {
    const double shared = common * normal(random);
    first(r, 0) = shared + own * normal(random);
    second(r, 0) = 1.0 + shared + own * normal(random);
  }
  std::array<Observables, 2> points;
  for (Observables& point : points) {
    point.producer = "simulation";
    point.settings["seed"] = seed;
    point.dimension = dimension;
    point.runs = runs;
    point.steps = {0};
    point.time = {0.0};
  }
  points[0].series["norm"] = Series::from_replicates(first);
  points[1].series["norm"] = Series::from_replicates(second);
  return points;
}

std::array<Observables, 2> extrapolated_points(std::mt19937_64& random) {
  const auto small = two_points(random, 100, "1");
  const auto large = two_points(random, 200, "1");
  return {extrapolate({small[0], large[0]}), extrapolate({small[1], large[1]})};
}

struct Calibration {
  double spread_of_values = 0.0, quoted = 0.0;
};

// The quoted error of the difference, against how much the difference really varies.
template <class Make>
Calibration calibrated(Make make) {
  constexpr int repetitions = 2000;
  std::mt19937_64 random(7);
  double sum = 0.0, squares = 0.0, variance = 0.0;
  for (int i = 0; i < repetitions; ++i) {
    const auto points = make(random);
    const Measured gap = difference(series_at(points[1], "norm", 0), series_at(points[0], "norm", 0));
    sum += gap.value;
    squares += gap.value * gap.value;
    variance += gap.error * gap.error;
  }
  const double mean = sum / repetitions;
  return {std::sqrt(squares / repetitions - mean * mean), std::sqrt(variance / repetitions)};
}

TEST(FigureMeasured, TheErrorOfAPairedDifferenceIsThatOfTheDifference) {
  const Calibration one = calibrated([](auto& random) { return two_points(random, 100, "1"); });
  EXPECT_NEAR(one.quoted / (own * std::sqrt(2.0 / runs)), 1.0, 0.02);
  EXPECT_NEAR(one.quoted / one.spread_of_values, 1.0, 0.06);
}

TEST(FigureMeasured, SoIsThatOfExtrapolatedPoints) {
  const Calibration one = calibrated(extrapolated_points);
  EXPECT_NEAR(one.quoted / one.spread_of_values, 1.0, 0.06);
}

TEST(FigureMeasured, WithOtherReplicatesTheErrorsAdd) {
  std::mt19937_64 random(7);
  const auto a = two_points(random, 100, "1");
  const auto b = two_points(random, 100, "2");
  const Measured first = series_at(a[0], "norm", 0), second = series_at(b[1], "norm", 0);
  const Measured gap = difference(second, first);
  EXPECT_NEAR(gap.error, std::hypot(first.error, second.error), 1e-12);
  EXPECT_GT(gap.degrees, runs);
}

// What counting adds to the error is nobody else's.
TEST(FigureMeasured, CountsNobodySawStayPossible) {
  std::mt19937_64 random(7);
  auto points = two_points(random, 100, "1");
  for (Observables& point : points) point.series["norm"] = Series::from_counts(Eigen::MatrixXd::Zero(runs, 1), 10);
  const Measured one = series_at(points[0], "norm", 0);
  const Measured gap = difference(one, series_at(points[1], "norm", 0));
  EXPECT_GT(one.error, 0.0);
  EXPECT_NEAR(gap.error, std::sqrt(2.0) * one.error, 1e-15);
}

TEST(FigureMeasured, ExtrapolatedNumbersKeepTheirErrorAndKnowItFromTheirSizes) {
  std::mt19937_64 random(7);
  const Observables point = extrapolated_points(random)[0];
  const Measured one = series_at(point, "norm", 0);
  EXPECT_EQ(one.value, point.at("norm").mean[0]);
  EXPECT_EQ(one.error, point.at("norm").standard_error[0]);
  EXPECT_EQ(one.spread.size(), 2U);
  EXPECT_GE(one.degrees, runs - 1.0);
  EXPECT_LT(one.degrees, 2.0 * (runs - 1.0));
}

TEST(FigureMeasured, ASumOfIndependentNumbersHasSatterthwaitesDegrees) {
  const Measured a = number(1.0, 0.3, 4.0), b = number(2.0, 0.4, 9.0);
  const Measured sum = weighted_sum(std::array<Term, 2>{{{2.0, &a}, {-1.0, &b}}});
  EXPECT_DOUBLE_EQ(sum.value, 0.0);
  EXPECT_NEAR(sum.error, std::sqrt(0.36 + 0.16), 1e-15);
  EXPECT_NEAR(sum.degrees, 0.52 * 0.52 / (0.36 * 0.36 / 4.0 + 0.16 * 0.16 / 9.0), 1e-12);
}

TEST(FigureMeasured, WhatIsMissingInASumIsMissingInTheEnd) {
  const Measured a = number(1.0, 0.3, 4.0), none = Measured::unavailable("not stationary");
  EXPECT_EQ(difference(a, none).reason, "not stationary");
}

}  // namespace
}  // namespace sgdyn::figure
