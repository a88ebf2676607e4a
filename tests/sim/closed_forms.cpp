// The simulator against what is known exactly: at finite N for w(0), at N -> infinity for square loss (THEORY 10).
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"
#include "support/statistics.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;

/// Moments of the Marchenko-Pastur law of (Delta/N) Z^T Z: h_j = int rho (1 - lambda dt - b dt s)^j and k_j with one
/// more factor s. In s = centre + radius cos(angle) the trapezoidal rule converges exponentially.
class MarchenkoPastur {
 public:
  MarchenkoPastur(double alpha, double noise) : atom_(std::max(0.0, 1.0 - alpha)) {
    const double low = noise * std::pow(1.0 - std::sqrt(alpha), 2);
    const double high = noise * std::pow(1.0 + std::sqrt(alpha), 2);
    constexpr int points = 4000;
    for (int i = 1; i < points; ++i) {
      const double angle = std::numbers::pi * i / points;
      const double radius = 0.5 * (high - low);
      const double s = 0.5 * (high + low) + radius * std::cos(angle);
      s_.push_back(s);
      weight_.push_back(std::pow(radius * std::sin(angle), 2) / (2.0 * noise * s) / points);
    }
  }

  [[nodiscard]] double moment(double kept, double rate, int j, int power) const {
    double sum = power == 0 ? atom_ * std::pow(kept, j) : 0.0;
    for (std::size_t i = 0; i < s_.size(); ++i) {
      sum += weight_[i] * std::pow(s_[i], power) * std::pow(kept - rate * s_[i], j);
    }
    return sum;
  }

 private:
  double atom_;
  std::vector<double> s_;
  std::vector<double> weight_;
};

// m(t) of THEORY 10: p(t) = b dt sum_{u<t} k_{t-1-u} (1 - m(u)),
// m(t) = m(0) h_t + b dt sum_{u<t} h_{t-1-u} [alpha (1 - m(u)) - p(u)].
std::vector<double> square_loss_overlap(const Problem& problem, double b) {
  const double rate = b * problem.algorithm.learning_rate;
  const double kept = 1.0 - problem.loss.ridge * problem.algorithm.learning_rate;
  const MarchenkoPastur law(problem.data.alpha, problem.data.noise);
  const int steps = problem.algorithm.steps;
  std::vector<double> h, k, m{problem.initial.overlap}, p{0.0};
  for (int j = 0; j <= steps; ++j) {
    h.push_back(law.moment(kept, rate, j, 0));
    k.push_back(law.moment(kept, rate, j, 1));
  }
  const auto at = [](const std::vector<double>& values, int i) { return values[static_cast<std::size_t>(i)]; };
  for (int t = 1; t <= steps; ++t) {
    double next_m = problem.initial.overlap * at(h, t);
    double next_p = 0.0;
    for (int u = 0; u < t; ++u) {
      next_m += rate * at(h, t - 1 - u) * (problem.data.alpha * (1.0 - at(m, u)) - at(p, u));
      next_p += rate * at(k, t - 1 - u) * (1.0 - at(m, u));
    }
    m.push_back(next_m);
    p.push_back(next_p);
  }
  return m;
}

TEST(MarchenkoPasturLaw, HasItsKnownMoments) {
  for (const double alpha : {0.5, 2.0}) {
    const MarchenkoPastur law(alpha, 0.7);
    EXPECT_NEAR(law.moment(1.0, 0.0, 1, 0), 1.0, 1e-12);
    EXPECT_NEAR(law.moment(1.0, 0.0, 1, 1), alpha * 0.7, 1e-12);
    EXPECT_NEAR(law.moment(1.0, 0.0, 1, 2), alpha * (1.0 + alpha) * 0.49, 1e-12);
  }
}

struct SquareLossCase {
  Component sampling;
  double mean;
  double alpha;
};

class SquareLoss : public testing::TestWithParam<SquareLossCase> {};

