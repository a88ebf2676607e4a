// Eq. 2 and the observables of THEORY 7 on single data sets, exactly.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/limits.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"
#include "sim/textbook.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;
using sim::TrajectoryKey;

constexpr double rounding = 1e-10;

// Every replicate of `result` against the blackboard version averaged over its realisations.
void expect_textbook(const Problem& problem, const Observables& result, int size, int realisations,
                     std::uint64_t seed) {
  const auto catalogue = observable_catalogue();
  Eigen::MatrixXd correlation = Eigen::MatrixXd::Zero(problem.algorithm.steps + 1, problem.algorithm.steps + 1);
  for (int run = 0; run < result.runs; ++run) {
    const TrajectoryKey key{.size = size, .run = run};
    const Textbook textbook(problem, result.dimension, seed, key.stream_id());
    Eigen::MatrixXd expected =
        Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(catalogue.size()), problem.algorithm.steps + 1);
    for (int realisation = 0; realisation < realisations; ++realisation) {
      const TrajectoryKey own{.size = size, .run = run, .realisation = realisation};
      const Eigen::MatrixXd states = textbook.trajectory(own.stream_id());
      for (Eigen::Index t = 0; t < states.cols(); ++t)
        expected.col(t) += textbook.observables(states.col(t)) / realisations;
      correlation += states.transpose() * states / (static_cast<double>(result.dimension) * realisations * result.runs);
    }
    for (std::size_t o = 0; o < catalogue.size(); ++o) {
      const Series& series = result.at(std::string(catalogue[o].name));
      if (!series.available()) continue;
      const double gap =
          (series.replicates.row(run) - expected.row(static_cast<Eigen::Index>(o))).cwiseAbs().maxCoeff();
      EXPECT_LT(gap, rounding) << catalogue[o].name << ", run " << run;
    }
  }
  EXPECT_LT((result.two_time.at("correlation").mean - correlation).cwiseAbs().maxCoeff(), rounding);
}

TEST(Simulation, EqualsTheTextbookForEveryLossAndSamplingScheme) {
  for (const ComponentInfo& loss : known_losses()) {
    for (const ComponentInfo& scheme : known_sampling_schemes()) {
      SCOPED_TRACE(std::string(loss.name) + " with " + std::string(scheme.name));
      const Problem problem = small_problem(with_some_parameters(loss), with_some_parameters(scheme), 9);
      const Observables result = simulate(problem, {.dimension = 13, .runs = 2, .seed = 5});
      ASSERT_EQ(result.status, Status::ok);
      expect_textbook(problem, result, 0, 1, 5);
    }
  }
}

TEST(Simulation, EqualsTheTextbookWithSchedulesAndMomentum) {
  for (const MomentumKind kind : {MomentumKind::heavy_ball, MomentumKind::nesterov}) {
    for (const double momentum : {0.0, 0.8}) {
      Problem problem = small_problem(squared_hinge, sgd(0.4), 12);
      problem.algorithm.momentum = momentum;
      problem.algorithm.momentum_kind = kind;
      problem.algorithm.learning_rate.schedule = "step";
      problem.algorithm.learning_rate.parameters = {{"initial", 0.2}, {"factor", 0.5}, {"every", 5.0}};
      const Observables result = simulate(problem, {.dimension = 13, .runs = 2, .seed = 5});
      expect_textbook(problem, result, 0, 1, 5);
      EXPECT_DOUBLE_EQ(result.time[7], 5 * 0.2 + 2 * 0.1);
    }
  }
}

TEST(Simulation, EqualsTheTextbookForEveryDataModel) {
  for (const ComponentInfo& model : known_data_models()) {
    SCOPED_TRACE(std::string(model.name));
    Problem problem = small_problem(logistic, sgd(0.4), 9);
    problem.data.model = with_some_parameters(model);
    const Observables result = simulate(problem, {.dimension = 17, .runs = 2, .seed = 6});
    expect_textbook(problem, result, 0, 1, 6);
  }
}

// More realisations than columns of one kernel call, and more samples than rows of one block.
TEST(Simulation, AveragesRealisationsOnEachDataSet) {
  const Problem problem = small_problem(squared_hinge, sgd(0.5), 5);
  const Observables result = simulate(problem, {.dimension = 300, .runs = 2, .realisations = 11, .seed = 7});
  EXPECT_EQ(result.at("norm").replicates.rows(), 2);
  expect_textbook(problem, result, 0, 11, 7);
}

