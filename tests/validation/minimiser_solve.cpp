// One data set: the minimiser of eq. 1 against closed forms and against the conditions that characterise it.
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "sgdyn/validation/minimiser/instance.hpp"
#include "sgdyn/validation/minimiser/multipliers.hpp"
#include "sgdyn/validation/minimiser/objective.hpp"
#include "sgdyn/validation/minimiser/terms.hpp"
#include "support/minimiser_problems.hpp"

namespace sgdyn {
namespace {

using minimiser_problems::Solved;
using minimiser_problems::Two;

const std::vector<Intercept> both{Intercept::none, Intercept::optimal};

std::vector<Component> convex_losses() {
  return {{"square", {}, {}},
          {"logistic", {}, {}},
          {"squared-hinge", {}, {}},
          {"hinge", {{"margin", 0.7}}, {}},
          {"formula", {}, {{"formula", "softplus(2*(1-h))-(1-h)"}}},
          {"formula", {}, {{"formula", "abs(1-h)+0.1*h^2"}}},
          {"formula", {}, {{"formula", "max(0,1-h)+max(0,-h)"}}}};
}

std::string label(const Component& loss, const Two& two) {
  return loss.name + (loss.texts.empty() ? "" : " " + loss.texts.begin()->second) + " ridge " +
         std::to_string(two.ridge) + (two.intercept == Intercept::optimal ? " with intercept" : "");
}

Eigen::VectorXd values(const Solved& s, void (Loss::*function)(std::span<const double>, std::span<double>) const) {
  const Eigen::VectorXd h = s.A * s.x;
  Eigen::VectorXd out(h.size());
  ((*s.task.loss).*function)({h.data(), static_cast<std::size_t>(h.size())},
                             {out.data(), static_cast<std::size_t>(out.size())});
  return out;
}

double objective(const Solved& s, const Eigen::VectorXd& x) {
  const Eigen::VectorXd h = s.A * x;
  Eigen::VectorXd out(h.size());
  s.task.loss->value({h.data(), static_cast<std::size_t>(h.size())},
                     {out.data(), static_cast<std::size_t>(out.size())});
  return out.sum() + 0.5 * x.dot(s.penalty() * x);
}

TEST(MinimiserSolve, SquareLossSolvesTheNormalEquations) {  // eq. 1: (A^T A + lambda N) x = A^T 1
  for (const Intercept intercept : both) {
    for (const double ridge : {1.0, 0.01, 1e-5}) {
      const Solved s({"square", {}, {}}, {.ridge = ridge, .fraction = 0.3, .intercept = intercept}, 120);
      ASSERT_EQ(s.solution.failure, "");
      const Eigen::MatrixXd H = s.A.transpose() * s.A + s.penalty();
      const Eigen::VectorXd exact = H.ldlt().solve(s.A.transpose() * Eigen::VectorXd::Ones(s.A.rows()));
      EXPECT_LT((s.x - exact).norm(), 1e-8 * exact.norm()) << ridge;
      EXPECT_LT((s.x - exact).head(120).norm(), s.solution.distance * exact.head(120).norm() + 1e-13) << "certified";
    }
  }
}

// ---- the bound ----

// Points at many distances from the minimiser: the bound must hold where it is loose as well as where it is tight.
std::vector<minimiser::Unknowns> around(const Solved& s) {
  std::vector<minimiser::Unknowns> points;
  const auto n = static_cast<Eigen::Index>(s.data.dimension());
  const minimiser::Margins margins(s.data, s.task.intercept);
  std::srand(3);
  for (const double off : {1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6}) {
    for (int k = 0; k < 8; ++k) {
      minimiser::Unknowns x = s.solution.x;
      x.head(n) += off * x.head(n).norm() / std::sqrt(static_cast<double>(n)) * Eigen::VectorXd::Random(n);
      if (margins.has_intercept()) x[margins.intercept_entry()] += off * Eigen::VectorXd::Random(1)[0];
      points.push_back(x);
    }
  }
  return points;
}

void expect_bounded(double gap, double ridge, double excess, double apart, const std::string& where) {
  EXPECT_GE(gap, excess * (1.0 - 1e-6)) << where;  // the minimum itself is known to 1e-12
  // Both points belong to the same strongly convex function.
  EXPECT_GE(minimiser::distance_of_gap(gap, ridge, 1.0), apart * (1.0 - 1e-6)) << where;
}

std::vector<double> margins_of(const Solved& s, const minimiser::Unknowns& x) {
  std::vector<double> h(s.data.samples());
  minimiser::Margins(s.data, s.task.intercept).apply(x.data(), h);
  return h;
}

double sum_of_losses(const Solved& s, const minimiser::Unknowns& x) {
  std::vector<double> value = margins_of(s, x);
  s.task.loss->value(value, value);
  return std::accumulate(value.begin(), value.end(), 0.0);
}

double length(const Solved& s, const minimiser::Unknowns& x) {
  return x.head(static_cast<Eigen::Index>(s.data.dimension())).norm();
}

TEST(MinimiserSolve, DistanceOfAGap) {  // lambda N/2 |x - x*|^2 <= gap
  EXPECT_DOUBLE_EQ(minimiser::distance_of_gap(8.0, 4.0, 0.5), 4.0);
  EXPECT_EQ(minimiser::distance_of_gap(0.0, 4.0, 0.0), 0.0);
}

TEST(MinimiserSolve, GapOfTheGradientBoundsTheDistance) {  // P(x) - P(x*), and lambda N/2 |x - x*|^2
  for (const Component& loss :
       {Component{"square", {}, {}}, Component{"logistic", {}, {}}, Component{"squared-hinge", {}, {}}}) {
    for (const Intercept intercept : both) {
      const Two two{.alpha = 3.0, .ridge = 0.2, .fraction = 0.3, .intercept = intercept};
      const Solved s(loss, two, 60);
      const double ridge = two.ridge * 60.0;
      const minimiser::Margins margins(s.data, intercept);
      minimiser::LossTerms terms(*s.task.loss, s.data.samples());
      minimiser::Objective objective(margins, terms, ridge);
      minimiser::Unknowns gradient;
      const double best = objective.evaluate(s.solution.x, gradient);
      for (const minimiser::Unknowns& x : around(s)) {
        const double excess = objective.evaluate(x, gradient) - best;
        const double gap = minimiser::gap_of_gradient(objective, x);
        expect_bounded(gap, ridge, excess, length(s, x - s.solution.x), label(loss, two));
      }
    }
  }
}

// Multipliers near the true ones, as the method has them in its last stages.
struct Stage {
  Stage(const Solved& s, const minimiser::Proximal& proximal, double ridge)
      : margins(s.data, s.task.intercept), terms(proximal, s.data.samples()), objective(margins, terms, ridge) {
    minimiser::Unknowns x = s.solution.x;
    minimiser::Unknowns gradient;
    for (double width = 1.0; width > 1e-3; width *= 0.2) {
      terms.set_width(width);
      newton(objective, x, {.step = 1e-10}, [] { return false; });
      objective.evaluate(x, gradient);
      terms.update();
    }
  }

