// Where a run has converged: the first step whose gradient is small enough (EN eq. C2).
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/extrapolate.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/sim/trajectories.hpp"
#include "sim/problems.hpp"
#include "sim/textbook.hpp"
#include "support/schedules.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;
using sim::TrajectoryKey;

// No ridge and few samples: all margins can be satisfied.
Problem separable(const Component& sampling, int steps) {
  Problem problem = small_problem(squared_hinge, sampling, steps);
  problem.data.alpha = 0.5;
  problem.loss.ridge = 0.0;
  problem.algorithm.learning_rate = 0.5;
  return problem;
}

// Inputs that are points +-v: every sample pulls with 1 - m, so that |g|^2/N = alpha^2 (1-m)^2 and
// 1 - m(k) = (1 - alpha dt)^k (1 - m(0)). With alpha = 2, dt = 0.2, m(0) = 0.3: 1.4 * 0.6^k <= 1e-5 first at k = 24,
// and not a margin has reached kappa then.
TEST(Stop, IsTheStepComputedByHand) {
  Problem problem = small_problem(squared_hinge, gradient_descent, 40);
  problem.data.noise = 1e-16;
  problem.loss.ridge = 0.0;
  const Observables result = simulate(problem, {.dimension = 4, .runs = 3});
  EXPECT_EQ(result.at_stop.at("step").value, 24.0);
  EXPECT_EQ(result.at_stop.at("step").standard_error, 0.0);
  EXPECT_EQ(result.at_stop.at("support_fraction").value, 1.0);
  EXPECT_EQ(result.at_stop.at("converged_fraction").value, 1.0);
  EXPECT_NEAR(result.at_stop.at("converged_fraction").standard_error, 1.0 / 3.0, 1e-15);
  EXPECT_FALSE(result.at_stop.at("distance").available());
  EXPECT_NE(result.at_stop.at("distance").reason.find("replicas"), std::string::npos);

  problem.algorithm.steps = 24;  // update 24 is not made any more
  const Observables shorter = simulate(problem, {.dimension = 4, .runs = 3});
  EXPECT_FALSE(shorter.at_stop.at("step").available());
  EXPECT_NE(shorter.at_stop.at("step").reason.find("0 of 3 runs"), std::string::npos);
  EXPECT_EQ(shorter.at_stop.at("converged_fraction").value, 0.0);
}

// Of the gradients on the minibatches, and averaged over minibatches.
int first_small(const Eigen::VectorXd& scaled, const Eigen::VectorXd& mean) {
  for (Eigen::Index t = 0; t < scaled.size(); ++t) {
    if (scaled[t] <= stopping_threshold && mean[t] <= sim::rest_slack * stopping_threshold) return static_cast<int>(t);
  }
  return -1;
}

// One criterion for both replicas, which part on the way; the stops fall between reported steps too.
void expect_textbook_stop(const Problem& problem, std::uint64_t seed) {
  const Observables result = simulate(problem, {.dimension = 24, .runs = 3, .seed = seed, .sampling_seeds = {7, 8}});
  Eigen::VectorXd step(3), distance(3), support(3);
  for (int run = 0; run < 3; ++run) {
    const std::uint32_t id = TrajectoryKey{.run = run}.stream_id();
    const Textbook textbook(problem, 24, seed, id);
    const Eigen::MatrixXd a = textbook.trajectory(id, Stream(7, Purpose::sampling, id));
    const Eigen::MatrixXd b = textbook.trajectory(id, Stream(8, Purpose::sampling, id));
    const int stop = first_small(0.5 * (textbook.scaled_gradients(a) + textbook.scaled_gradients(b)),
                                 textbook.mean_gradients(a).cwiseMax(textbook.mean_gradients(b)));
    ASSERT_GT(stop, 3);
    step[run] = stop;
    distance[run] = (a.col(stop) - b.col(stop)).norm() / std::sqrt(24.0);
    support[run] = 0.5 * (textbook.observables(a.col(stop))[5] + textbook.observables(b.col(stop))[5]);
  }
  EXPECT_GT(distance.minCoeff(), 1e-3);
  EXPECT_DOUBLE_EQ(result.at_stop.at("step").value, step.mean());
  EXPECT_NEAR(result.at_stop.at("distance").value, distance.mean(), 1e-9);
  EXPECT_DOUBLE_EQ(result.at_stop.at("support_fraction").value, support.mean());
  EXPECT_GT(result.at_stop.at("distance").standard_error, 0.0);
}

TEST(Stop, IsThatOfTheTextbook) {
  Problem problem = separable(sgd(0.6), 400);
  problem.observables.replicas = 2;
  expect_textbook_stop(problem, 5);
  problem.observables.times = {0, 3, 399};
  expect_textbook_stop(problem, 5);
  problem.algorithm.momentum = 0.5;
  expect_textbook_stop(problem, 6);
  problem.algorithm.momentum_kind = MomentumKind::nesterov;
  expect_textbook_stop(problem, 7);
}