TEST(Simulation, SizesUseTheirOwnStreams) {
  const Problem problem = small_problem(logistic, sgd(0.5), 3);
  const Observables result = simulate(problem, {.dimension = {12, 24}, .runs = 2, .seed = 8});
  ASSERT_EQ(result.sizes.size(), 2U);
  expect_textbook(problem, result.sizes[0], 0, 1, 8);
  expect_textbook(problem, result.sizes[1], 1, 1, 8);
}

TEST(Simulation, StreamIdsAreDistinct) {
  std::set<std::uint32_t> ids;
  std::size_t keys = 0;
  for (const int size : {0, 1, 2, sim::max_sizes - 1}) {
    for (const int run : {0, 1, 2, 63, 64, 65, sim::max_data_sets - 1}) {
      for (const int realisation : {0, 1, 2, sim::max_realisations - 1}) {
        ids.insert(TrajectoryKey{.size = size, .run = run, .realisation = realisation}.stream_id());
        ++keys;
      }
    }
  }
  EXPECT_EQ(ids.size(), keys);
}

TEST(Simulation, InitialOverlapIsExact) {
  Problem problem = small_problem(logistic, gradient_descent, 1);
  problem.initial.overlap = 0.1;
  const Observables result = simulate(problem, {.dimension = {7, 15, 30}, .runs = 3, .realisations = 3});
  EXPECT_EQ(result.at("overlap").mean[0], 0.1);
  EXPECT_EQ(result.at("overlap").standard_error[0], 0.0);
  EXPECT_GT(result.at("overlap").standard_error[1], 0.0);
  for (const Observables& size : result.sizes) EXPECT_EQ(size.at("overlap").mean[0], 0.1);
}

// Fewer reported steps mean less work, not other numbers.
TEST(Simulation, ReportedStepsDoNotChangeTheTrajectory) {
  for (const int realisations : {1, 3}) {
    Problem problem = small_problem(squared_hinge, sgd(0.2), 12);
    const SimulationOptions options{.dimension = 90, .runs = 3, .realisations = realisations};
    const Observables all = simulate(problem, options);
    problem.observables.times = {2, 3, 11};
    const Observables some = simulate(problem, options);
    ASSERT_EQ(some.steps, problem.observables.times);
    for (const auto& [name, series] : some.series) {
      if (!series.available()) continue;
      for (Eigen::Index i = 0; i < 3; ++i) {
        EXPECT_EQ(series.mean[i], all.at(name).mean[problem.observables.times[static_cast<std::size_t>(i)]]) << name;
      }
    }
    EXPECT_NEAR(some.two_time.at("correlation").mean(0, 2), all.two_time.at("correlation").mean(2, 11), 1e-14);
  }
}

TEST(Simulation, FillsTheRecord) {
  const Problem problem = small_problem(logistic, sgd(0.5), 4);
  const Observables result = simulate(problem, {.dimension = 20, .runs = 5, .seed = 3});
  EXPECT_EQ(result.producer, "simulation");
  EXPECT_EQ(result.dimension, 20);
  EXPECT_EQ(result.runs, 5);
  EXPECT_TRUE(result.assumptions.empty());
  EXPECT_EQ(result.steps.size(), 5U);
  EXPECT_DOUBLE_EQ(result.time[3], 0.6);
  EXPECT_EQ(result.settings.at("seed"), "3");
  EXPECT_EQ(result.series.size(), observable_catalogue().size());
  EXPECT_FALSE(result.at("support_fraction").available());
  EXPECT_NE(result.at("support_fraction").reason.find("logistic"), std::string::npos);
  const Observables with_margin = simulate(small_problem(squared_hinge, sgd(0.5), 4), {.dimension = 20, .runs = 2});
  EXPECT_TRUE(with_margin.at("support_fraction").available());
}

TEST(Simulation, CorrelationIsSymmetricWithTheNormOnItsDiagonal) {
  const Problem problem = small_problem(logistic, sgd(0.5), 6);
  const Observables result = simulate(problem, {.dimension = 50, .runs = 6, .realisations = 2});
  const TwoTime& c = result.two_time.at("correlation");
  EXPECT_EQ(c.mean, Eigen::MatrixXd(c.mean.transpose()));
  EXPECT_EQ(c.standard_error, Eigen::MatrixXd(c.standard_error.transpose()));
  EXPECT_LT((c.mean.diagonal() - result.at("norm").mean).cwiseAbs().maxCoeff(), 1e-14);
  EXPECT_LT((c.standard_error.diagonal() - result.at("norm").standard_error).cwiseAbs().maxCoeff(), 1e-14);
}

