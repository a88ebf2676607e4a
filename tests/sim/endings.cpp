// How a simulation ends when it does not run to its end: interruption, overflow; and how it reports on the way.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;

void expect_finite(const Observables& result) {
  for (const auto& [name, series] : result.series) {
    EXPECT_TRUE(series.mean.allFinite()) << name;
    EXPECT_TRUE(series.standard_error.allFinite()) << name;
    if (series.available()) {
      EXPECT_EQ(series.mean.size(), static_cast<Eigen::Index>(result.steps.size())) << name;
    }
  }
  for (const auto& [name, array] : result.two_time) {
    EXPECT_TRUE(array.mean.allFinite() && array.standard_error.allFinite()) << name;
    EXPECT_EQ(array.mean.rows(), static_cast<Eigen::Index>(result.steps.size())) << name;
  }
}

Problem diverging(double learning_rate) {
  Problem problem = small_problem(square, gradient_descent, 400);
  problem.algorithm.learning_rate = learning_rate;
  return problem;
}

TEST(Overflow, KeepsTheFiniteSteps) {
  const Observables result = simulate(diverging(100.0), {.dimension = 20, .runs = 4});
  EXPECT_EQ(result.status, Status::overflow);
  EXPECT_GT(result.steps.size(), 10U);
  EXPECT_LT(result.steps.size(), 401U);
  // Every reported step before the one named is there.
  EXPECT_NE(result.message.find("at step " + std::to_string(result.steps.back() + 1) + " "), std::string::npos)
      << result.message;
  EXPECT_GT(result.at("norm").mean.tail(1)[0], 1e100);
  expect_finite(result);
}

TEST(Overflow, NamesTheStepBetweenReportedOnes) {
  Problem problem = diverging(100.0);
  const int step = simulate(problem, {.dimension = 20, .runs = 4}).steps.back() + 1;
  problem.observables.times = {0, 3, step - 1, 399};
  const Observables result = simulate(problem, {.dimension = 20, .runs = 4});
  EXPECT_EQ(result.steps, (std::vector<int>{0, 3, step - 1}));
  EXPECT_NE(result.message.find("at step " + std::to_string(step) + " "), std::string::npos) << result.message;
}

TEST(Overflow, KeepsTheStartIfNothingElse) {
  const Observables result = simulate(diverging(1e160), {.dimension = 20, .runs = 3});
  EXPECT_EQ(result.status, Status::overflow);
  EXPECT_EQ(result.steps, std::vector<int>{0});
  expect_finite(result);
}

TEST(Overflow, LeavesNothingWhenItComesBeforeTheFirstReport) {
  Problem problem = diverging(1e160);
  problem.observables.times = {50};
  for (const Dimensions& dimension : {Dimensions(20), Dimensions{20, 40}}) {
    const Observables result = simulate(problem, {.dimension = dimension, .runs = 3});
    EXPECT_EQ(result.status, Status::overflow);
    EXPECT_TRUE(result.steps.empty());
    EXPECT_FALSE(result.at("norm").available());
    EXPECT_FALSE(result.message.empty());
  }
}

TEST(Overflow, OfOneSizeCutsTheExtrapolation) {
  const Observables result = simulate(diverging(100.0), {.dimension = {10, 20}, .runs = 4});
  EXPECT_EQ(result.status, Status::overflow);
  EXPECT_EQ(result.steps.size(), std::min(result.sizes[0].steps.size(), result.sizes[1].steps.size()));
  expect_finite(result);
}

// Two replicas, kicks, fields: everything that takes copies.
Problem with_copies(Problem problem) {
  problem.observables.replicas = 2;
  problem.observables.response = {0, 5};
  problem.observables.effective_temperature = true;
  return problem;
}

TEST(Overflow, OfCopiesKeepsTheFiniteSteps) {
  const Observables result = simulate(with_copies(diverging(100.0)), {.dimension = 20, .runs = 4});
  EXPECT_EQ(result.status, Status::overflow);
  EXPECT_GT(result.steps.size(), 10U);
  EXPECT_LT(result.steps.size(), 401U);
  EXPECT_GT(result.at("response_from_5").mean.tail(1).cwiseAbs()[0], 1e50);
  EXPECT_TRUE(result.two_time.contains("replica_correlation"));
  EXPECT_FALSE(result.fluctuation_dissipation);
  expect_finite(result);
}

// Stops through the progress report once `units` are done; many short runs, so that some are complete and most are not.
Observables stopped_after(const Dimensions& dimension, int runs, double units, int threads, bool copies = false) {
  Problem problem = small_problem(logistic, sgd(0.5), 20);
  if (copies) problem = with_copies(problem);
  problem.observables.times = {0, 20};
  std::atomic<bool> stop{units < 0.0};
  const Execution execution{.threads = threads,
                            .progress =
                                [&](const Progress& progress) {
                                  if (progress.done > units) stop = true;
                                },
                            .stop_requested = &stop};
  return simulate(problem, {.dimension = dimension, .runs = runs}, execution);
}