// A run is the average over those of its realisations that stopped.
TEST(Stop, CountsRealisations) {
  const Problem problem = separable(sgd(0.6), 120);
  const Observables result = simulate(problem, {.dimension = 24, .runs = 4, .realisations = 5});
  int stopped = 0;
  Eigen::VectorXd steps = Eigen::VectorXd::Zero(4);
  for (int run = 0; run < 4; ++run) {
    int own = 0;
    const Textbook textbook(problem, 24, 1, TrajectoryKey{.run = run}.stream_id());
    for (int realisation = 0; realisation < 5; ++realisation) {
      const TrajectoryKey key{.run = run, .realisation = realisation};
      const Eigen::MatrixXd states = textbook.trajectory(key.stream_id());
      const int stop = first_small(textbook.scaled_gradients(states), textbook.mean_gradients(states));
      if (stop < 0) continue;
      ++own;
      steps[run] += stop;
    }
    ASSERT_GT(own, 0);
    steps[run] /= own;
    stopped += own;
  }
  ASSERT_GT(stopped, 0);
  ASSERT_LT(stopped, 20);
  EXPECT_DOUBLE_EQ(result.at_stop.at("converged_fraction").value, stopped / 20.0);
  EXPECT_DOUBLE_EQ(result.at_stop.at("step").value, steps.mean());
}

TEST(Stop, IsNotReachedInANoisyStationaryState) {
  const Observables result = simulate(small_problem(squared_hinge, sgd(0.3), 30), {.dimension = 30, .runs = 4});
  for (const std::string name : {"step", "support_fraction"}) {
    EXPECT_FALSE(result.at_stop.at(name).available()) << name;
    EXPECT_NE(result.at_stop.at(name).reason.find("0 of 4 runs"), std::string::npos) << name;
  }
  EXPECT_EQ(result.at_stop.at("converged_fraction").value, 0.0);
  EXPECT_NEAR(result.at_stop.at("converged_fraction").standard_error, 0.25, 1e-15);
  EXPECT_NE(simulate(small_problem(logistic, sgd(0.3), 3), {.dimension = 9, .runs = 2})
                .at_stop.at("support_fraction")
                .reason.find("logistic"),
            std::string::npos);
}

// A minibatch with no sample in it has no gradient, and training is not over.
TEST(Stop, AnEmptyMinibatchIsNoStop) {
  Problem problem = separable({.name = "poisson-sgd", .parameters = {{"batch", 1e-6}}}, 20);
  EXPECT_EQ(simulate(problem, {.dimension = 50, .runs = 4}).at_stop.at("converged_fraction").value, 0.0);
  // Nor has one whose samples are all satisfied: 2 of 16 samples here, a third of which are support vectors at the end.
  problem.algorithm.sampling = sgd(0.1);
  problem.algorithm.steps = 120;
  const Observables few = simulate(problem, {.dimension = 32, .runs = 12});
  EXPECT_GT(few.at("training_loss").mean[119], 1e-4) << "training is not over";
  EXPECT_EQ(few.at_stop.at("converged_fraction").value, 0.0);
}

// dt^2 underflows in the displacement long before the gradient is small.
TEST(Stop, AVanishingLearningRateIsNoStop) {
  Problem problem = separable(gradient_descent, 60);
  problem.algorithm.learning_rate =
      testing_support::schedule("step", {{"initial", 0.2}, {"factor", 1e-3}, {"every", 1.0}});
  EXPECT_EQ(simulate(problem, {.dimension = 50, .runs = 2}).at_stop.at("converged_fraction").value, 0.0);
}

TEST(Stop, IsExtrapolatedWhereEverySizeHasIt) {
  const Observables result = simulate(separable(sgd(0.6), 400), {.dimension = {20, 40}, .runs = 4});
  const auto at = [&](std::size_t size) { return result.sizes[size].at_stop.at("step"); };
  ASSERT_TRUE(at(0).available() && at(1).available());
  EXPECT_NEAR(result.at_stop.at("step").value, 2.0 * at(1).value - at(0).value, 1e-10);
  EXPECT_NEAR(result.at_stop.at("step").standard_error, std::hypot(2.0 * at(1).standard_error, at(0).standard_error),
              1e-10);
  EXPECT_EQ(result.at_stop.at("converged_fraction").value, 1.0);

  std::vector<Observables> sizes = result.sizes;
  sizes[0].at_stop["step"] = Estimate::unavailable("never");
  const Observables partial = extrapolate(sizes);
  EXPECT_FALSE(partial.at_stop.at("step").available());
  EXPECT_EQ(partial.at_stop.at("step").reason, "at N = 20: never");
  EXPECT_TRUE(partial.at_stop.at("support_fraction").available());

  // Those that stop in time are a selection: nothing follows for all. How many they are is told of the largest N.
  sizes = result.sizes;
  sizes[0].at_stop["converged_fraction"] = {.value = 0.75, .standard_error = 0.25, .reason = ""};
  const Observables selected = extrapolate(sizes);
  EXPECT_EQ(selected.at_stop.at("step").reason, "at N = 20: only 75 % of the runs stopped");
  EXPECT_FALSE(selected.at_stop.at("support_fraction").available());
  EXPECT_EQ(selected.at_stop.at("converged_fraction").value, 1.0);
}

}  // namespace
}  // namespace sgdyn