// The bits, for any number of threads: more than runs, more than cores, odd.
TEST(Simulation, IsTheSameForAnyNumberOfThreads) {
  const Problem problem = small_problem(squared_hinge, {.name = "reshuffled-sgd", .parameters = {{"batch", 0.25}}}, 10);
  const SimulationOptions options{.dimension = {30, 61}, .runs = 7, .realisations = 3};
  const Observables one = simulate(problem, options, {.threads = 1});
  for (const int threads : {2, 3, 8}) {
    const Observables several = simulate(problem, options, {.threads = threads});
    for (const auto& [name, series] : one.series) {
      if (!series.available()) continue;
      EXPECT_EQ(series.mean, several.at(name).mean) << name;
      EXPECT_EQ(series.standard_error, several.at(name).standard_error) << name;
    }
    EXPECT_EQ(one.two_time.at("correlation").mean, several.two_time.at("correlation").mean);
    EXPECT_EQ(one.two_time.at("correlation").standard_error, several.two_time.at("correlation").standard_error);
    for (std::size_t g = 0; g < 2; ++g) {
      EXPECT_EQ(one.sizes[g].at("norm").replicates, several.sizes[g].at("norm").replicates);
    }
  }
}

TEST(Simulation, WithCopiesIsTheSameForAnyNumberOfThreads) {
  Problem problem = small_problem(squared_hinge, sgd(0.6), 90);
  problem.data.alpha = 0.5;
  problem.loss.ridge = 0.0;
  problem.algorithm.learning_rate = 0.5;
  problem.algorithm.momentum = 0.4;
  problem.algorithm.momentum_kind = MomentumKind::nesterov;
  problem.observables = {.times = {}, .replicas = 2, .response = {1, 40}, .effective_temperature = true};
  const SimulationOptions options{.dimension = {20, 41}, .runs = 7, .realisations = 2};
  const Observables one = simulate(problem, options, {.threads = 1});
  EXPECT_GT(one.at_stop.at("converged_fraction").value, 0.0);
  for (const int threads : {2, 3}) {
    const Observables several = simulate(problem, options, {.threads = threads});
    for (const auto& [name, series] : one.series) {
      EXPECT_EQ(series.mean, several.at(name).mean) << name;
      EXPECT_EQ(series.standard_error, several.at(name).standard_error) << name;
    }
    for (const auto& [name, array] : one.two_time) EXPECT_EQ(array.mean, several.two_time.at(name).mean) << name;
    for (const auto& [name, estimate] : one.at_stop) {
      EXPECT_EQ(estimate.value, several.at_stop.at(name).value) << name;
      EXPECT_EQ(estimate.standard_error, several.at_stop.at(name).standard_error) << name;
    }
    EXPECT_EQ(one.fluctuation_dissipation->correlation, several.fluctuation_dissipation->correlation);
    EXPECT_EQ(one.fluctuation_dissipation->integrated_response, several.fluctuation_dissipation->integrated_response);
  }
}

// Enough runs for several in one batch.
TEST(Simulation, ManyShortRunsAreTheSameForAnyNumberOfThreads) {
  const Problem problem = small_problem(logistic, sgd(0.5), 4);
  const SimulationOptions options{.dimension = 8, .runs = 1301};
  const Observables one = simulate(problem, options, {.threads = 1});
  const TwoTime& c = one.two_time.at("correlation");
  EXPECT_LT((c.mean.diagonal() - one.at("norm").mean).cwiseAbs().maxCoeff(), 1e-13);
  EXPECT_LT((c.standard_error.diagonal() - one.at("norm").standard_error).cwiseAbs().maxCoeff(), 1e-13);
  for (const int threads : {2, 3}) {
    const Observables several = simulate(problem, options, {.threads = threads});
    EXPECT_EQ(one.at("norm").replicates, several.at("norm").replicates);
    EXPECT_EQ(c.mean, several.two_time.at("correlation").mean);
    EXPECT_EQ(c.standard_error, several.two_time.at("correlation").standard_error);
  }
}

TEST(Simulation, SeedsChangeEverythingButTheOverlapAtTheStart) {
  const Problem problem = small_problem(logistic, sgd(0.5), 3);
  const Observables a = simulate(problem, {.dimension = 40, .runs = 4, .seed = 1});
  const Observables b = simulate(problem, {.dimension = 40, .runs = 4, .seed = 2});
  EXPECT_EQ(a.at("overlap").mean[0], b.at("overlap").mean[0]);
  EXPECT_NE(a.at("overlap").mean[1], b.at("overlap").mean[1]);
  EXPECT_NE(a.at("norm").mean[0], b.at("norm").mean[0]);
}

}  // namespace
}  // namespace sgdyn
