// Separability by linear programming: by hand, and against the threshold of THEORY 6.
#include <gtest/gtest.h>

#include <atomic>

#include "sgdyn/core/error.hpp"
#include "sgdyn/validation/separable.hpp"
#include "support/minimiser_problems.hpp"

namespace sgdyn {
namespace {

constexpr double threshold = 3.7000335;  // alpha*(Delta = 1, rho = 1/2)

DataSpec two_clusters(double alpha) { return {{"two-clusters", {{"fraction", 0.5}}, {}}, alpha, 1.0}; }

// Two clusters almost without width: x = y v.
TEST(Separable, PointsOnALine) {
  const minimiser_problems::Solved s({"square", {}, {}}, {.alpha = 3.0, .noise = 1e-6}, 4);
  EXPECT_TRUE(linearly_separable(s.data, Intercept::none));
  EXPECT_TRUE(linearly_separable(s.data, Intercept::optimal));
}

// Points in the plane, far more than a line can cut in general.
TEST(Separable, ManyPointsInThePlane) {
  const minimiser_problems::Solved s({"square", {}, {}}, {.alpha = 100.0, .noise = 25.0}, 2);
  EXPECT_FALSE(linearly_separable(s.data, Intercept::none));
  EXPECT_FALSE(linearly_separable(s.data, Intercept::optimal));
}

// The perceptron's rule decides every one of its samples, whatever their number.
TEST(Separable, PerceptronDataAlwaysAre) {
  const Estimate fraction = separable_fraction({{"perceptron", {}, {}}, 6.0, 1.0}, Intercept::none, 30, 20, 3);
  EXPECT_EQ(fraction.value, 1.0);
  EXPECT_NEAR(fraction.standard_error, 1.0 / 20.0, 1e-12);
}

// Three clusters in a row, the middle one of the other label: no plane is between.
TEST(Separable, ThreeClustersAreNot) {
  const Estimate fraction =
      separable_fraction({{"three-clusters", {{"half_width", 0.5}}, {}}, 4.0, 0.01}, Intercept::optimal, 20, 10, 3);
  EXPECT_EQ(fraction.value, 0.0);
}

// An intercept is one more dimension: what is separable through the origin is separable with it.
TEST(Separable, AnInterceptCanOnlyHelp) {
  int gained = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const minimiser_problems::Solved s({"square", {}, {}}, {.alpha = 3.7, .fraction = 0.2}, 30, seed);
    const bool through_origin = linearly_separable(s.data, Intercept::none);
    const bool free = linearly_separable(s.data, Intercept::optimal);
    EXPECT_TRUE(free || !through_origin) << seed;
    gained += free && !through_origin ? 1 : 0;
  }
  EXPECT_GT(gained, 0);
}

// Of 64 data sets each; with the probabilities near 0.9 and 0.1 at N = 100, by chance less often than once in a
// million.
TEST(Separable, FractionPassesOneHalfAtTheThreshold) {  // THEORY 6, alpha*(Delta, rho)
  for (const Intercept intercept : {Intercept::none, Intercept::optimal}) {
    const Estimate below = separable_fraction(two_clusters(0.85 * threshold), intercept, 100, 64, 5);
    const Estimate above = separable_fraction(two_clusters(1.15 * threshold), intercept, 100, 64, 5);
    EXPECT_GT(below.value - 2.0 * below.standard_error, 0.5);
    EXPECT_LT(above.value + 2.0 * above.standard_error, 0.5);
  }
}

TEST(Separable, SameBitsForAnyNumberOfThreads) {
  const auto fraction = [](int threads) {
    return separable_fraction(two_clusters(threshold), Intercept::optimal, 40, 30, 9, {.threads = threads});
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
  EXPECT_FALSE(
      separable_fraction(two_clusters(2.0), Intercept::none, 20, 10, 1, {.stop_requested = &stop}).available());
}

}  // namespace
}  // namespace sgdyn
