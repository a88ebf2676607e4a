// Two replicas on the same data from the same start.
#include <gtest/gtest.h>

#include <cmath>

#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"
#include "sim/textbook.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;
using sim::TrajectoryKey;

constexpr std::uint64_t seed = 5;

Problem replicated(const Component& loss, const Component& sampling, int steps) {
  Problem problem = small_problem(loss, sampling, steps);
  problem.observables.replicas = 2;
  return problem;
}

struct Pair {
  Eigen::MatrixXd first, second;
};

void expect_pair(const Problem& problem, const Observables& result, const Textbook& textbook, const Pair& w, int run) {
  const auto n = static_cast<double>(result.dimension);
  for (Eigen::Index t = 0; t < w.first.cols(); ++t) {
    Eigen::VectorXd expected = 0.5 * (textbook.observables(w.first.col(t)) + textbook.observables(w.second.col(t)));
    expected[6] = (w.first.col(t) - w.second.col(t)).norm() / std::sqrt(n);
    for (std::size_t o = 0; o < observable_catalogue().size(); ++o) {
      const Series& series = result.at(std::string(observable_catalogue()[o].name));
      ASSERT_TRUE(series.available()) << series.reason;
      EXPECT_NEAR(series.replicates(run, t), expected[static_cast<Eigen::Index>(o)], 1e-10) << problem.loss.loss.name;
    }
  }
}

TEST(Replicas, EqualTwoTextbooksOnTheSameData) {
  const Problem problem = replicated(squared_hinge, sgd(0.4), 8);
  const Observables given = simulate(problem, {.dimension = 13, .runs = 2, .seed = seed, .sampling_seeds = {70, 8}});
  const Observables usual = simulate(problem, {.dimension = 13, .runs = 2, .seed = seed});
  Eigen::MatrixXd correlation = Eigen::MatrixXd::Zero(9, 9);
  Eigen::MatrixXd between = Eigen::MatrixXd::Zero(9, 9);
  for (int run = 0; run < 2; ++run) {
    const std::uint32_t id = TrajectoryKey{.run = run}.stream_id();
    const Textbook textbook(problem, 13, seed, id);
    const Pair own{textbook.trajectory(id, Stream(70, Purpose::sampling, id)),
                   textbook.trajectory(id, Stream(8, Purpose::sampling, id))};
    expect_pair(problem, given, textbook, own, run);
    expect_pair(problem, usual, textbook,
                {textbook.trajectory(id), textbook.trajectory(id, Stream(seed, Purpose::replica_sampling, id))}, run);
    correlation += (own.first.transpose() * own.first + own.second.transpose() * own.second) / (2.0 * 13.0 * 2.0);
    between += (own.first.transpose() * own.second + own.second.transpose() * own.first) / (2.0 * 13.0 * 2.0);
  }
  EXPECT_LT((given.two_time.at("correlation").mean - correlation).cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_LT((given.two_time.at("replica_correlation").mean - between).cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_GT(given.at("distance").mean[8], 0.01);
  EXPECT_EQ(given.at("distance").mean[0], 0.0);
  EXPECT_EQ(given.settings.at("sampling_seeds"), "70, 8");
}

// The bits of the one-replica simulation, twice.
TEST(Replicas, WithEqualSeedsAreIdentical) {
  for (const int realisations : {1, 3, 5}) {
    for (const double momentum : {0.0, 0.6}) {
      Problem problem = replicated(logistic, sgd(0.3), 10);
      problem.algorithm.momentum = momentum;
      const SimulationOptions options{
          .dimension = 70, .runs = 2, .realisations = realisations, .seed = seed, .sampling_seeds = {seed, seed}};
      const Observables pair = simulate(problem, options);
      EXPECT_EQ(pair.at("distance").replicates, Eigen::MatrixXd::Zero(2, 11));
      const TwoTime& between = pair.two_time.at("replica_correlation");
      EXPECT_LT((between.mean - pair.two_time.at("correlation").mean).cwiseAbs().maxCoeff(), 1e-14);
      problem.observables.replicas = 1;
      const Observables single =
          simulate(problem, {.dimension = 70, .runs = 2, .realisations = realisations, .seed = seed});
      EXPECT_LT((pair.at("norm").replicates - single.at("norm").replicates).cwiseAbs().maxCoeff(), 1e-15);
      EXPECT_FALSE(single.at("distance").available());
      EXPECT_FALSE(single.two_time.contains("replica_correlation"));
    }
  }
}

// Without noise there is nothing to tell them apart.
TEST(Replicas, OfGradientDescentDoNotPart) {
  const Observables result = simulate(replicated(logistic, gradient_descent, 10), {.dimension = {20, 40}, .runs = 3});
  EXPECT_EQ(result.at("distance").mean, Eigen::VectorXd::Zero(11));
  EXPECT_EQ(result.at("distance").standard_error, Eigen::VectorXd::Zero(11));
}

// |w1 - w2|^2/N = 2 (C - C_12) on the diagonal, one realisation at a time.
TEST(Replicas, DistanceIsThatOfTheCorrelations) {
  const Observables result = simulate(replicated(logistic, sgd(0.3), 10), {.dimension = 50, .runs = 400});
  const Eigen::VectorXd squared =
      result.at("distance").replicates.array().square().colwise().mean().matrix().transpose();
  const Eigen::VectorXd from_correlations =
      2.0 * (result.two_time.at("correlation").mean - result.two_time.at("replica_correlation").mean).diagonal();
  EXPECT_LT((squared - from_correlations).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_EQ(result.two_time.at("replica_correlation").mean,
            Eigen::MatrixXd(result.two_time.at("replica_correlation").mean.transpose()));
}

TEST(Replicas, CountTheirDecisionsSeparately) {
  Problem problem = replicated(logistic, sgd(0.3), 2);
  const Observables pair = simulate(problem, {.dimension = 20, .runs = 2, .realisations = 3});
  EXPECT_EQ(pair.samples_per_replicate, 20 * 2 * 3 * 2);
}

}  // namespace
}  // namespace sgdyn
