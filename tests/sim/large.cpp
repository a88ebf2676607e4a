// The sizes the literature uses.
#include <gtest/gtest.h>

#include <cmath>

#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"
#include "support/statistics.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;

// 160 million numbers a run. One step of gradient descent from w(0), square loss, has the mean of THEORY 10,
// m(1) = (1 - lambda dt - dt alpha Delta) m(0) + dt alpha (1 - m(0)), exactly at any N. The variance of m(1) in one run
// is dt^2 alpha/N Var[c (y - r)], with c = y + sqrt(Delta) h0 and r = m c + sqrt(Delta R) xi that is 0.2 dt^2 alpha/N:
// the mean of two runs is within 5 standard deviations but for one seed in 1.7 million.
TEST(LargeSimulationSlow, FortyThousandSamplesOfFourThousandInputs) {
  Problem problem = small_problem(square, gradient_descent, 3);
  problem.data.alpha = 10.0;
  problem.algorithm.learning_rate = 0.02;
  const Observables result = simulate(problem, {.dimension = 4000, .runs = 2});
  EXPECT_EQ(result.status, Status::ok);
  const double m = problem.initial.overlap;
  const double dt = problem.algorithm.learning_rate.at(0);
  const double expected = (1.0 - 0.1 * dt) * m + dt * 10.0 * (1.0 - m * (1.0 + problem.data.noise));
  EXPECT_NEAR(result.at("overlap").mean[1], expected, five_sigma * dt * std::sqrt(0.2 * 10.0 / 4000.0 / 2.0));
  EXPECT_LT(result.at("training_loss").mean[3], result.at("training_loss").mean[0]);
}

}  // namespace
}  // namespace sgdyn
