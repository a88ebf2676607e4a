// No wrong number leaves with status ok: random problems against eq. (6) of THEORY evaluated by other means.
#include "replica/independent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "sgdyn/theory/replica/separability.hpp"

namespace sgdyn {
namespace {

using replica::FixedPoint;
using replica_tests::Case;
using replica_tests::problem;
using replica_tests::tolerance;
using replica_tests::violation;
using replica_tests::Violation;

const std::array<std::string, 5> formulas{"abs(1-h)", "(1-h)^4", "log(1+exp(-3*h))", "max(0,1-h)^1.5",
                                          "max(max(0,1-h),2*(0.2-h))"};

class RandomCase {
 public:
  RandomCase(unsigned seed, bool perceptron) : engine_(seed), perceptron_(perceptron) {}

  Case operator()() {
    static const std::array<std::string, 4> losses{"square", "logistic", "hinge", "squared-hinge"};
    Case c{.loss = losses[static_cast<std::size_t>(count_++ % 4)]};
    c.alpha = logarithmic(0.05, 50.0);
    c.noise = logarithmic(0.01, 100.0);
    c.ridge = logarithmic(1e-8, 1e4);
    c.fraction = uniform(0.02, 0.98);
    c.intercept = uniform(0.0, 1.0) < 0.6;
    c.perceptron = perceptron_;
    if (c.perceptron) {
      c.fraction = 0.5;
      c.chi = uniform(0.0, 1.0) < 0.5 ? 0.0 : 1.0;
    }
    if (uniform(0.0, 1.0) < 0.3) c.margin = logarithmic(0.1, 10.0);
    return c;
  }

  Case formula() {
    Case c = (*this)();
    c.margin = 1.0;
    c.loss = "formula";
    c.formula = formulas[static_cast<std::size_t>(count_) % formulas.size()];
    return c;
  }

  // Above alpha*, so that every loss has a minimum; labels not so clean that alpha* is astronomical.
  Case without_ridge() {
    Case c = (*this)();
    c.ridge = 0.0;
    c.noise = logarithmic(0.3, 100.0);
    const auto intercept = c.intercept ? Intercept::optimal : Intercept::none;
    c.alpha = logarithmic(1.05, 20.0) * std::max(1.0, replica::separability(problem(c).data, intercept).alpha_star);
    return c;
  }

 private:
  double uniform(double low, double high) { return std::uniform_real_distribution<double>(low, high)(engine_); }
  double logarithmic(double low, double high) { return std::exp(uniform(std::log(low), std::log(high))); }

