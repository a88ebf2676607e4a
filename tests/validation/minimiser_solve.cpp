// One data set: the minimiser of eq. 1 against closed forms and against the conditions that characterise it.
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "sgdyn/validation/minimiser/instance.hpp"
#include "sgdyn/validation/minimiser/multipliers.hpp"
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

// The bound must hold where it is loose as well: stopped long before the minimum.
TEST(MinimiserSolve, GapBoundsTheDistance) {  // lambda N/2 |x - x*|^2 <= gap
  EXPECT_DOUBLE_EQ(minimiser::distance_of_gap(8.0, 4.0, 0.5), 4.0);
  EXPECT_EQ(minimiser::distance_of_gap(0.0, 4.0, 0.0), 0.0);
}

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

// 0 = A^T p + lambda N x with p = -1 below kappa, 0 beyond, between at kappa.
void expect_hinge_conditions(const Solved& s, double kappa) {
  const Eigen::VectorXd h = s.A * s.x;
  Eigen::VectorXd p = Eigen::VectorXd::Zero(h.size());
  std::vector<Eigen::Index> at_margin;
  for (Eigen::Index mu = 0; mu < h.size(); ++mu) {
    if (std::fabs(h[mu] - kappa) < 1e-7)
      at_margin.push_back(mu);
    else
      p[mu] = h[mu] < kappa ? -1.0 : 0.0;
  }
  ASSERT_FALSE(at_margin.empty());
  Eigen::MatrixXd active(s.A.cols(), static_cast<Eigen::Index>(at_margin.size()));
  for (std::size_t k = 0; k < at_margin.size(); ++k) {
    active.col(static_cast<Eigen::Index>(k)) = s.A.row(at_margin[k]).transpose();
  }
  const Eigen::VectorXd rest = -(s.A.transpose() * p + s.penalty() * s.x);
  const Eigen::VectorXd found = active.colPivHouseholderQr().solve(rest);
  EXPECT_LT((active * found - rest).norm(), 1e-6 * rest.norm());
  EXPECT_LT(found.maxCoeff(), 1e-7);
  EXPECT_GT(found.minCoeff(), -1.0 - 1e-7);
}

TEST(MinimiserSolve, HingeObeysItsOptimalityConditions) {  // Karush, Kuhn, Tucker
  for (const Intercept intercept : both) {
    for (const double ridge : {1.0, 0.05, 1e-4}) {
      const Solved s({"hinge", {{"margin", 0.7}}, {}},
                     {.alpha = 3.0, .ridge = ridge, .fraction = 0.4, .intercept = intercept}, 80);
      ASSERT_EQ(s.solution.failure, "") << ridge;
      expect_hinge_conditions(s, 0.7);
    }
  }
}

TEST(MinimiserSolve, WithoutRidgeTheHingeSolvesItsLinearProgramme) {  // not separable: a vertex
  const Solved s({"hinge", {{"margin", 0.7}}, {}}, {.alpha = 8.0, .ridge = 0.0, .intercept = Intercept::optimal}, 40);
  ASSERT_EQ(s.solution.failure, "");
  EXPECT_FALSE(s.solution.fits_all);
  const Eigen::VectorXd h = s.A * s.x;
  EXPECT_EQ(((h.array() - 0.7).abs() < 1e-8).count(), 41);
  expect_hinge_conditions(s, 0.7);
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
