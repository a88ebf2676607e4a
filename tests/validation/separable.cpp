// Separability by linear programming: by hand, and against the threshold of THEORY 6.
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/numerics/normal.hpp"
#include "sgdyn/theory/replica/separability.hpp"
#include "sgdyn/validation/separable.hpp"
#include "support/minimiser_problems.hpp"

namespace sgdyn {
namespace {

constexpr double threshold = 3.7000335;  // alpha*(Delta = 1, rho = 1/2)

DataSpec two_clusters(double alpha) { return {{"two-clusters", {{"fraction", 0.5}}, {}}, alpha, 1.0}; }

// Two clusters almost without width: x = y v.
TEST(Separable, PointsOnALine) {
  const minimiser_problems::Solved s({"square", {}, {}}, {.alpha = 3.0, .noise = 1e-6}, 4);
  EXPECT_EQ(linearly_separable(s.data, Intercept::none), Separable::yes);
  EXPECT_EQ(linearly_separable(s.data, Intercept::optimal), Separable::yes);
}

// Points in the plane, far more than a line can cut in general.
TEST(Separable, ManyPointsInThePlane) {
  const minimiser_problems::Solved s({"square", {}, {}}, {.alpha = 100.0, .noise = 25.0}, 2);
  EXPECT_EQ(linearly_separable(s.data, Intercept::none), Separable::no);
  EXPECT_EQ(linearly_separable(s.data, Intercept::optimal), Separable::no);
}

// The perceptron's rule decides every one of its samples, whatever their number.
TEST(Separable, PerceptronDataAlwaysAre) {
  const Estimate fraction = separable_fraction({{"perceptron", {}, {}}, 6.0, 1.0}, Intercept::none, 30, 20, 3).fraction;
  EXPECT_EQ(fraction.value, 1.0);
  EXPECT_NEAR(fraction.standard_error, 1.0 / 20.0, 1e-12);
}

// Three clusters in a row, the middle one of the other label: no plane is between.
TEST(Separable, ThreeClustersAreNot) {
  const Estimate fraction =
      separable_fraction({{"three-clusters", {{"half_width", 0.5}}, {}}, 4.0, 0.01}, Intercept::optimal, 20, 10, 3)
          .fraction;
  EXPECT_EQ(fraction.value, 0.0);
}

// An intercept is one more dimension: what is separable through the origin is separable with it.
TEST(Separable, AnInterceptCanOnlyHelp) {
  int gained = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const minimiser_problems::Solved s({"square", {}, {}}, {.alpha = 3.7, .fraction = 0.2}, 30, seed);
    const bool through_origin = linearly_separable(s.data, Intercept::none) == Separable::yes;
    const bool free = linearly_separable(s.data, Intercept::optimal) == Separable::yes;
    EXPECT_TRUE(free || !through_origin) << seed;
    gained += free && !through_origin ? 1 : 0;
  }
  EXPECT_GT(gained, 0);
}

// Of 64 data sets each; with the probabilities near 0.9 and 0.1 at N = 100, by chance less often than once in a
// million.
TEST(Separable, FractionPassesOneHalfAtTheThreshold) {  // THEORY 6, alpha*(Delta, rho)
  for (const Intercept intercept : {Intercept::none, Intercept::optimal}) {
    const Estimate below = separable_fraction(two_clusters(0.85 * threshold), intercept, 100, 64, 5).fraction;
    const Estimate above = separable_fraction(two_clusters(1.15 * threshold), intercept, 100, 64, 5).fraction;
    EXPECT_GT(below.value - 2.0 * below.standard_error, 0.5);
    EXPECT_LT(above.value + 2.0 * above.standard_error, 0.5);
  }
}

TEST(Separable, SameBitsForAnyNumberOfThreads) {
  const auto fraction = [](int threads) {
    return separable_fraction(two_clusters(threshold), Intercept::optimal, 40, 30, 9, {.threads = threads}).fraction;
  };
  const Estimate one = fraction(1);
  EXPECT_EQ(one.value, fraction(2).value);
  EXPECT_EQ(one.standard_error, fraction(2).standard_error);
}

TEST(Separable, RefusesAndStops) {
  EXPECT_THROW((void)separable_fraction(two_clusters(2.0), Intercept::none, 1, 10, 1), InputError);
  EXPECT_THROW((void)separable_fraction(two_clusters(2.0), Intercept::none, 20, 1, 1), InputError);
  EXPECT_THROW((void)separable_fraction(two_clusters(0.01), Intercept::none, 20, 10, 1), InputError);
  const std::atomic<bool> stop{true};
  EXPECT_FALSE(separable_fraction(two_clusters(2.0), Intercept::none, 20, 10, 1, {.stop_requested = &stop})
                   .fraction.available());
  try {
    (void)separable_fraction(two_clusters(2.0), Intercept::none, 10'000'000, 10, 1);
    ADD_FAILURE() << "the library would end the process";
  } catch (const InputError& error) {
    EXPECT_EQ(error.key(), "dimension");
    EXPECT_NE(error.message().find("linear programme"), std::string::npos) << error.message();
  }
}

// The programme of this data set takes a few hundred iterations; the first answer lets it begin.
TEST(Separable, AProgrammeCanBeStoppedOnItsWay) {
  const minimiser_problems::Solved s({"square", {}, {}}, {.alpha = 3.7}, 150);
  int asked = 0;
  EXPECT_EQ(linearly_separable(s.data, Intercept::none, [&] { return ++asked > 1; }), Separable::stopped);
  EXPECT_EQ(asked, 2);
}

// With labels of unequal frequency an intercept is worth much: alpha*(1, 0.1) is 3.70 without and 6.94 with one. With
// fractions near 0.02 and 0.96 at N = 60 false less often than once in ten thousand.
TEST(Separable, AnInterceptChangesTheAnswerBetweenTheThresholds) {  // replica.E15
  const DataSpec between{{"two-clusters", {{"fraction", 0.1}}, {}}, 5.0, 1.0};
  const Estimate without = separable_fraction(between, Intercept::none, 60, 32, 5).fraction;
  const Estimate with = separable_fraction(between, Intercept::optimal, 60, 32, 5).fraction;
  EXPECT_LT(without.value, 0.2);
  EXPECT_GT(with.value, 0.8);
}

// ---- the threshold itself ----

// Where a probit curve through the fractions at several alpha passes one half: maximum likelihood by Newton's method
// with expected curvature, P(alpha) = Q(a + b alpha). The error is that of the likelihood.
struct Crossing {
  double alpha = 0.0;
  double error = 0.0;
};

Crossing crossing(const std::vector<double>& alpha, const std::vector<double>& fraction, int sets) {
  Eigen::Vector2d x(0.0, 1.0);
  const double centre = alpha[alpha.size() / 2];
  Eigen::Matrix2d information;
  for (int k = 0; k < 100; ++k) {
    Eigen::Vector2d score = Eigen::Vector2d::Zero();
    information.setZero();
    for (std::size_t i = 0; i < alpha.size(); ++i) {
      const Eigen::Vector2d row(1.0, alpha[i] - centre);
      const double t = std::clamp(row.dot(x), -6.0, 6.0);
      const double P = normal_tail(t);
      const double weight = sets / (P * (1.0 - P));
      const double slope = -normal_density(t);
      score += weight * (fraction[i] - P) * slope * row;
      information += weight * slope * slope * row * row.transpose();
    }
    x += information.ldlt().solve(score);
  }
  const Eigen::Matrix2d covariance = information.inverse();
  const double offset = -x[0] / x[1];
  const Eigen::Vector2d derivative(-1.0 / x[1], -offset / x[1]);
  return {centre + offset, std::sqrt(derivative.dot(covariance * derivative))};
}

Crossing crossing_at(DataSpec data, Intercept intercept, double expected, long dimension, int sets) {
  // The curve is as steep as fluctuations of order 1/sqrt(N) make it.
  const double width = 1.2 / std::sqrt(static_cast<double>(dimension));
  std::vector<double> alphas;
  std::vector<double> fractions;
  // With one seed smaller data sets would be parts of the larger ones, and the fractions not independent.
  auto seed = static_cast<std::uint64_t>(10 * dimension);
  for (const double place : {-1.5, -0.5, 0.5, 1.5}) {
    data.alpha = expected * (1.0 + place * width);
    alphas.push_back(data.alpha);
    fractions.push_back(separable_fraction(data, intercept, dimension, sets, ++seed).fraction.value);
  }
  return crossing(alphas, fractions, sets);
}

// Crossings at N = 30, 60 and 120, extrapolated in 1/N. Four errors: false once in five thousand for the three
// together.
TEST(SeparableSlow, TheCrossingTendsToTheThreshold) {  // replica.E15
  struct Tried {
    double noise, fraction;
    Intercept intercept;
  };
  for (const Tried& tried :
       {Tried{1.0, 0.5, Intercept::none}, Tried{0.5, 0.5, Intercept::none}, Tried{1.0, 0.1, Intercept::optimal}}) {
    DataSpec data{{"two-clusters", {{"fraction", tried.fraction}}, {}}, 1.0, tried.noise};
    const double expected = replica::separability(data, tried.intercept).alpha_star;
    Eigen::Matrix2d information = Eigen::Matrix2d::Zero();
    Eigen::Vector2d right = Eigen::Vector2d::Zero();
    for (const auto& [dimension, sets] : {std::pair{30L, 400}, {60L, 160}, {120L, 40}}) {
      const Crossing at = crossing_at(data, tried.intercept, expected, dimension, sets);
      const Eigen::Vector2d row(1.0, 1.0 / static_cast<double>(dimension));
      information += row * row.transpose() / (at.error * at.error);
      right += row * at.alpha / (at.error * at.error);
    }
    const double limit = information.ldlt().solve(right)[0];
    const double error = std::sqrt(information.inverse()(0, 0));
    EXPECT_NEAR(limit, expected, 4.0 * error) << tried.noise << " " << tried.fraction;
    EXPECT_LT(error, 0.03 * expected) << "else nothing is tested";
    RecordProperty("alpha_star_" + std::to_string(tried.noise) + "_" + std::to_string(tried.fraction),
                   std::to_string(limit) + " +- " + std::to_string(error) + " against " + std::to_string(expected));
  }
}

}  // namespace
}  // namespace sgdyn