  std::mt19937_64 engine_;
  bool perceptron_;
  int count_ = 0;
};

struct Tally {
  int solved = 0;
  int zero_weights = 0;
  double worst = 0.0;  // violation in units of its tolerance
  std::string worst_at;
  std::vector<std::string> refusals;
};

// replica.E14: w = 0 if and only if the small weights it describes would need a response of the other sign.
void expect_zero_where_forces_balance(const Case& c, bool zero) {
  constexpr replica_tests::Real undecided = 1e-12L;  // at the threshold either is right
  const auto kink = replica_tests::balancing_kink(c);
  if (!kink) {
    EXPECT_FALSE(zero) << c;
    return;
  }
  const auto response = replica_tests::small_weights_response(c, *kink);
  if (std::fabs(response) > undecided) {
    EXPECT_EQ(zero, response < 0) << c << ": lambda V = " << static_cast<double>(response);
  }
}

void expect_no_weights(const Case& c, const FixedPoint& found) {
  EXPECT_EQ(found.norm, 0.0) << c;
  EXPECT_EQ(found.overlap, 0.0) << c;
  const double objective = replica_tests::objective_without_weights(c, *replica_tests::balancing_kink(c));
  EXPECT_NEAR(found.objective, objective, 1e-13 * objective) << c;
  if (c.loss != "hinge") return;
  const double rare = std::min(c.fraction, 1.0 - c.fraction);
  EXPECT_NEAR(objective, 2.0 * c.alpha * c.margin * rare, 1e-13 * objective) << c;
}

void look_at(const Case& c, Tally& tally) {
  const FixedPoint found = replica::solve(problem(c));
  if (found.status != Status::ok) {
    EXPECT_FALSE(found.message.empty()) << c;
    std::ostringstream what;
    what << c << " margin=" << c.margin << ": " << found.message;
    tally.refusals.push_back(what.str());
    return;
  }
  EXPECT_LE(found.residual, 1e-14) << c;
  const bool zero = found.regime == replica::Regime::zero_weights;
  expect_zero_where_forces_balance(c, zero);
  if (zero) {
    expect_no_weights(c, found);
    ++tally.zero_weights;
    return;
  }
  ++tally.solved;
  const Violation off = violation(c, found);
  const double allowed = tolerance(c, found);
  EXPECT_LE(off.worst, allowed) << c << " margin=" << c.margin << ": equation " << off.where << ", m=" << found.overlap
                                << " q=" << found.q << " g=" << found.proximal_width << " B=" << found.intercept;
  EXPECT_GE(*found.stability, found.ridge_times_response * (1.0 - 1e-12) - 1e-14) << c;  // replica.E13
  if (off.worst / allowed > tally.worst) {
    tally.worst = off.worst / allowed;
    std::ostringstream where;
    where << c << " equation " << off.where << " off by " << off.worst;
    tally.worst_at = where.str();
  }
}

Tally look_at_all(int count, const std::function<Case()>& draw, std::size_t allowed_refusals = 0) {
  Tally tally;
  for (int i = 0; i < count; ++i) look_at(draw(), tally);
  testing::Test::RecordProperty("worst_over_tolerance", std::to_string(tally.worst));
  testing::Test::RecordProperty("worst_at", tally.worst_at);
  testing::Test::RecordProperty("zero_weights", tally.zero_weights);
  EXPECT_LE(tally.refusals.size(), allowed_refusals)
      << "every one of these problems has a minimiser, also " << testing::PrintToString(tally.refusals);
  return tally;
}

Tally sweep(unsigned seed, int count, bool perceptron) {
  RandomCase draw(seed, perceptron);
  return look_at_all(count, [&] { return draw(); });
}

// The check itself rings for a number in the eighth digit.
TEST(IndependentCheck, SeesAnErrorInAnyReportedNumber) {
  const std::vector<Case> cases{{.loss = "logistic", .fraction = 0.3, .intercept = true},
                                {.loss = "hinge", .fraction = 0.3, .intercept = true},
                                {.loss = "squared-hinge", .noise = 1.0, .perceptron = true}};
  for (const Case& c : cases) {
    const FixedPoint right = replica::solve(problem(c));
    EXPECT_LE(violation(c, right).worst, tolerance(c, right)) << c;
    for (double FixedPoint::*number :
         {&FixedPoint::overlap, &FixedPoint::norm, &FixedPoint::q, &FixedPoint::response, &FixedPoint::proximal_width,
          &FixedPoint::objective, &FixedPoint::training_loss, &FixedPoint::generalisation_error}) {
      FixedPoint wrong = right;
      wrong.*number *= 1.0 + 1e-8;
      if (c.perceptron && c.chi != 0.0 && number == &FixedPoint::generalisation_error) continue;
      EXPECT_GT(violation(c, wrong).worst, 1e-10) << c;
      wrong.*number = std::numeric_limits<double>::quiet_NaN();
      EXPECT_FALSE(violation(c, wrong).worst <= tolerance(c, right)) << c;
    }
    if (!c.intercept) continue;
    FixedPoint wrong = right;
    wrong.intercept += 1e-8;
    EXPECT_GT(violation(c, wrong).worst, 1e-10) << c;
    wrong.intercept = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(violation(c, wrong).worst <= tolerance(c, right)) << c;
  }
}

// replica.E1, replica.E2, replica.E3, replica.E4, replica.E5, replica.E6
TEST(IndependentCheck, HoldsForRandomClusters) {
  const Tally tally = sweep(1, 200, false);
  EXPECT_GE(tally.solved, 190);
  EXPECT_GE(tally.zero_weights, 1) << "else replica.E14 is not looked at";
}

TEST(IndependentCheck, HoldsForRandomClustersWithoutRidge) {
  RandomCase draw(6, false);
  const Tally tally = look_at_all(200, [&] { return draw.without_ridge(); });
  EXPECT_GE(tally.solved, 150);
}

TEST(IndependentCheckSlow, HoldsForRandomFormulas) {  // replica.E6
  RandomCase draw(5, false);
  // Lines that meet leave residuals of 1e-14 to 1e-12 at large ridges, where the frequent label is at the kink: which
  // theory/replica refuses, honest, if strict.
  const Tally tally = look_at_all(
      300, [&] { return draw.formula(); }, 6);
  for (const std::string& refused : tally.refusals) {
    const bool of_lines =
        refused.find("abs(1-h)") != std::string::npos || refused.find("max(max(") != std::string::npos;
    EXPECT_TRUE(of_lines && refused.find("rounding hides the solution") != std::string::npos) << refused;
  }
  EXPECT_GE(tally.solved, 250);
  EXPECT_GE(tally.zero_weights, 1) << "else replica.E14 is not looked at for kinks of two sides";
}

// Kinks narrow against the law of the projection need a fine quadrature over it.
TEST(IndependentCheck, HoldsForRandomPerceptrons) {  // replica.E3
  const Tally tally = sweep(3, 150, true);
  EXPECT_EQ(tally.solved, 150);
}

TEST(IndependentCheckSlow, HoldsForTwoThousandRandomPerceptrons) {
  const Tally tally = sweep(4, 2000, true);
  EXPECT_EQ(tally.solved, 2000);
}

TEST(IndependentCheckSlow, HoldsForEightThousandRandomClusters) {
  const Tally tally = sweep(2, 8000, false);
  EXPECT_GE(tally.solved, 7500);
}

}  // namespace
}  // namespace sgdyn
