// Small and large ridges, weights that vanish, and what is refused.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>

#include "replica/independent.hpp"
#include "replica/problems.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/theory/replica/replica.hpp"
#include "sgdyn/theory/replica/separability.hpp"

namespace sgdyn {
namespace {

using replica::FixedPoint;
using replica::Regime;
using replica_tests::Case;
using replica_tests::problem;

FixedPoint solved(const Case& c) {
  FixedPoint found = replica::solve(problem(c));
  EXPECT_EQ(found.status, Status::ok) << c << ": " << found.message;
  return found;
}

FixedPoint at_ridge(Case c, double ridge) {
  c.ridge = ridge;
  return solved(c);
}

// alpha* is 4.1 (rho = 0.3) and 3.7 here.
TEST(MaxMargin, IsTheLimitOfSmallRidges) {  // replica.E12
  for (const char* loss : {"hinge", "squared-hinge"}) {
    for (const double margin : {0.3, 1.0}) {
      for (const bool intercept : {false, true}) {
        for (const double alpha : {0.2, 1.0, 2.5}) {
          const Case c{.loss = loss,
                       .alpha = alpha,
                       .noise = 1.0,
                       .ridge = 0.0,
                       .fraction = 0.3,
                       .intercept = intercept,
                       .margin = margin};
          const FixedPoint limit = solved(c);
          EXPECT_EQ(limit.regime, Regime::max_margin) << c;
          EXPECT_EQ(limit.training_loss, 0.0) << c;
          EXPECT_EQ(limit.training_accuracy, 1.0) << c;
          EXPECT_LE(limit.residual, 1e-14) << c;
          EXPECT_GT(limit.ridge_times_response, 0.0) << c;
          // The squared hinge is off by the order of the ridge.
          const FixedPoint small = at_ridge(c, 1e-9);
          EXPECT_NEAR(small.overlap, limit.overlap, 1e-6 * limit.overlap) << c;
          EXPECT_NEAR(small.norm, limit.norm, 1e-6 * limit.norm) << c;
          EXPECT_NEAR(small.intercept, limit.intercept, 1e-6 * std::sqrt(limit.norm)) << c;
          EXPECT_NEAR(small.ridge_times_response, limit.ridge_times_response, 1e-6) << c;
          EXPECT_NEAR(small.generalisation_error, limit.generalisation_error, 1e-6) << c;
          EXPECT_NEAR(small.objective / 1e-9, 0.5 * limit.norm, 1e-6 * limit.norm) << c;
        }
      }
    }
  }
}

// Both losses ask for margins of at least kappa, and weights grow with kappa.
TEST(MaxMargin, IsTheSameForBothHingesAndScalesWithTheMargin) {  // replica.E12
  const Case c{.loss = "hinge", .alpha = 2.0, .noise = 1.0, .ridge = 0.0, .fraction = 0.3, .intercept = true};
  Case squared = c;
  squared.loss = "squared-hinge";
  Case half = c;
  half.margin = 0.5;
  const FixedPoint one = solved(c);
  const FixedPoint other = solved(squared);
  const FixedPoint narrow = solved(half);
  EXPECT_NEAR(one.overlap, other.overlap, 1e-13 * one.overlap);
  EXPECT_NEAR(one.norm, other.norm, 1e-13 * one.norm);
  EXPECT_NEAR(one.intercept, other.intercept, 1e-13);
  EXPECT_NEAR(narrow.norm, 0.25 * one.norm, 1e-13);
  EXPECT_NEAR(narrow.intercept, 0.5 * one.intercept, 1e-13);
  EXPECT_NEAR(narrow.generalisation_error, one.generalisation_error, 1e-14);
}

// At alpha* the margin that can be kept vanishes: |w| diverges, along the direction that E15 names.
TEST(MaxMargin, DivergesAtAlphaStarAlongItsDirection) {  // replica.E12 against replica.E15
  for (const bool intercept : {false, true}) {
    Case c{.loss = "hinge", .noise = 1.0, .ridge = 0.0, .fraction = 0.3, .intercept = intercept};
    const auto threshold = replica::separability(problem(c).data, intercept ? Intercept::optimal : Intercept::none);
    double previous = 0.0;
    for (const double below : {0.1, 0.01, 0.001}) {
      c.alpha = threshold.alpha_star * (1.0 - below);
      const FixedPoint found = solved(c);
      EXPECT_EQ(found.regime, Regime::max_margin);
      EXPECT_GT(found.norm, 20.0 * previous);
      const double length = std::sqrt(found.norm);
      EXPECT_NEAR(found.overlap / length, threshold.overlap, 2.0 * below);
      EXPECT_NEAR(found.intercept / length, threshold.intercept, 2.0 * below);
      previous = found.norm;
    }
  }
}

TEST(NoRidge, AboveAlphaStarIsTheLimitOfSmallRidges) {
  for (const char* loss : {"hinge", "squared-hinge", "logistic"}) {
    for (const bool intercept : {false, true}) {
      for (const double alpha : {4.6, 9.0}) {
        const Case c{.loss = loss, .alpha = alpha, .noise = 1.0, .ridge = 0.0, .fraction = 0.3, .intercept = intercept};
        const FixedPoint limit = solved(c);
        EXPECT_EQ(limit.regime, Regime::ridge) << c;
        EXPECT_TRUE(std::isfinite(limit.response)) << c;
        EXPECT_GT(limit.training_loss, 0.0) << c;
        const replica_tests::Violation off = replica_tests::violation(c, limit);
        EXPECT_LE(off.worst, replica_tests::tolerance(c, limit)) << c << " " << off.where;
        const FixedPoint small = at_ridge(c, 1e-9);
        EXPECT_NEAR(small.overlap, limit.overlap, 1e-5 * limit.overlap) << c;
        EXPECT_NEAR(small.norm, limit.norm, 1e-5 * limit.norm) << c;
        EXPECT_NEAR(small.intercept, limit.intercept, 1e-5) << c;
        EXPECT_NEAR(small.training_loss, limit.training_loss, 1e-7) << c;
      }
    }
  }
}

TEST(NoRidge, LogisticOnSeparableDataIsRefusedWithTheThreshold) {
  const FixedPoint found = replica::solve(problem({.loss = "logistic", .alpha = 2.0, .noise = 1.0, .ridge = 0.0}));
  EXPECT_EQ(found.status, Status::not_applicable);
  EXPECT_NE(found.message.find("alpha* = 3.70003"), std::string::npos) << found.message;
  EXPECT_NE(found.message.find("loss.ridge"), std::string::npos) << found.message;
  const FixedPoint perceptron =
      replica::solve(problem({.loss = "logistic", .alpha = 90.0, .noise = 1.0, .ridge = 0.0, .perceptron = true}));
  EXPECT_EQ(perceptron.status, Status::not_applicable);
  EXPECT_NE(perceptron.message.find("separable at every alpha"), std::string::npos) << perceptron.message;
  // The threshold is the one with an intercept where one is fitted: 6.94 for rho = 0.1 here.
  const Case between{.loss = "logistic", .alpha = 5.0, .noise = 1.0, .ridge = 0.0, .fraction = 0.1};
  EXPECT_EQ(replica::solve(problem(between)).status, Status::ok);
  Case fitted = between;
  fitted.intercept = true;
  EXPECT_EQ(replica::solve(problem(fitted)).status, Status::not_applicable);
}

TEST(NoRidge, ThePerceptronHasItsMaxMarginToo) {
  const Case c{.loss = "hinge", .alpha = 3.0, .noise = 1.0, .ridge = 0.0, .perceptron = true};
  const FixedPoint limit = solved(c);
  EXPECT_EQ(limit.regime, Regime::max_margin);
  EXPECT_NEAR(at_ridge(c, 1e-9).norm, limit.norm, 1e-6 * limit.norm);
}

// w becomes proportional to the sum of all y x: Hebb's rule, whose error for even labels is the Bayes-optimal one.
TEST(LargeRidge, IsBayesOptimalForEvenLabels) {  // replica.E16
  for (const char* loss : {"square", "logistic", "hinge", "squared-hinge"}) {
    for (const double alpha : {0.3, 4.0}) {
      const Case c{.loss = loss, .alpha = alpha, .noise = 0.7};
      const double q = alpha / (alpha + c.noise);
      const double bayes = 0.5 * std::erfc(std::sqrt(q / c.noise / 2.0));
      EXPECT_NEAR(at_ridge(c, 1e7).generalisation_error, bayes, 1e-7) << c;
      EXPECT_GT(at_ridge(c, 1e-2).generalisation_error, bayes * (1.0 + 1e-4)) << c;
    }
  }
}

// ---- zero weights ----

// Above alpha0 the hinge gives up: every margin of the frequent label at kappa, and w = 0 at every ridge.
TEST(ZeroWeights, BeginAtTheThreshold) {  // replica.E14
  for (const auto& [noise, fraction] : {std::pair{5.0, 0.1}, {40.0, 0.35}}) {
    const double alpha0 =
        replica_tests::collapse({.loss = "hinge", .noise = noise, .fraction = fraction, .intercept = true});
    for (const double ridge : {1e-3, 1.0, 100.0}) {
      Case c{.loss = "hinge",
             .alpha = alpha0 * (1.0 - 1e-4),
             .noise = noise,
             .ridge = ridge,
             .fraction = fraction,
             .intercept = true};
      const FixedPoint below = solved(c);
      EXPECT_NE(below.regime, Regime::zero_weights) << c;
      EXPECT_GT(below.norm, 0.0) << c;
      c.alpha = alpha0 * (1.0 + 1e-4);
      const FixedPoint above = solved(c);
      EXPECT_EQ(above.regime, Regime::zero_weights) << c;
      EXPECT_EQ(above.norm, 0.0) << c;
      EXPECT_EQ(above.overlap, 0.0) << c;
      EXPECT_EQ(above.intercept, -1.0) << c << ": the frequent label is -1";
      EXPECT_NEAR(above.generalisation_error, fraction, 1e-15) << c;
      // Rare samples have margin -1 and loss 2.
      EXPECT_NEAR(above.objective, 2.0 * c.alpha * fraction, 1e-13 * above.objective) << c;
      EXPECT_FALSE(above.stability.has_value());
      // Weights fade out towards the threshold, where the objective is the same on both sides.
      EXPECT_NEAR(below.objective / below.training_loss, 1.0, 1e-2) << c;
      EXPECT_NEAR(below.objective, above.objective, 1e-3 * above.objective) << c;
    }
  }
}

// A kink with forces of both signs: the weights fade out as alpha0 - alpha, their square as its square, and are
// continuous at the threshold of their own.
TEST(ZeroWeights, OfTwoSidedKinksBeginAtTheirOwnThreshold) {  // replica.E14
  for (const auto& [noise, fraction] : {std::pair{5.0, 0.1}, {40.0, 0.35}}) {
    Case c{.loss = "formula",
           .noise = noise,
           .ridge = 1.0,
           .fraction = fraction,
           .intercept = true,
           .formula = "abs(1-h)"};
    const double alpha0 = replica_tests::collapse(c);
    const auto norm_below = [&](double relative) {
      c.alpha = alpha0 * (1.0 - relative);
      const FixedPoint below = solved(c);
      EXPECT_EQ(below.regime, Regime::ridge) << c;
      const auto off = replica_tests::violation(c, below);
      EXPECT_LE(off.worst, replica_tests::tolerance(c, below)) << c << " " << off.where;
      EXPECT_NEAR(below.intercept, -1.0, 20.0 * std::sqrt(c.noise * below.norm)) << c;
      return below.norm;
    };
    // Nearer than 1e-4 rounding of the margins decides whether residuals reach 1e-14.
    const double near = norm_below(3e-4);
    EXPECT_GT(near, 0.0) << c;
    EXPECT_NEAR(norm_below(3e-3) / near, 100.0, 5.0) << c;
    c.alpha = alpha0 * (1.0 + 1e-6);
    const FixedPoint above = solved(c);
    EXPECT_EQ(above.regime, Regime::zero_weights) << c;
    EXPECT_EQ(above.norm, 0.0) << c;
    EXPECT_EQ(above.intercept, -1.0) << c;
    EXPECT_NEAR(above.objective, 2.0 * c.alpha * fraction, 1e-13 * above.objective) << c;
  }
}

// With more of the frequent label than alpha0 allows the other losses keep weights, and so does the hinge through the
// origin.
TEST(ZeroWeights, BelongToAKinkAndAnIntercept) {
  const Case c{.loss = "hinge", .alpha = 30.0, .noise = 5.0, .ridge = 1.0, .fraction = 0.1, .intercept = true};
  EXPECT_EQ(solved(c).regime, Regime::zero_weights);
  Case other = c;
  other.intercept = false;
  EXPECT_GT(solved(other).norm, 0.0);
  other = c;
  other.loss = "squared-hinge";
  EXPECT_GT(solved(other).norm, 0.0);
  other = c;
  other.fraction = 0.9;
  EXPECT_EQ(solved(other).regime, Regime::zero_weights);
  EXPECT_EQ(solved(other).intercept, 1.0);
}

// ---- stability ----

// 0 <= p <= 1 bounds alpha E[p^2] by alpha E[p] = 1 - lambda V, and the hinge has p = 0 or 1.
TEST(Stability, IsAtLeastRidgeTimesResponseAndEqualForTheHinge) {  // replica.E13
  for (const char* loss : {"square", "logistic", "hinge", "squared-hinge"}) {
    for (const double ridge : {0.0, 1e-3, 1.0, 50.0}) {
      const Case c{.loss = loss, .alpha = 8.0, .noise = 1.0, .ridge = ridge, .fraction = 0.3, .intercept = true};
      const FixedPoint found = solved(c);
      if (std::string(loss) == "hinge") {
        EXPECT_NEAR(*found.stability, found.ridge_times_response, 1e-13) << c;
      } else {
        EXPECT_GT(*found.stability, found.ridge_times_response) << c;
      }
    }
  }
}

// ---- refusals ----

void expect_refused(const Problem& p, const std::string& word) {
  const auto reason = replica::violated(p);
  ASSERT_TRUE(reason.has_value()) << word;
  EXPECT_NE(reason->find(word), std::string::npos) << *reason;
  EXPECT_THROW((void)replica::solve(p), NotApplicable) << word;
}

TEST(Refusals, WhatTheTheoryDoesNotCover) {
  for (const char* formula : {"sigmoid(-h)", "min(1,max(0,1-h))", "1-tanh(h)"}) {
    expect_refused(problem({.loss = "formula", .formula = formula}), "convex");
  }
  for (const char* formula : {"h^2", "abs(h)", "log(exp(h)+exp(-h))"}) {
    expect_refused(problem({.loss = "formula", .formula = formula}), "margin 0");
  }
  Problem three = problem({});
  three.data.model = {"three-clusters", {{"half_width", 0.7}}};
  expect_refused(three, "not linear");
  EXPECT_THROW((void)replica::separability(three.data, Intercept::none), NotApplicable);
  EXPECT_FALSE(replica::violated(problem({})).has_value());
}

TEST(Refusals, InvalidNumbersAreInputErrors) {
  for (const double bad : {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW((void)replica::solve(problem({.alpha = bad})), InputError);
    EXPECT_THROW((void)replica::solve(problem({.noise = bad})), InputError);
    EXPECT_THROW((void)replica::solve(problem({.ridge = bad})), InputError);
  }
}

// ---- formulas ----

TEST(Formulas, SolveLikeTheLossTheySpell) {  // replica.E6
  const std::vector<std::pair<std::string, std::string>> pairs{{"square", "(1-h)^2/2"},
                                                               {"logistic", "log(1+exp(-h))"},
                                                               {"hinge", "max(0,1-h)"},
                                                               {"squared-hinge", "max(0,1-h)^2/2"}};
  for (const auto& [name, formula] : pairs) {
    for (const double ridge : {1e-4, 0.3, 20.0}) {
      const Case c{.loss = name, .alpha = 3.0, .noise = 0.8, .ridge = ridge, .fraction = 0.3, .intercept = true};
      Case typed = c;
      typed.loss = "formula";
      typed.formula = formula;
      const FixedPoint one = solved(c);
      const FixedPoint other = solved(typed);
      EXPECT_NEAR(other.overlap, one.overlap, 1e-10 * one.overlap) << c;
      EXPECT_NEAR(other.norm, one.norm, 1e-10 * one.norm) << c;
      EXPECT_NEAR(other.intercept, one.intercept, 1e-10) << c;
      EXPECT_NEAR(other.response, one.response, 1e-10 * one.response) << c;
      EXPECT_NEAR(other.training_loss, one.training_loss, 1e-9 * one.objective) << c;
    }
  }
}

// Steep, flat, kinked: whatever is convex has a solution.
TEST(Formulas, OfEveryConvexKindAreSolved) {
  for (const char* formula : {"exp(-h)", "max(0,max(1-h,3-5*h))", "max(0,1-h)^4", "abs(1-h)", "softplus(1-h)",
                              "piecewise(h<0,1/2-h,h<1,(1-h)^2/2,0)", "sqrt(1+(h-1)^2)", "log(exp(h-1)+exp(1-h))"}) {
    for (const double ridge : {1e-3, 1.0, 100.0}) {
      const FixedPoint found = solved({.loss = "formula",
                                       .alpha = 2.5,
                                       .noise = 0.8,
                                       .ridge = ridge,
                                       .fraction = 0.3,
                                       .intercept = true,
                                       .formula = formula});
      EXPECT_LE(found.residual, 1e-14) << formula;
      EXPECT_GT(found.norm, 0.0) << formula << " " << ridge;
    }
  }
}

}  // namespace
}  // namespace sgdyn
