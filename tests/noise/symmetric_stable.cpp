// The symmetric stable draws against the closed forms: characteristic function, the two laws with a known distribution
// function, the tail. About 50 comparisons at five standard errors: false alarm 3e-5 for a fresh seed; seeds are fixed.
#include "sgdyn/noise/symmetric_stable.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "sgdyn/random/stream.hpp"
#include "support/statistics.hpp"

namespace sgdyn {
namespace {

using testing_support::Estimate;
using testing_support::five_sigma;

std::vector<double> draws(double index, std::size_t count) {
  Stream stream(1, Purpose::testing, 7);
  std::vector<double> angle(count), x(count);
  stream.uniforms(angle);
  stream.uniforms(x);
  symmetric_stable(index, angle, x, x);
  return x;
}

// THEORY 5: E exp(i k X) = exp(-|k|^index), an even function.
TEST(SymmetricStable, CharacteristicFunction) {
  for (const double index : {0.4, 0.8, 1.0, 1.2, 1.5, 1.9, 2.0}) {
    const std::vector<double> x = draws(index, 400000);
    for (const double k : {0.1, 0.7, 1.6}) {
      Estimate even, odd;
      for (const double value : x) {
        even.add(std::cos(k * value));
        odd.add(std::sin(k * value));
      }
      EXPECT_LT(even.z(std::exp(-std::pow(k, index))), five_sigma) << "index " << index << ", k = " << k;
      EXPECT_LT(odd.z(0.0), five_sigma) << "index " << index << ", k = " << k;
    }
  }
}

// Largest distance of the empirical from the exact distribution function, in units of 1/sqrt(n); beyond 2.9 with
// probability 1e-7 (Kolmogorov: 2 exp(-2 d^2)).
double distance(std::vector<double> x, const std::function<double(double)>& exact) {
  std::sort(x.begin(), x.end());
  const auto n = static_cast<double>(x.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double below = static_cast<double>(i) / n;
    largest = std::max({largest, std::fabs(exact(x[i]) - below), std::fabs(exact(x[i]) - below - 1.0 / n)});
  }
  return largest * std::sqrt(n);
}

double cauchy(double x) { return 0.5 + std::atan(x) / std::numbers::pi; }
double normal_of_variance_two(double x) { return 0.5 * std::erfc(-0.5 * x); }

TEST(SymmetricStable, IndexOneIsCauchyAndIndexTwoIsNormalOfVarianceTwo) {
  constexpr double bound = 2.9;
  EXPECT_LT(distance(draws(1.0, 200000), cauchy), bound);
  EXPECT_LT(distance(draws(2.0, 200000), normal_of_variance_two), bound);
  EXPECT_GT(distance(draws(1.1, 200000), cauchy), bound);  // a wrong index would be noticed
  EXPECT_GT(distance(draws(1.8, 200000), normal_of_variance_two), bound);
}

// P(|X| > x) -> 2 sin(pi index/2) Gamma(index)/pi x^-index; what is left at x = 100 is of relative order 100^-index.
TEST(SymmetricStable, TailIsAPowerLaw) {
  constexpr double x = 100.0;
  for (const double index : {1.3, 1.5, 1.7}) {
    const double tail =
        2.0 * std::sin(0.5 * std::numbers::pi * index) * std::tgamma(index) / std::numbers::pi * std::pow(x, -index);
    Estimate beyond;
    for (const double value : draws(index, 2000000)) beyond.add(std::fabs(value) > x ? 1.0 : 0.0);
    EXPECT_LT(std::fabs(beyond.mean() - tail), five_sigma * beyond.standard_error() + 0.01 * tail) << index;
  }
}

// Next to the ends of the unit interval: finite, with the sign of the angle.
TEST(SymmetricStable, EndsOfTheUniformsGiveFiniteDraws) {
  const std::vector<double> ends{0x1p-53, 1e-9, 1.0 - 0x1p-53};
  for (const double index : {0.5, 1.0, 1.0 + 1e-12, 1.5, 2.0}) {
    for (const double angle : ends) {
      for (const double size : ends) {
        double x = 0.0;
        symmetric_stable(index, {&angle, 1}, {&size, 1}, {&x, 1});
        EXPECT_TRUE(std::isfinite(x)) << index << " " << angle << " " << size;
        EXPECT_EQ(x > 0.0, angle > 0.5) << index << " " << angle << " " << size;
      }
    }
  }
}

}  // namespace
}  // namespace sgdyn
