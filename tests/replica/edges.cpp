// Losses by where they are least, problems at the edge of what has a solution, and what rounding may do there.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <string>

#include "replica/independent.hpp"
#include "replica/problems.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/model/least_loss.hpp"
#include "sgdyn/theory/replica/equations.hpp"
#include "sgdyn/theory/replica/replica.hpp"
#include "sgdyn/theory/replica/separability.hpp"
#include "sgdyn/theory/replica/system.hpp"

namespace sgdyn {
namespace {

using replica::FixedPoint;
using replica::Regime;
using replica_tests::Case;
using replica_tests::problem;

constexpr double infinity = std::numeric_limits<double>::infinity();

Case formula(const std::string& text, Case c) {
  c.loss = "formula";
  c.formula = text;
  return c;
}

FixedPoint solved(const Case& c) {
  FixedPoint found = replica::solve(problem(c));
  EXPECT_EQ(found.status, Status::ok) << c << ": " << found.message;
  return found;
}

std::optional<LeastLoss> least(const std::string& text) {
  return least_loss(*make_loss(Component{"formula", {}, {{"formula", text}}}));
}

TEST(LeastLoss, IsFoundWhereverItIs) {
  for (const char* text : {"(1-h)^2/2", "abs(1-h)", "(1-h)^8", "sqrt(1+(1-h)^2)", "(1-h)^4+abs(1-h)"}) {
    const auto found = least(text);
    ASSERT_TRUE(found) << text;
    EXPECT_TRUE(found->single()) << text;
    EXPECT_NEAR(found->from, 1.0, 1e-9) << text;  // l' of (1-h)^8 is below rounding of (1-h) within 1e-16
  }
  EXPECT_NEAR(least("exp(-h)+h/2")->from, std::log(2.0), 1e-15);
  EXPECT_NEAR(least("(1+h)^2")->from, -1.0, 1e-15);
  const auto interval = least("max(0,abs(h-2)-1)");
  ASSERT_TRUE(interval);
  EXPECT_FALSE(interval->single() || interval->one_sided());
  EXPECT_NEAR(interval->from, 1.0, 1e-9);
  EXPECT_NEAR(interval->to, 3.0, 1e-9);
  const auto ramp = least("max(0,1-h)^4");
  ASSERT_TRUE(ramp && ramp->one_sided());
  EXPECT_EQ(ramp->from, 1.0);
  for (const char* text : {"exp(-h)", "log(1+exp(-h))", "-h", "max(0,1+h)"}) EXPECT_FALSE(least(text)) << text;
}

TEST(NoRidge, FormulasWithOneMinimumInterpolate) {  // replica.E12
  for (const char* text : {"(1-h)^2/2", "abs(1-h)", "(1-h)^8"}) {
    for (const double alpha : {0.3, 0.7}) {
      const Case c{.loss = "square", .alpha = alpha, .noise = 0.5, .ridge = 0.0, .fraction = 0.3, .intercept = true};
      const FixedPoint square = solved(c);
      const FixedPoint other = solved(formula(text, c));
      EXPECT_EQ(other.regime, Regime::interpolation) << text;
      // The interpolator of least norm does not depend on the loss.
      EXPECT_NEAR(other.norm, square.norm, 1e-12 * square.norm) << text;
      EXPECT_NEAR(other.overlap, square.overlap, 1e-12) << text;
      EXPECT_NEAR(other.intercept, square.intercept, 1e-12) << text;
    }
  }
  const Case above{.loss = "square", .alpha = 3.0, .noise = 0.5, .ridge = 0.0};
  EXPECT_NEAR(solved(formula("(1-h)^2/2", above)).norm, solved(above).norm, 1e-12);
}

void expect_refused(const Case& c, const std::string& word) {
  const FixedPoint found = replica::solve(problem(c));
  EXPECT_EQ(found.status, Status::not_applicable) << c;
  EXPECT_NE(found.message.find(word), std::string::npos) << c << ": " << found.message;
}

TEST(NoRidge, RefusalsSayWhatTheLossIsLike) {
  const Case separable{.alpha = 0.8, .noise = 0.5, .ridge = 0.0};
  expect_refused(formula("max(0,abs(h-2)-1)", separable), "from 1 to 3");
  expect_refused(formula("-h", separable), "without bound");
  expect_refused(formula("exp(-h)", separable), "alpha* = 6.66282");
  Case dense = separable;
  dense.alpha = 20.0;
  expect_refused(formula("max(-h,-2*h)", dense), "without bound");
  // Where not every margin can be brought to the interval the minimiser is unique.
  EXPECT_EQ(solved(formula("max(0,abs(h-2)-1)", dense)).regime, Regime::ridge);
}

TEST(NoRidge, IsSolvedCloseAboveAlphaStar) {
  for (const char* loss : {"hinge", "squared-hinge", "logistic"}) {
    Case c{.loss = loss, .noise = 0.5, .ridge = 0.0, .fraction = 0.1, .intercept = true};
    const double threshold = replica::separability(problem(c).data, Intercept::optimal).alpha_star;
    double norm = 0.0;
    for (const double distance : {0.1, 0.01, 1e-3}) {
      c.alpha = threshold * (1.0 + distance);
      const FixedPoint found = solved(c);
      EXPECT_GT(found.norm, 2.0 * norm) << c << ": it diverges towards alpha*";
      norm = found.norm;
    }
    c.alpha = threshold * (1.0 + 1e-13);
    const FixedPoint failed = replica::solve(problem(c));
    EXPECT_NE(failed.status, Status::ok) << c;
    EXPECT_NE(failed.message.find("alpha*"), std::string::npos) << failed.message;
  }
}

// A kink that holds the frequent label need not be that of the hinge.
TEST(ZeroWeights, OfAnyKink) {  // replica.E14
  const Case c{.alpha = 3.0, .noise = 1.0, .fraction = 0.1, .intercept = true};
  const FixedPoint none = solved(formula("abs(1-h)", c));
  EXPECT_EQ(none.regime, Regime::zero_weights);
  EXPECT_EQ(none.intercept, -1.0);
  EXPECT_NEAR(none.objective, 2.0 * c.alpha * c.fraction, 1e-13);
  // The hinge spelt out with its slope for large margins negligible, or with another kink far away.
  Case dense{.alpha = 10.0, .noise = 5.0, .fraction = 0.1, .intercept = true};  // alpha0 = 9.06
  EXPECT_EQ(solved(formula("max(0,1-h)", dense)).regime, Regime::zero_weights);
  EXPECT_EQ(solved(formula("max(max(0,1-h),-5-3*h)", dense)).regime, Regime::zero_weights);
  dense.alpha = 8.5;
  EXPECT_EQ(solved(formula("max(0,1-h)", dense)).regime, Regime::ridge);
  // Weights fade out towards the threshold of abs(1-h), found by halving.
  double low = 0.8;
  double high = 2.8;
  while (high - low > 2e-3) {  // never within 3e-4 of 1.72090, where weights are too small for the digits of the margin
    Case middle = c;
    middle.alpha = 0.5 * (low + high);
    (solved(formula("abs(1-h)", middle)).regime == Regime::zero_weights ? high : low) = middle.alpha;
  }
  Case below = c;
  below.alpha = low * (1.0 - 1e-3);
  const FixedPoint fading = solved(formula("abs(1-h)", below));
  EXPECT_GT(fading.norm, 0.0);
  EXPECT_LT(fading.ridge_times_response, 0.02) << "lambda V goes to 0 at the threshold";
}

// ---- rounding ----

TEST(Rounding, RareLabelsKeepTheirDigits) {  // replica.E4
  // Square loss, rho -> 0: B = -1 + O(rho) and m = O(rho); m/rho tends to a constant.
  Case c{.loss = "square", .alpha = 2.0, .noise = 0.5, .ridge = 0.01, .intercept = true};
  c.fraction = 1e-10;
  const double limit = solved(c).overlap / c.fraction;
  for (const double fraction : {1e-4, 1e-6, 1e-8, 1e-12}) {
    c.fraction = fraction;
    EXPECT_NEAR(solved(c).overlap / fraction, limit, (10.0 * fraction + 1e-9) * limit) << c;
  }
}

// Near one sample a weight the norm of the square loss is alpha/(Delta (alpha - 1)) + ..., which rounding of E1 moves.
TEST(Rounding, IsToldOrRefused) {
  const Case near_one{.loss = "square", .alpha = 1.0 + 1e-12, .noise = 0.5, .ridge = 0.0};
  const FixedPoint refused = replica::solve(problem(near_one));
  EXPECT_EQ(refused.status, Status::not_converged);
  EXPECT_NE(refused.message.find("rounding"), std::string::npos) << refused.message;
  Case c = near_one;
  c.alpha = 1.0 + 1e-6;
  // Marchenko-Pastur: E tr (X^T X)^-1 = 1/(alpha - 1); norm - m^2 = (alpha/Delta) (1 - m)^2 ... diverges as
  // 1/(alpha-1).
  const FixedPoint one = solved(c);
  c.alpha = 1.0 + 2e-6;
  const FixedPoint two = solved(c);
  EXPECT_GT(one.rounding, 1e-13);
  EXPECT_NEAR(one.q / two.q, 2.0, 10.0 * (one.rounding + two.rounding) + 4e-6);
  EXPECT_LT(solved({.loss = "logistic"}).rounding, 1e-13);
}

TEST(Residuals, DoNotLoseANaN) {
  replica::Residuals residuals;
  for (int bad = 0; bad < 3; ++bad) {
    residuals.value = replica::Unknowns::Constant(3, 1e-17);
    residuals.largest_term = replica::Unknowns::Ones(3);
    residuals.value[bad] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isnan(residuals.relative())) << bad;
  }
}

// l'' = (3/4) (1-h)^(-1/2) has a pole that u(h) has not: in z = sqrt(1-u), z^2 + (3/2) g z = 1 - h, so that averages
// have closed forms in z that an ordinary rule integrates.
TEST(Averages, OfALossWithAPoleOfItsCurvature) {  // replica.E7
  const Case c = formula("max(0,1-h)^1.5", {.alpha = 1.5, .noise = 0.7, .ridge = 0.05});
  const FixedPoint found = solved(c);
  const double s = std::sqrt(c.noise * found.norm);
  const double b = 1.5 * found.proximal_width;
  // E[p] with p = b/(b + 2 z), x = 1 - h = z^2 + b z, dx = (2 z + b) dz: the integral of b times the density of x.
  long double sum = 0.0L;
  constexpr int nodes = 400000;
  const double far = 12.0 * s + std::fabs(1.0 - found.overlap);
  const double z_far = far / (0.5 * b + std::sqrt(0.25 * b * b + far));
  for (int i = 0; i <= nodes; ++i) {  // Simpson
    const double z = z_far * i / nodes;
    const double xi = (1.0 - z * z - b * z - found.overlap) / s;
    const double weight = i == 0 || i == nodes ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
    sum += weight * b * std::exp(-0.5 * xi * xi);
  }
  const double p = static_cast<double>(sum) * z_far / nodes / 3.0 / (s * std::sqrt(2.0 * M_PI));
  EXPECT_NEAR(c.ridge * found.response + c.alpha * p, 1.0, 1e-13);  // replica.E1
}

TEST(Stability, IsExactForTheHinge) {  // replica.E13
  for (const double ridge : {1e-8, 1e-5, 0.1}) {
    const Case c{.loss = "hinge", .alpha = 9.0, .noise = 0.5, .ridge = ridge};
    const FixedPoint found = solved(c);
    EXPECT_EQ(*found.stability, found.ridge_times_response) << c;
  }
  EXPECT_EQ(*solved({.loss = "hinge", .alpha = 9.0, .noise = 0.5, .ridge = 0.0}).stability, 0.0);
}

TEST(Perceptron, LargeRatiosOfOverlapToNoise) {
  for (const char* loss : {"logistic", "squared-hinge"}) {
    const Case c{.loss = loss, .alpha = 1000.0, .noise = 1e-2, .ridge = 1.0, .perceptron = true};
    const FixedPoint found = solved(c);
    EXPECT_GT(found.overlap / std::sqrt(c.noise * found.q), 50.0) << c << ": more than the usual nodes can do";
    const auto off = replica_tests::violation(c, found);
    EXPECT_LE(off.worst, replica_tests::tolerance(c, found)) << c << " " << off.where;
  }
}

TEST(Stop, EndsTheSearch) {
  const std::atomic<bool> stop{true};
  const FixedPoint found = replica::solve(problem({.loss = "logistic"}), nullptr, {.stop_requested = &stop});
  EXPECT_EQ(found.status, Status::interrupted);
  EXPECT_FALSE(found.message.empty());
}

TEST(Separability, OfInvalidDataIsAnInputError) {
  DataSpec data = problem({}).data;
  for (const double bad : {-1.0, 0.0, infinity}) {
    data.noise = bad;
    EXPECT_THROW((void)replica::separability(data, Intercept::none), InputError) << bad;
  }
}

}  // namespace
}  // namespace sgdyn