// THEORY 10, gradient descent and i.i.d. sampling of mean b. 20 steps, each within 5 standard errors: a correct
// simulator fails a case with probability below 1.2e-5 over choices of the seed. What is left of order 1/N^2 is checked
// to be irrelevant by the requirement that the error bar be small.
TEST_P(SquareLoss, OverlapFollowsMarchenkoPastur) {
  Problem problem = small_problem(square, GetParam().sampling, 20);
  problem.data.alpha = GetParam().alpha;
  problem.data.model.parameters["fraction"] = 0.3;
  const Observables result = simulate(problem, {.dimension = {150, 300, 600}, .runs = 48});
  const std::vector<double> expected = square_loss_overlap(problem, GetParam().mean);
  const Series& m = result.at("overlap");
  for (Eigen::Index t = 1; t <= 20; ++t) {
    EXPECT_LT(m.standard_error[t], 0.01) << "step " << t;
    EXPECT_LT(std::fabs(m.mean[t] - expected[static_cast<std::size_t>(t)]), five_sigma * m.standard_error[t])
        << "step " << t;
  }
}

// Without the extrapolation the same comparison must fail: the finite-size shift is larger than its error.
TEST(SquareLoss, FiniteSizeShiftIsSeenAtSmallN) {
  const Problem problem = small_problem(square, gradient_descent, 20);
  const Observables result = simulate(problem, {.dimension = 20, .runs = 4000});
  const Series& m = result.at("overlap");
  EXPECT_GT(std::fabs(m.mean[20] - square_loss_overlap(problem, 1.0)[20]), five_sigma * m.standard_error[20]);
}

INSTANTIATE_TEST_SUITE_P(
    Schemes, SquareLoss,
    testing::Values(SquareLossCase{gradient_descent, 1.0, 2.0}, SquareLossCase{gradient_descent, 1.0, 0.5},
                    SquareLossCase{sgd(0.3), 0.3, 2.0},
                    SquareLossCase{{.name = "poisson-sgd", .parameters = {{"batch", 0.5}}}, 0.5, 2.0},
                    SquareLossCase{{.name = "gaussian-sgd", .parameters = {{"batch", 0.5}}}, 0.5, 2.0}));

// w(0) is independent of the data, which makes expectations at step 0 exact at any N:
// |w|^2/N = m^2 + R (N-1)/N, square loss alpha/2 [ (1-m)^2 + Delta (m^2 + R (N-1)/N) ], accuracy + error = 1.
// Three comparisons at 5 sigma: false alarm 1.7e-6.
TEST(Start, MomentsAreExactAtFiniteSize) {
  Problem problem = small_problem(square, gradient_descent, 1);
  problem.observables.times = {0};
  constexpr double dimension = 10.0;
  const Observables result = simulate(problem, {.dimension = 10, .runs = 20000});
  const double m = problem.initial.overlap;
  const double norm = m * m + problem.initial.variance * (dimension - 1.0) / dimension;
  const double loss = 0.5 * problem.data.alpha * ((1.0 - m) * (1.0 - m) + problem.data.noise * norm);
  const auto z = [&](const std::string& name, double expected) {
    return std::fabs(result.at(name).mean[0] - expected) / result.at(name).standard_error[0];
  };
  EXPECT_LT(z("norm", norm), five_sigma);
  EXPECT_LT(z("training_loss", loss), five_sigma);
  const Series decisions =
      Series::from_replicates(result.at("training_accuracy").replicates + result.at("generalisation_error").replicates);
  EXPECT_LT(std::fabs(decisions.mean[0] - 1.0), five_sigma * decisions.standard_error[0]);
  EXPECT_LT(decisions.standard_error[0], 0.002);
}

// Averaging realisations before taking errors: unbiased means, and errors that see the scatter between data sets, which
// more realisations on the same data do not remove. Two comparisons at 5 sigma: false alarm 1.2e-6.
TEST(Realisations, LeaveTheMeanAndTheScatterBetweenDataSets) {
  const Problem problem = small_problem(logistic, sgd(0.3), 10);
  const Observables single = simulate(problem, {.dimension = 60, .runs = 1500, .seed = 1});
  const Observables averaged = simulate(problem, {.dimension = 60, .runs = 1500, .realisations = 4, .seed = 2});
  for (const std::string name : {"overlap", "norm"}) {
    const Series& a = single.at(name);
    const Series& b = averaged.at(name);
    EXPECT_EQ(b.replicates.rows(), 1500);
    EXPECT_LT(std::fabs(a.mean[10] - b.mean[10]), five_sigma * std::hypot(a.standard_error[10], b.standard_error[10]));
    EXPECT_LT(b.standard_error[10], a.standard_error[10]);
    EXPECT_GT(b.standard_error[10], 0.5 * a.standard_error[10]) << "the data sets' own scatter is gone";
  }
}

}  // namespace
}  // namespace sgdyn