  minimiser::Margins margins;
  minimiser::EnvelopeTerms terms;
  minimiser::Objective objective;
};

TEST(MinimiserSolve, GapOfTheMultipliersBoundsTheDistance) {
  for (const Component& loss : {Component{"hinge", {}, {}}, Component{"squared-hinge", {}, {}},
                                Component{"formula", {}, {{"formula", "max(max(0,1-h),2*(0.2-h))"}}},
                                Component{"formula", {}, {{"formula", "abs(1-h)+0.1*h^2"}}}}) {
    for (const Intercept intercept : both) {
      const Two two{.alpha = 3.0, .ridge = 0.2, .fraction = 0.3, .intercept = intercept};
      const Solved s(loss, two, 60);
      const double ridge = two.ridge * 60.0;
      const minimiser::LossProximal proximal(*s.task.loss);
      Stage stage(s, proximal, ridge);
      const minimiser::KinkedProblem problem{.proximal = proximal, .ridge = ridge};
      const auto value = [&](const minimiser::Unknowns& x) {
        return sum_of_losses(s, x) + 0.5 * ridge * length(s, x) * length(s, x);
      };
      const double best = value(s.solution.x);
      for (const minimiser::Unknowns& x : around(s)) {
        const double gap = duality_gap(stage.objective, stage.terms, problem, x).gap;
        expect_bounded(gap, ridge, value(x) - best, length(s, x - s.solution.x), label(loss, two));
      }
    }
  }
}

TEST(MinimiserSolve, GapOfTheLargestMarginBoundsTheDistance) {  // of 1/2 |x|^2 with all margins at least 1
  for (const Intercept intercept : both) {
    const Two two{.alpha = 1.5, .ridge = 0.0, .fraction = 0.3, .intercept = intercept};
    const Solved s({"hinge", {}, {}}, two, 60);
    ASSERT_TRUE(s.solution.fits_all);
    const minimiser::Constraint constraint(1.0);
    Stage stage(s, constraint, 1.0);
    const minimiser::KinkedProblem problem{
        .proximal = constraint, .ridge = 1.0, .certificate = minimiser::Certificate::scaled_gap, .anchor = 1.0};
    int bounded = 0;
    for (const minimiser::Unknowns& x : around(s)) {
      const minimiser::GapAt at = duality_gap(stage.objective, stage.terms, problem, x);
      if (std::isinf(at.gap)) continue;  // x separates nothing, or the multipliers are not feasible
      ++bounded;
      const minimiser::Unknowns feasible = at.scale * x;
      const std::vector<double> h = margins_of(s, feasible);
      EXPECT_GE(*std::min_element(h.begin(), h.end()), 1.0 - 1e-12);
      const double excess = 0.5 * (std::pow(length(s, feasible), 2) - std::pow(length(s, s.solution.x), 2));
      // What is known of the minimum: 1e-7 of the weights.
      EXPECT_GE(at.gap, excess - 1e-6 * std::pow(length(s, feasible), 2));
      EXPECT_GE(minimiser::distance_of_gap(at.gap, 1.0, 1.0), length(s, feasible - s.solution.x) * (1.0 - 1e-3));
    }
    EXPECT_GE(bounded, 8);
  }
}

// ---- the minimum ----

TEST(MinimiserSolve, NoDirectionDescends) {  // eq. 1 is convex: no neighbour is better, however far
  for (const Component& loss : convex_losses()) {
    for (const Intercept intercept : both) {
      const Two two{.alpha = 3.0, .ridge = 0.2, .fraction = 0.4, .intercept = intercept};
      const Solved s(loss, two, 60);
      ASSERT_EQ(s.solution.failure, "") << label(loss, two);
      EXPECT_LE(s.solution.distance, 1e-6) << label(loss, two);
      const double best = objective(s, s.x);
      std::srand(7);
      for (int k = 0; k < 40; ++k) {
        const Eigen::VectorXd direction = Eigen::VectorXd::Random(s.x.size());
        for (const double step : {1e-5, 1e-3, 0.1}) {
          EXPECT_GT(objective(s, s.x + step * direction), best - 1e-12 * best) << label(loss, two) << " " << step;
        }
      }
    }
  }
}

TEST(MinimiserSolve, GradientVanishesForSmoothLosses) {  // and with an intercept sum y l' = 0
  for (const Component& loss : convex_losses()) {
    for (const double ridge : {1.0, 1e-3}) {
      const Two two{.alpha = 4.0, .ridge = ridge, .fraction = 0.3, .intercept = Intercept::optimal};
      const Solved s(loss, two, 80);
      if (!s.task.loss->smooth()) continue;
      ASSERT_EQ(s.solution.failure, "") << label(loss, two);
      const Eigen::VectorXd slope = values(s, &Loss::d1);
      const Eigen::VectorXd gradient = s.A.transpose() * slope + s.penalty() * s.x;
      EXPECT_LT(gradient.head(80).norm(), 1e-6 * ridge * 80.0 * s.x.norm()) << label(loss, two);
      EXPECT_LT(std::fabs(gradient[80]), 1e-5) << label(loss, two);  // one sample contributes of order 1
    }
  }
}

// The slopes that every sample may have: l'(h), at a break of l everything between both sides.
struct Slopes {
  Eigen::VectorXd below, above;
};

Slopes slopes_at(const Solved& s, std::vector<double> breaks) {
  constexpr double near = 1e-6;    // of a break; margins between breaks lie farther away but for a few in a million
  constexpr double beside = 1e-9;  // where slopes are taken: they change by as much times l''
  if (const auto kappa = s.task.loss->margin()) breaks.push_back(*kappa);
  const Eigen::VectorXd h = s.A * s.x;
  Slopes slopes{values(s, &Loss::d1), values(s, &Loss::d1)};
  for (Eigen::Index mu = 0; mu < h.size(); ++mu) {
    for (const double at : breaks) {
      if (std::fabs(h[mu] - at) > near) continue;
      const double below = s.task.loss->slope_at(at - beside);
      const double above = s.task.loss->slope_at(at + beside);
      if (above - below < 1e-3) continue;  // no jump
      slopes.below[mu] = below;
      slopes.above[mu] = above;
    }
  }
  return slopes;
}

// Karush, Kuhn, Tucker: 0 = A^T p + lambda N x with p between the slopes. Those of samples at breaks are found by least
// squares, which is unique for fewer than unknowns.
void expect_optimal(const Solved& s, const std::string& where) {
  const auto declared = s.task.loss->breaks();
  const Slopes slopes = slopes_at(s, {declared.begin(), declared.end()});
  Eigen::VectorXd p = slopes.above;
  std::vector<Eigen::Index> free;
  for (Eigen::Index mu = 0; mu < p.size(); ++mu) {
    if (slopes.above[mu] - slopes.below[mu] < 1e-3) continue;
    free.push_back(mu);
    p[mu] = 0.0;
  }
  Eigen::MatrixXd active(s.A.cols(), static_cast<Eigen::Index>(free.size()));
  for (std::size_t k = 0; k < free.size(); ++k) active.col(static_cast<Eigen::Index>(k)) = s.A.row(free[k]).transpose();
  const Eigen::VectorXd rest = -(s.A.transpose() * p + s.penalty() * s.x);
  const double scale = (s.A.transpose() * slopes.below.cwiseAbs()).norm();
  Eigen::VectorXd left = rest;
  if (!free.empty()) {
    const Eigen::VectorXd found = active.colPivHouseholderQr().solve(rest);
    left = active * found - rest;
    for (std::size_t k = 0; k < free.size(); ++k) {
      const double each = found[static_cast<Eigen::Index>(k)];
      EXPECT_GT(each, slopes.below[free[k]] - 1e-7) << where;
      EXPECT_LT(each, slopes.above[free[k]] + 1e-7) << where;
    }
  }
  // Weights are within 1e-6 of themselves, which moves the slopes of curved losses by as much.
  EXPECT_LT(left.norm(), 1e-6 * scale) << where;
}

TEST(MinimiserSolve, EveryLossObeysItsOptimalityConditions) {  // Karush, Kuhn, Tucker
  std::vector<Component> losses = convex_losses();
  losses.push_back({"formula", {}, {{"formula", "max(max(0,1-h),2*(0.2-h))"}}});
  losses.push_back({"formula", {}, {{"formula", "max(0,1-h)^1.5"}}});
  for (const Component& loss : losses) {
    for (const Intercept intercept : both) {
      for (const double ridge : {1.0, 0.01}) {
        const Two two{.alpha = 3.0, .ridge = ridge, .fraction = 0.4, .intercept = intercept};
        const Solved s(loss, two, 60);
        ASSERT_EQ(s.solution.failure, "") << label(loss, two);
        expect_optimal(s, label(loss, two));
      }
    }
  }
}

// The conditions ring for weights off by more than is accepted.
TEST(MinimiserSolve, OptimalityConditionsSeeAnError) {
  Solved s({"hinge", {{"margin", 0.7}}, {}}, {.alpha = 3.0, .ridge = 0.2, .fraction = 0.4}, 60);
  const Slopes right = slopes_at(s, {});
  EXPECT_GT((right.above - right.below).sum(), 10.0) << "samples at the kink";
  s.x *= 1.0 + 1e-4;
  const Slopes wrong = slopes_at(s, {});
  EXPECT_EQ((wrong.above - wrong.below).sum(), 0.0);
  EXPECT_GT((s.A.transpose() * wrong.above + s.penalty() * s.x).norm(), 0.1);
}

TEST(MinimiserSolve, HingeObeysItsOptimalityConditions) {  // Karush, Kuhn, Tucker
  for (const Intercept intercept : both) {
    for (const double ridge : {1.0, 0.05, 1e-4}) {
      const Solved s({"hinge", {{"margin", 0.7}}, {}},
                     {.alpha = 3.0, .ridge = ridge, .fraction = 0.4, .intercept = intercept}, 80);
      ASSERT_EQ(s.solution.failure, "") << ridge;
      expect_optimal(s, std::to_string(ridge));
    }
  }
}

TEST(MinimiserSolve, WithoutRidgeTheHingeSolvesItsLinearProgramme) {  // not separable: a vertex
  const Solved s({"hinge", {{"margin", 0.7}}, {}}, {.alpha = 8.0, .ridge = 0.0, .intercept = Intercept::optimal}, 40);
  ASSERT_EQ(s.solution.failure, "");
  EXPECT_FALSE(s.solution.fits_all);
  const Eigen::VectorXd h = s.A * s.x;
  EXPECT_EQ(((h.array() - 0.7).abs() < 1e-8).count(), 41);
  expect_optimal(s, "without ridge");
}

// min |w|^2 with all margins at least kappa: w = sum a_mu y_mu x_mu with a >= 0, a = 0 beyond kappa, sum a y = 0.
TEST(MinimiserSolve, SeparableDataTendToTheLargestMargin) {  // THEORY 6, lambda -> 0
  for (const std::string name : {"hinge", "squared-hinge"}) {
    for (const Intercept intercept : both) {
      const Solved s({name, {{"margin", 2.0}}, {}}, {.alpha = 1.5, .ridge = 0.0, .intercept = intercept}, 80);
      ASSERT_EQ(s.solution.failure, "") << name;
      EXPECT_TRUE(s.solution.fits_all);
      const Eigen::VectorXd h = s.A * s.x;
      EXPECT_NEAR(h.minCoeff(), 2.0, 1e-6);
      Eigen::VectorXd target = s.x;
      if (intercept == Intercept::optimal) target[80] = 0.0;
      std::vector<Eigen::Index> support;
      for (Eigen::Index mu = 0; mu < h.size(); ++mu) {
        if (h[mu] < 2.0 + 1e-5) support.push_back(mu);
      }
      Eigen::MatrixXd active(s.A.cols(), static_cast<Eigen::Index>(support.size()));
      for (std::size_t k = 0; k < support.size(); ++k) {
        active.col(static_cast<Eigen::Index>(k)) = s.A.row(support[k]).transpose();
      }
      const Eigen::VectorXd a = active.colPivHouseholderQr().solve(target);
      EXPECT_LT((active * a - target).norm(), 1e-5 * target.norm()) << name;
      EXPECT_GT(a.minCoeff(), -1e-7) << name;
    }
  }
}

TEST(MinimiserSolve, RidgeTendsToItsLimit) {
  const Two limit{.alpha = 1.5, .ridge = 0.0};
  for (const std::string name : {"hinge", "squared-hinge", "square"}) {
    const Solved s({name, {}, {}}, limit, 60);
    const Solved near({name, {}, {}}, {.alpha = 1.5, .ridge = 1e-7}, 60);
    ASSERT_EQ(s.solution.failure, "") << name;
    ASSERT_EQ(near.solution.failure, "") << name;
    EXPECT_LT((s.x - near.x).norm(), 1e-3 * s.x.norm()) << name;
  }
}

// A faint ridge leaves the vertex of a linear programme where it is. With wide envelopes, before multipliers have
// grown, everything stands still at another place, which once passed for the minimum.
TEST(MinimiserSolve, FaintRidgeLeavesTheVertexOfTheHinge) {
  const Two limit{.alpha = 6.0, .ridge = 0.0, .fraction = 0.3, .intercept = Intercept::optimal};
  const Solved s({"hinge", {}, {}}, limit, 80);
  ASSERT_EQ(s.solution.failure, "");
  for (const double ridge : {1e-6, 1e-8}) {
    Two faint = limit;
    faint.ridge = ridge;
    const Solved near({"hinge", {}, {}}, faint, 80);
    ASSERT_EQ(near.solution.failure, "") << ridge;
    EXPECT_LT((s.x - near.x).norm(), 1e-6 * s.x.norm()) << ridge;
  }
}

TEST(MinimiserSolve, FewerSamplesThanWeightsAreInterpolated) {  // pseudo-inverse: of all w with h = 1 the shortest
  for (const Intercept intercept : both) {
    const Solved s({"square", {}, {}}, {.alpha = 0.5, .ridge = 0.0, .intercept = intercept}, 100);
    ASSERT_EQ(s.solution.failure, "");
    EXPECT_TRUE(s.solution.fits_all);
    const Eigen::VectorXd h = s.A * s.x;
    EXPECT_LT((h.array() - 1.0).abs().maxCoeff(), 1e-8);
    // The rows, of which the weights are a combination whose coefficients times the labels add up to zero.
    Eigen::VectorXd target = s.x;
    if (intercept == Intercept::optimal) target[100] = 0.0;
    const Eigen::VectorXd a = s.A.transpose().colPivHouseholderQr().solve(target);
    EXPECT_LT((s.A.transpose() * a - target).norm(), 1e-8 * target.norm());
  }
}

TEST(MinimiserSolve, SeparableDataWithoutRidgeHaveNoLogisticMinimum) {
  const Solved s({"logistic", {}, {}}, {.alpha = 1.0, .ridge = 0.0}, 50);
  EXPECT_NE(s.solution.failure.find("separable"), std::string::npos) << s.solution.failure;
  const Solved inseparable({"logistic", {}, {}}, {.alpha = 10.0, .ridge = 0.0}, 50);
  EXPECT_EQ(inseparable.solution.failure, "");
  const Eigen::VectorXd gradient = inseparable.A.transpose() * values(inseparable, &Loss::d1);
  EXPECT_LT(gradient.norm(), 1e-6);
}

// Of weights that bring every margin to [1, 3] the shortest are meant, and no interpolation at 3.
TEST(MinimiserSolve, LeastOnAnIntervalIsRefusedWhereAllMarginsFit) {
  const Component flat{"formula", {}, {{"formula", "max(0,abs(h-2)-1)"}}};
  for (const Intercept intercept : both) {
    const Solved few(flat, {.alpha = 0.5, .ridge = 0.0, .intercept = intercept}, 40);
    EXPECT_NE(few.solution.failure.find("interval"), std::string::npos) << few.solution.failure;
    const Solved fit(flat, {.alpha = 1.1, .ridge = 0.0, .intercept = intercept}, 40);
    EXPECT_NE(fit.solution.failure, "") << "more samples than weights, and they fit all the same";
    const Solved many(flat, {.alpha = 8.0, .ridge = 0.0, .intercept = intercept}, 40);
    ASSERT_EQ(many.solution.failure, "");
    expect_optimal(many, "without ridge");
  }
  Two faint{.alpha = 0.5, .ridge = 1e-4};
  const Solved ridge(flat, faint, 40);
  ASSERT_EQ(ridge.solution.failure, "");
  EXPECT_LT((ridge.A * ridge.x).maxCoeff(), 2.9) << "what the refused interpolation would have";
}

// ---- zero weights ----

// min |A^T p| with p between the slopes, by projected gradients: what is left of the conditions.
double left_of_conditions(const Solved& s, const Slopes& slopes) {
  const double step = 1.0 / (s.A.transpose() * s.A).operatorNorm();
  Eigen::VectorXd p = 0.5 * (slopes.below + slopes.above);
  for (int k = 0; k < 1500; ++k) {
    p -= step * (s.A * (s.A.transpose() * p));
    p = p.cwiseMax(slopes.below).cwiseMin(slopes.above);
  }
  return (s.A.transpose() * p).norm();
}

TEST(MinimiserSolve, WeightsThatVanishAreExactlyZero) {  // replica.E14: alpha > 9.06
  for (const double fraction : {0.1, 0.9}) {
    for (const double ridge : {1e-4, 1e-2, 1.0, 1e3}) {
      const Two two{.alpha = 30.0, .noise = 5.0, .ridge = ridge, .fraction = fraction, .intercept = Intercept::optimal};
      const Solved s({"hinge", {{"margin", 0.7}}, {}}, two, 60);
      ASSERT_EQ(s.solution.failure, "") << ridge;
      EXPECT_LE(s.solution.distance, 1e-6);
      EXPECT_TRUE(!s.solution.by_step || ridge < 1.0) << "rounding hides the gap of small ridges alone";
      EXPECT_EQ(s.x.head(60).norm(), 0.0);
      EXPECT_NEAR(s.x[60], fraction < 0.5 ? -0.7 : 0.7, 1e-15);
      const Slopes slopes = slopes_at(s, {});
      EXPECT_LT(left_of_conditions(s, slopes), 1e-6) << "some forces balance at w = 0";
    }
  }
  // Few samples need weights, however large the ridge.
  const Two few{.alpha = 3.0, .noise = 5.0, .ridge = 1e3, .fraction = 0.1, .intercept = Intercept::optimal};
  const Solved s({"hinge", {{"margin", 0.7}}, {}}, few, 60);
  ASSERT_EQ(s.solution.failure, "");
  EXPECT_GT(s.x.head(60).norm(), 0.0);
  expect_optimal(s, "few samples");
}

// A formula says the same as the closed form it is written for.
TEST(MinimiserSolve, FormulasAgreeWithTheLossesTheySpell) {
  for (const auto& [name, formula] : {std::pair{"hinge", "max(0,1-h)"}, {"squared-hinge", "max(0,1-h)^2/2"}}) {
    for (const double ridge : {0.5, 0.0}) {
      const Two two{.alpha = 2.0, .ridge = ridge, .intercept = Intercept::optimal};
      const Solved closed({name, {}, {}}, two, 60);
      const Solved spelled({"formula", {}, {{"formula", formula}}}, two, 60);
      ASSERT_EQ(spelled.solution.failure, "") << formula;
      EXPECT_LT((closed.x - spelled.x).norm(), 2e-6 * closed.x.norm()) << formula << " " << ridge;
    }
  }
}

// u = argmin (u - t)^2/(2 g) + l(u): t - u is g times a subgradient at u.
TEST(MinimiserSolve, ProximalPointsOfFormulas) {
  const auto loss = make_loss({"formula", {}, {{"formula", "max(0,1-h)+max(0,-h)+exp(h)/10"}}});
  const minimiser::LossProximal proximal(*loss);
  std::vector<double> t;
  for (double each = -6.0; each < 6.0; each += 0.0137) t.push_back(each);
  std::vector<double> retreat(t.size());
  std::vector<double> stiffness(t.size());
  for (const double g : {2.0, 0.1, 1e-4}) {
    for (int repeated = 0; repeated < 2; ++repeated) {  // kinks are remembered
      proximal.point(t, g, retreat, stiffness);
      for (std::size_t i = 0; i < t.size(); ++i) {
        const double u = t[i] - retreat[i];
        const std::array<double, 2> beside{u - 1e-9, u + 1e-9};
        std::array<double, 2> slope{};
        loss->d1(beside, slope);
        EXPECT_GE(retreat[i] / g, slope[0] - 1e-6) << t[i];
        EXPECT_LE(retreat[i] / g, slope[1] + 1e-6) << t[i];
        const bool kink = slope[1] - slope[0] > 0.5;
        EXPECT_NEAR(stiffness[i], kink ? 1.0 : g * std::exp(u) / 10.0 / (1.0 + g * std::exp(u) / 10.0), 1e-6);
      }
    }
  }
}

TEST(MinimiserSolve, ErrorOfTwoClustersWithIntercept) {  // THEORY 6: rho Q((m+B)/s) + (1-rho) Q((m-B)/s)
  const double rho = 0.3;
  const double noise = 0.8;
  const auto model = make_data_model({"two-clusters", {{"fraction", rho}}, {}}, noise);
  const double m = 0.6;
  const double C = 1.7;
  const double B = -0.4;
  const double s = std::sqrt(noise * C);
  const auto Q = [](double t) { return 0.5 * std::erfc(t / std::sqrt(2.0)); };
  EXPECT_NEAR(minimiser::generalisation_error(*model, noise, m, C, B),
              rho * Q((m + B) / s) + (1.0 - rho) * Q((m - B) / s), 1e-14);
  for (const std::string name : {"two-clusters", "perceptron"}) {
    const auto plain = make_data_model({name, {}, {}}, noise);
    EXPECT_NEAR(minimiser::generalisation_error(*plain, noise, m, C, 0.0), plain->generalisation_error(m, C), 1e-12);
  }
  EXPECT_EQ(minimiser::generalisation_error(*model, noise, 0.0, 0.0, 0.0), 0.5);
}

}  // namespace
}  // namespace sgdyn