TEST(Interruption, KeepsTheCompleteRuns) {
  const Observables result = stopped_after(60, 200000, 2000.0, 1);
  ASSERT_EQ(result.status, Status::interrupted);
  ASSERT_GE(result.runs, 2);
  ASSERT_LT(result.runs, 200000);
  EXPECT_NE(result.message.find(std::to_string(result.runs) + " of 200000 runs"), std::string::npos) << result.message;
  expect_finite(result);
  // On one thread the complete runs are the first ones, and they are what they would have been.
  Problem problem = small_problem(logistic, sgd(0.5), 20);
  problem.observables.times = {0, 20};
  const Observables whole = simulate(problem, {.dimension = 60, .runs = result.runs});
  EXPECT_EQ(result.at("norm").replicates, whole.at("norm").replicates);
  EXPECT_LT((result.two_time.at("correlation").mean - whole.two_time.at("correlation").mean).cwiseAbs().maxCoeff(),
            1e-12);
}

TEST(Interruption, OnSeveralThreadsKeepsCompleteRuns) {
  const Observables result = stopped_after(60, 200000, 2000.0, 3);
  ASSERT_EQ(result.status, Status::interrupted);
  EXPECT_EQ(result.at("norm").replicates.rows(), result.runs);
  expect_finite(result);
}

TEST(Interruption, KeepsWhatCopiesOfCompleteRunsMeasured) {
  const Observables result = stopped_after(60, 100000, 2000.0, 1, true);
  ASSERT_EQ(result.status, Status::interrupted);
  ASSERT_GE(result.runs, 2);
  EXPECT_EQ(result.at("response_from_5").replicates.rows(), result.runs);
  ASSERT_TRUE(result.fluctuation_dissipation);
  EXPECT_EQ(result.fluctuation_dissipation->correlation.size(), static_cast<std::size_t>(result.runs));
  EXPECT_EQ(result.fluctuation_dissipation->integrated_response.size(), static_cast<std::size_t>(result.runs));
  EXPECT_TRUE(result.at_stop.at("converged_fraction").available());
  expect_finite(result);
  const Observables nothing = stopped_after(60, 100, -1.0, 2, true);
  EXPECT_FALSE(nothing.fluctuation_dissipation);
  for (const auto& [name, estimate] : nothing.at_stop) EXPECT_FALSE(estimate.available()) << name;
}

TEST(Interruption, BeforeTwoRunsLeavesReasons) {
  for (const Dimensions& dimension : {Dimensions(60), Dimensions{60, 90}}) {
    const Observables result = stopped_after(dimension, 100, -1.0, 2);
    EXPECT_EQ(result.status, Status::interrupted);
    EXPECT_FALSE(result.message.empty());
    for (const auto& [name, series] : result.series) EXPECT_FALSE(series.available()) << name;
    EXPECT_TRUE(result.two_time.empty());
  }
}

// Two sizes; the second has not begun when the first is stopped.
TEST(Interruption, ExtrapolatesOnlyFromSizesWithRuns) {
  const Observables result = stopped_after({60, 90}, 150000, 2000.0, 2);
  ASSERT_EQ(result.status, Status::interrupted);
  EXPECT_EQ(result.dimension, 60);
  EXPECT_TRUE(result.sizes.empty());
  EXPECT_NE(result.message.find("nothing is extrapolated"), std::string::npos) << result.message;
  expect_finite(result);
}

TEST(Progress, ReachesItsTotalWithoutGoingBack) {
  const Problem plain = small_problem(logistic, sgd(0.5), 20);
  for (const Problem& problem : {plain, with_copies(plain), with_copies(diverging(1e160))}) {
    std::vector<Progress> reports;
    const Execution execution{.threads = 2, .progress = [&](const Progress& progress) { reports.push_back(progress); }};
    (void)simulate(problem, {.dimension = {32, 64}, .runs = 4}, execution);
    ASSERT_GE(reports.size(), 2U);
    for (std::size_t i = 1; i < reports.size(); ++i) EXPECT_GT(reports[i].done, reports[i - 1].done);
    EXPECT_DOUBLE_EQ(reports.back().done, reports.back().total);
    EXPECT_EQ(reports.front().stage, "simulation N = 32, 64");
  }
}

TEST(Progress, ExceptionsOfTheCallerComeBack) {
  const Execution execution{.threads = 2, .progress = [](const Progress&) { throw std::runtime_error("enough"); }};
  EXPECT_THROW((void)simulate(small_problem(logistic, sgd(0.5), 20), {.dimension = 30, .runs = 8}, execution),
               std::runtime_error);
}

}  // namespace
}  // namespace sgdyn
