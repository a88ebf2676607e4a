// The normal quantile against Boost.Math (long double inside) and against its own inverse.
#include "sgdyn/numerics/normal.hpp"

#include <gtest/gtest.h>

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

namespace sgdyn {
namespace {

// Phi^-1(u) = -sqrt(2) erfc^-1(2u), in long double where 1 - u is exact.
double reference(double u) {
  const long double root_two = std::numbers::sqrt2_v<long double>;
  if (u > 0.5)
    return static_cast<double>(root_two * boost::math::erfc_inv(2.0L * (1.0L - static_cast<long double>(u))));
  return static_cast<double>(-root_two * boost::math::erfc_inv(2.0L * static_cast<long double>(u)));
}

void expect_quantiles(const std::vector<double>& u) {
  std::vector<double> out(u.size());
  normal_quantile(u, out);
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double expected = reference(u[i]);
    EXPECT_NEAR(out[i], expected, 1e-14 * std::fabs(expected)) << "u = " << u[i];
  }
}

TEST(NormalQuantile, LowerTailDownToTheSmallestDoubles) {
  std::vector<double> u;
  for (double exponent = -300.0; exponent < -0.31; exponent += 0.0317) u.push_back(std::pow(10.0, exponent));
  u.push_back(std::numeric_limits<double>::min());
  expect_quantiles(u);
}

TEST(NormalQuantile, UpperTailUpToTheLastDoubleBelowOne) {
  std::vector<double> u{1.0 - 0x1p-53, 1.0 - 0x1p-52};
  for (double exponent = -15.9; exponent < -0.31; exponent += 0.0117) u.push_back(1.0 - std::pow(10.0, exponent));
  expect_quantiles(u);
}

TEST(NormalQuantile, CentreAndBranchPoints) {
  std::vector<double> u{0.5, 0.5 + 0x1p-53, 0.5 - 0x1p-54, 0.075, 0.925, std::exp(-25.0)};
  for (const double branch : {0.075, 0.925, std::exp(-25.0)}) {
    u.push_back(std::nextafter(branch, 0.0));
    u.push_back(std::nextafter(branch, 1.0));
  }
  std::mt19937_64 engine(1);
  std::uniform_real_distribution<double> uniform(1e-4, 1.0 - 1e-4);
  for (int i = 0; i < 20000; ++i) u.push_back(uniform(engine));
  expect_quantiles(u);
}

TEST(NormalQuantile, OddAroundOneHalfAndIncreasing) {
  std::vector<double> u;
  for (int i = 1; i < 4096; ++i) u.push_back(i / 4096.0);  // 1 - u is exact
  std::vector<double> z(u.size());
  normal_quantile(u, z);
  for (std::size_t i = 0; i < z.size(); ++i) {
    EXPECT_EQ(z[i], -z[z.size() - 1 - i]);
    if (i > 0) {
      EXPECT_GT(z[i], z[i - 1]);
    }
  }
}

TEST(NormalQuantile, AnyLengthAndInPlace) {
  for (std::size_t length = 0; length < 40; ++length) {
    std::vector<double> u(length);
    for (std::size_t i = 0; i < length; ++i) u[i] = (static_cast<double>(i) + 0.3) / static_cast<double>(length);
    std::vector<double> out(length);
    normal_quantile(u, out);
    normal_quantile(u, u);
    EXPECT_EQ(u, out);
    for (const double z : out) EXPECT_TRUE(std::isfinite(z));
  }
}

}  // namespace
}  // namespace sgdyn
