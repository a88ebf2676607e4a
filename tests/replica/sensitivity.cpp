// Derivatives of the fixed point against solving again, the best ridge, and starts from elsewhere.
#include "sgdyn/theory/replica/sensitivity.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "replica/problems.hpp"
#include "sgdyn/theory/replica/bayes.hpp"
#include "sgdyn/theory/replica/replica.hpp"

namespace sgdyn {
namespace {

using replica::FixedPoint;
using replica::Sensitivity;
using replica_tests::Case;
using replica_tests::problem;

const std::vector<Case> cases{
    {.loss = "square", .alpha = 2.0, .noise = 0.5, .ridge = 0.1, .fraction = 0.3, .intercept = true},
    {.loss = "logistic", .alpha = 2.0, .noise = 0.5, .ridge = 0.1, .fraction = 0.3, .intercept = true},
    {.loss = "hinge", .alpha = 4.0, .noise = 1.0, .ridge = 0.2, .fraction = 0.3, .intercept = true},
    {.loss = "squared-hinge", .alpha = 3.0, .noise = 1.0, .ridge = 0.5, .fraction = 0.2, .intercept = true},
    {.loss = "logistic", .alpha = 6.0, .noise = 1.0, .ridge = 1.0},
    {.loss = "hinge", .alpha = 6.0, .noise = 1.0, .ridge = 1.0, .perceptron = true, .chi = 0.7},
    {.loss = "logistic", .alpha = 2.0, .noise = 0.5, .ridge = 0.05, .perceptron = true},
};

const std::map<std::string, std::function<double&(Case&)>> parameters{
    {"data.alpha", [](Case& c) -> double& { return c.alpha; }},
    {"data.noise", [](Case& c) -> double& { return c.noise; }},
    {"data.fraction", [](Case& c) -> double& { return c.fraction; }},
    {"data.chi", [](Case& c) -> double& { return c.chi; }},
    {"loss.ridge", [](Case& c) -> double& { return c.ridge; }},
    {"loss.margin", [](Case& c) -> double& { return c.margin; }},
};

std::array<double, 7> numbers(const FixedPoint& point) {
  return {point.overlap,
          point.norm,
          point.response,
          point.intercept,
          point.objective,
          point.training_loss,
          point.generalisation_error};
}

// Sixth order in a step of 2 per mille: the error is below 1e-10, rounding about 1e-11.
std::array<double, 7> difference(const Case& c, const std::string& key) {
  Case moved = c;
  const double here = parameters.at(key)(moved);
  const double step = 2e-3 * (here != 0.0 ? std::fabs(here) : 1.0);
  std::array<double, 7> sum{};
  constexpr std::array<double, 3> weights{0.75, -0.15, 1.0 / 60.0};
  for (std::size_t k = 0; k < weights.size(); ++k) {
    for (const double sign : {1.0, -1.0}) {
      parameters.at(key)(moved) = here + sign * static_cast<double>(k + 1) * step;
      const auto value = numbers(replica::solve(problem(moved)));
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += sign * weights[k] * value[i] / step;
    }
  }
  return sum;
}

TEST(Sensitivity, IsTheDerivativeOfSolving) {  // replica.E17
  for (const Case& c : cases) {
    const FixedPoint point = replica::solve(problem(c));
    const std::vector<Sensitivity> all = replica::sensitivities(problem(c), point);
    EXPECT_GE(all.size(), 4U) << c;
    for (const Sensitivity& found : all) {
      ASSERT_TRUE(parameters.contains(found.parameter)) << found.parameter;
      const auto expected = difference(c, found.parameter);
      const std::array<double, 7> given{found.overlap,
                                        found.norm,
                                        found.response,
                                        found.intercept,
                                        found.objective,
                                        found.training_loss,
                                        found.generalisation_error};
      for (std::size_t i = 0; i < given.size(); ++i) {
        EXPECT_NEAR(given[i], expected[i], 1e-8 * std::fabs(expected[i]) + 1e-9) << found.parameter << " " << i << c;
      }
    }
  }
}

Sensitivity sensitivity_to(const std::string& parameter, const Case& c) {
  for (const Sensitivity& one : replica::sensitivities(problem(c), replica::solve(problem(c)))) {
    if (one.parameter == parameter) return one;
  }
  ADD_FAILURE() << parameter << " is not among the derivatives of " << c;
  return {};
}

TEST(Sensitivity, OfTheObjectiveToTheRidgeIsHalfTheNorm) {  // replica.E17, the envelope theorem
  for (const Case& c : cases) {
    const FixedPoint point = replica::solve(problem(c));
    const Sensitivity ridge = sensitivity_to("loss.ridge", c);
    EXPECT_NEAR(ridge.objective, 0.5 * point.norm, 1e-9 * point.norm) << c;
    EXPECT_LT(ridge.norm, 0.0) << c << ": a larger ridge shrinks the weights";
  }
}

TEST(Sensitivity, NeedsASolutionAtARidge) {
  const Case limit{.loss = "hinge", .alpha = 1.0, .noise = 1.0, .ridge = 0.0};
  const FixedPoint point = replica::solve(problem(limit));
  EXPECT_EQ(point.regime, replica::Regime::max_margin);
  EXPECT_THROW((void)replica::sensitivities(problem(limit), point), std::invalid_argument);
}

TEST(BestRidge, IsAMinimumOfTheError) {
  for (const char* loss : {"square", "logistic", "squared-hinge"}) {
    Case c{.loss = loss, .alpha = 3.0, .noise = 1.0, .fraction = 0.25, .intercept = true};
    const replica::BestRidge best = replica::best_ridge(problem(c));
    ASSERT_TRUE(best.ridge.has_value()) << loss << ": " << best.reason;
    EXPECT_TRUE(best.reason.empty()) << loss;
    c.ridge = *best.ridge;
    const double least = replica::solve(problem(c)).generalisation_error;
    EXPECT_NEAR(best.point.generalisation_error, least, 1e-13) << loss;
    for (double factor : {1e-6, 1e-3, 0.1, 0.5, 0.9, 0.99, 1.01, 1.1, 2.0, 10.0, 1e3, 1e6}) {
      c.ridge = *best.ridge * factor;
      EXPECT_GT(replica::solve(problem(c)).generalisation_error, least)
          << loss << " at " << factor << " times the best";
    }
    EXPECT_GE(least, replica::bayes_error(problem(c).data).value) << loss;
  }
}

// Dips far shallower than what the error changes by elsewhere: 3e-5, 7e-4 and 1e-8 of it.
TEST(BestRidge, FindsShallowMinimaAtLargeRidges) {
  const std::vector<Case> hard{
      {.loss = "square", .alpha = 5.12227, .noise = 13.3255, .fraction = 0.28342, .intercept = true},
      {.loss = "hinge", .alpha = 0.155, .noise = 0.16, .fraction = 0.622, .intercept = true},
      {.loss = "logistic", .alpha = 0.154936, .noise = 22.025, .fraction = 0.4577, .intercept = true}};
  for (Case c : hard) {
    const replica::BestRidge best = replica::best_ridge(problem(c));
    ASSERT_TRUE(best.ridge.has_value()) << c << best.reason;
    for (double decade = -6.0; decade <= 6.0; decade += 0.1) {
      c.ridge = std::pow(10.0, decade);
      const FixedPoint other = replica::solve(problem(c));
      EXPECT_GE(other.generalisation_error, best.point.generalisation_error * (1.0 - 1e-14)) << c;
    }
  }
}

TEST(BestRidge, IsZeroWhereTheLimitGeneralisesBest) {
  Case c{.loss = "square", .alpha = 6.63, .noise = 14.7, .perceptron = true};
  const replica::BestRidge best = replica::best_ridge(problem(c));
  ASSERT_TRUE(best.ridge.has_value()) << best.reason;
  EXPECT_EQ(*best.ridge, 0.0);
  c.ridge = 1e-6;
  EXPECT_GT(replica::solve(problem(c)).generalisation_error, best.point.generalisation_error);
}

TEST(BestRidge, NeverEndsAtAWorseRidgeThanItPassed) {
  Case c{.loss = "square", .alpha = 1000.0, .noise = 5e-4, .perceptron = true};
  const replica::BestRidge best = replica::best_ridge(problem(c));
  ASSERT_EQ(best.point.status, Status::ok) << best.point.message;
  EXPECT_NE(best.ridge.has_value(), !best.reason.empty());
  EXPECT_NE(best.reason.find("no solution"), std::string::npos) << best.reason;  // too steep above
  for (const double ridge : {1e-8, 1e-3, 1.0, 10.0, 40.0}) {
    c.ridge = ridge;
    EXPECT_GE(replica::solve(problem(c)).generalisation_error, best.point.generalisation_error * (1.0 - 1e-12)) << c;
  }
}

TEST(BestRidge, StopsWhenAsked) {
  const std::atomic<bool> stop{true};
  const replica::BestRidge best = replica::best_ridge(problem({.loss = "logistic"}), {.stop_requested = &stop});
  EXPECT_EQ(best.point.status, Status::interrupted);
  EXPECT_FALSE(best.ridge.has_value());
}

// B = -kappa + O(1/ridge) follows the kink of the hinge, however near to it the frequent label is.
TEST(Sensitivity, ToTheMarginAtALargeRidge) {  // replica.E17
  for (const double ridge : {1e2, 1e4, 1e6}) {
    const Case c{.loss = "hinge", .ridge = ridge, .fraction = 0.3, .intercept = true};
    EXPECT_NEAR(sensitivity_to("loss.margin", c).intercept, -1.0, 1e-8) << c;  // weights do not change to first order
  }
}

// However small the ridge is: differences of residuals would be rounding alone.
TEST(Sensitivity, ToATinyRidgeIsThatToNone) {  // replica.E17
  Case c{.loss = "logistic", .alpha = 20.0, .noise = 0.5, .ridge = 0.0, .fraction = 0.3};
  const Sensitivity none = sensitivity_to("loss.ridge", c);
  EXPECT_LT(none.overlap, -30.0);
  for (const double ridge : {1e-9, 1e-12, 1e-15}) {
    c.ridge = ridge;
    const Sensitivity found = sensitivity_to("loss.ridge", c);
    EXPECT_NEAR(found.overlap, none.overlap, (1e-11 + 1e4 * ridge) * std::fabs(none.overlap)) << c;
    EXPECT_NEAR(found.generalisation_error, none.generalisation_error,
                (1e-11 + 1e4 * ridge) * std::fabs(none.generalisation_error))
        << c;
    EXPECT_NEAR(found.training_loss, -0.5 * ridge * none.norm, 1e-4 * ridge * std::fabs(none.norm)) << c;
  }
}

TEST(BestRidge, IsWithoutBoundForEvenLabels) {
  for (const char* loss : {"square", "logistic", "hinge"}) {
    const Case c{.loss = loss, .alpha = 3.0, .noise = 1.0};
    const replica::BestRidge best = replica::best_ridge(problem(c));
    EXPECT_FALSE(best.ridge.has_value()) << loss;
    EXPECT_NE(best.reason.find("large"), std::string::npos) << best.reason;
    EXPECT_NEAR(best.point.generalisation_error, replica::bayes_error(problem(c).data).value, 1e-6) << loss;
  }
}

// ---- starts ----

void expect_same(const FixedPoint& one, const FixedPoint& other, const Case& c) {
  EXPECT_EQ(one.regime, other.regime) << c;
  const auto a = numbers(one);
  const auto b = numbers(other);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (i == 3) {
      EXPECT_NEAR(a[i], b[i], 1e-13 * (std::fabs(a[i]) + std::sqrt(one.norm))) << c << " intercept";
    } else if (std::isfinite(a[i])) {
      EXPECT_NEAR(a[i], b[i], 1e-13 * std::fabs(a[i])) << c << " number " << i;
    } else {
      EXPECT_EQ(a[i], b[i]) << c << " number " << i;
    }
  }
}

// The solution is one; a start from a neighbour, or from far away, ends at it.
TEST(Start, DoesNotChangeTheAnswer) {
  for (const Case& c : cases) {
    const FixedPoint cold = replica::solve(problem(c));
    for (const double factor : {1.001, 1.3, 30.0, 1e-3}) {
      Case near = c;
      near.ridge *= factor;
      const FixedPoint start = replica::solve(problem(near));
      expect_same(cold, replica::solve(problem(c), &start), c);
    }
    FixedPoint nonsense = cold;
    nonsense.overlap = -100.0;
    nonsense.q = 1e-12;
    nonsense.proximal_width = 1e9;
    expect_same(cold, replica::solve(problem(c), &nonsense), c);
    FixedPoint failed;
    failed.status = Status::not_converged;
    expect_same(cold, replica::solve(problem(c), &failed), c);
  }
}

TEST(Start, MayBeInAnotherRegime) {
  const Case limit{.loss = "hinge", .alpha = 1.0, .noise = 1.0, .ridge = 0.0, .fraction = 0.3, .intercept = true};
  Case ridge = limit;
  ridge.ridge = 0.1;
  Case zero = ridge;
  zero.alpha = 200.0;
  zero.noise = 40.0;
  const FixedPoint in_limit = replica::solve(problem(limit));
  const FixedPoint at_ridge = replica::solve(problem(ridge));
  const FixedPoint at_zero = replica::solve(problem(zero));
  EXPECT_EQ(at_zero.regime, replica::Regime::zero_weights);
  expect_same(in_limit, replica::solve(problem(limit), &at_ridge), limit);
  expect_same(at_ridge, replica::solve(problem(ridge), &in_limit), ridge);
  expect_same(at_ridge, replica::solve(problem(ridge), &at_zero), ridge);
  EXPECT_EQ(replica::solve(problem(zero), &at_ridge).regime, replica::Regime::zero_weights);
}

TEST(Start, RepeatedCallsGiveTheSameBits) {
  for (const Case& c : cases) {
    const FixedPoint one = replica::solve(problem(c));
    const FixedPoint other = replica::solve(problem(c));
    EXPECT_EQ(numbers(one), numbers(other)) << c;
    EXPECT_EQ(one.iterations, other.iterations) << c;
    EXPECT_EQ(one.residual, other.residual) << c;
  }
}

}  // namespace
}  // namespace sgdyn
