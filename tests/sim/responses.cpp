// Responses measured by perturbed copies, against the linearised equation of motion on the same data.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/options.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"
#include "sim/textbook.hpp"
#include "support/statistics.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;
using sim::TrajectoryKey;

constexpr int steps = 12;

Problem with_responses(const Component& loss, const Component& sampling) {
  Problem problem = small_problem(loss, sampling, steps);
  problem.observables.response = {0, 4, steps - 1};
  problem.observables.effective_temperature = true;
  return problem;
}

Problem with_momentum(Problem problem, MomentumKind kind) {
  problem.algorithm.momentum = 0.7;
  problem.algorithm.momentum_kind = kind;
  problem.algorithm.learning_rate.schedule = "inverse-sqrt";
  problem.algorithm.learning_rate.parameters = {{"initial", 0.2}, {"offset", 5.0}};
  return problem;
}

// sigma . (dw(t)/d eps) / (N - 1): what the perturbed copies measure, without a perturbation.
Eigen::VectorXd exact_response(const Textbook& textbook, std::uint32_t id, int from, bool field) {
  const Eigen::VectorXd sigma = textbook.signs(id);
  return textbook.tangent(id, sigma, from, field).transpose() * sigma / static_cast<double>(sigma.size() - 1);
}

// Every response of every run against the linearised equation of motion.
void expect_tangent(const Problem& problem, const SimulationOptions& options, double tolerance) {
  const Observables result = simulate(problem, options);
  ASSERT_TRUE(result.fluctuation_dissipation);
  for (int run = 0; run < result.runs; ++run) {
    const std::uint32_t id = TrajectoryKey{.run = run}.stream_id();
    const Textbook textbook(problem, result.dimension, options.seed, id);
    for (const int kick : problem.observables.response) {
      const Eigen::VectorXd measured = result.at(response_name(kick)).replicates.row(run);
      EXPECT_LT((measured - exact_response(textbook, id, kick, false)).cwiseAbs().maxCoeff(), tolerance) << kick;
      EXPECT_EQ(measured.head(kick + 1), Eigen::VectorXd::Zero(kick + 1)) << "causality";
      EXPECT_EQ(measured[kick + 1], 1.0);
    }
    const FluctuationDissipation& points = *result.fluctuation_dissipation;
    const Eigen::MatrixXd states = textbook.trajectory(id);
    for (std::size_t w = 0; w < points.waiting.size(); ++w) {
      const int from = points.waiting[w];
      const auto column = static_cast<Eigen::Index>(w);
      const Eigen::VectorXd chi = points.integrated_response[static_cast<std::size_t>(run)].col(column);
      EXPECT_LT((chi - exact_response(textbook, id, from, true)).cwiseAbs().maxCoeff(), tolerance) << from;
      Eigen::VectorXd correlation = states.transpose() * states.col(from) / static_cast<double>(result.dimension);
      correlation.head(from).setZero();
      EXPECT_LT((points.correlation[static_cast<std::size_t>(run)].col(column) - correlation).cwiseAbs().maxCoeff(),
                1e-12);
    }
  }
}

// A quadratic loss is linear in any perturbation: exact for kicks of any size.
TEST(Response, OfTheSquareLossIsThatOfALinearSystem) {
  for (const Component& sampling : {gradient_descent, sgd(0.4)}) {
    for (const double kick : {1e-3, 1.0}) {
      expect_tangent(with_responses(square, sampling), {.dimension = 9, .runs = 2, .kick = kick}, 1e-10);
    }
  }
}

TEST(Response, FollowsSchedulesAndMomentum) {
  for (const MomentumKind kind : {MomentumKind::heavy_ball, MomentumKind::nesterov}) {
    expect_tangent(with_momentum(with_responses(square, gradient_descent), kind), {.dimension = 9, .runs = 2}, 1e-9);
    expect_tangent(with_momentum(with_responses(logistic, sgd(0.4)), kind), {.dimension = 9, .runs = 2}, 1e-9);
  }
}

TEST(Response, OfASmoothLossIsTheDerivative) {
  for (const ComponentInfo& model : known_data_models()) {
    SCOPED_TRACE(std::string(model.name));
    Problem problem = with_responses(logistic, sgd(0.4));
    problem.data.model = with_some_parameters(model);
    expect_tangent(problem, {.dimension = 9, .runs = 2}, 1e-8);
  }
}

// What two sizes leave is of order eps^4, a single one would leave eps^2: halving the kick divides it by 16, not by 4.
TEST(Response, IsExtrapolatedToVanishingKicks) {
  Problem problem = with_responses(logistic, gradient_descent);
  problem.initial.variance = 4.0;
  const auto series = [&](double kick) {
    return simulate(problem, {.dimension = 40, .runs = 2, .kick = kick}).at(response_name(0)).mean;
  };
  const double large = (series(0.4) - series(1e-4)).cwiseAbs().maxCoeff();
  const double small = (series(0.2) - series(1e-4)).cwiseAbs().maxCoeff();
  EXPECT_GT(small, 1e-12);
  EXPECT_NEAR(large / small, 16.0, 2.0);
}

// sigma . J sigma has the trace of J as its mean: the same data sets with other signs would scatter around it. 150
// data sets, one comparison at 5 sigma: false alarm 6e-7.
TEST(Response, AveragesToTheTrace) {
  Problem problem = small_problem(square, gradient_descent, 6);
  problem.observables.response = {1};
  constexpr int runs = 150;
  constexpr long dimension = 12;
  const Observables result = simulate(problem, {.dimension = dimension, .runs = runs, .seed = 4});
  Eigen::MatrixXd gap(runs, 1);
  for (int run = 0; run < runs; ++run) {
    const std::uint32_t id = TrajectoryKey{.run = run}.stream_id();
    const Textbook textbook(problem, dimension, 4, id);
    double trace = 0.0;
    for (Eigen::Index i = 1; i < dimension; ++i) {
      trace += textbook.tangent(id, Eigen::VectorXd::Unit(dimension, i), 1, false)(i, 6);
    }
    gap(run, 0) = result.at(response_name(1)).replicates(run, 6) - trace / static_cast<double>(dimension - 1);
  }
  const Series difference = Series::from_replicates(gap);
  EXPECT_GT(difference.standard_error[0], 1e-4);
  EXPECT_LT(std::fabs(difference.mean[0]), five_sigma * difference.standard_error[0]);
}

// chi(t, t_w) = sum over t_w <= u < t of dt(u) R(t, u), kicks and field being separate copies.
TEST(Response, SumsToTheIntegratedResponse) {
  for (const MomentumKind kind : {MomentumKind::heavy_ball, MomentumKind::nesterov}) {
    Problem problem = with_momentum(with_responses(square, sgd(0.4)), kind);
    problem.observables.response = {3, 4, 5, 6, 7, 8, 9, 10, 11};
    const Observables result =
        simulate(problem, {.dimension = 20, .runs = 2, .realisations = 3, .kick = 0.5, .waiting = {3, 7}});
    ASSERT_TRUE(result.fluctuation_dissipation);
    ASSERT_EQ(result.fluctuation_dissipation->waiting, (std::vector<int>{3, 7}));
    const LearningRate dt = validated(problem).algorithm.learning_rate;
    for (int run = 0; run < 2; ++run) {
      for (Eigen::Index w = 0; w < 2; ++w) {
        for (int t = 0; t <= steps; ++t) {
          double sum = 0.0;
          for (int u = result.fluctuation_dissipation->waiting[static_cast<std::size_t>(w)]; u < t; ++u) {
            sum += dt.at(u) * result.at(response_name(u)).replicates(run, t);
          }
          EXPECT_NEAR(result.fluctuation_dissipation->integrated_response[static_cast<std::size_t>(run)](t, w), sum,
                      1e-11);
        }
      }
    }
  }
}

// With the hinge loss a tiny kick sees the ridge alone on nearly every data set, R(2,0) = 1 - lambda dt; what moves
// samples over the jump sees the loss too. 5 sigma on the larger of the two errors.
TEST(Response, OfAJumpNeedsAKickThatCarriesSamplesOverIt) {
  Problem problem = small_problem({.name = "hinge", .parameters = {{"margin", 1.0}}}, gradient_descent, 2);
  problem.observables.response = {0};
  const auto at_two = [&](std::optional<double> kick) {
    return simulate(problem, {.dimension = 200, .runs = 40, .kick = kick});
  };
  const Series tiny = at_two(1e-9).at(response_name(0));
  const Observables by_default = at_two(std::nullopt);
  const Series& finite = by_default.at(response_name(0));
  EXPECT_NEAR(tiny.mean[2], 1.0 - 0.1 * 0.2, 1e-6);
  EXPECT_LT(finite.mean[2] + five_sigma * finite.standard_error[2], 1.0 - 0.1 * 0.2);
  EXPECT_EQ(by_default.settings.at("kick"), "0.1");
  EXPECT_NE(by_default.settings.at("response").find("jump"), std::string::npos);
}

// From w = 0 there is no size to be relative to.
TEST(Response, ExistsWhereTheWeightsAreZero) {
  Problem problem = with_responses(square, gradient_descent);
  problem.initial = {.variance = 0.0, .overlap = 0.0};
  expect_tangent(problem, {.dimension = 9, .runs = 2, .waiting = {0, 6}}, 1e-9);
}

// Copies look and do not touch: the bits of everything else, in any company.
TEST(Response, LeavesTheTrajectoriesAlone) {
  for (const double momentum : {0.0, 0.5}) {
    Problem problem = small_problem(squared_hinge, sgd(0.3), 9);
    problem.algorithm.momentum = momentum;
    problem.algorithm.momentum_kind = MomentumKind::nesterov;
    problem.observables.times = {0, 3, 8};
    const SimulationOptions options{.dimension = 90, .runs = 2, .realisations = 3};
    const Observables plain = simulate(problem, options);
    problem.observables.response = {0, 2, 7};
    problem.observables.effective_temperature = true;
    const Observables watched = simulate(problem, options);
    for (const auto& [name, series] : plain.series) EXPECT_EQ(series.replicates, watched.at(name).replicates) << name;
    EXPECT_EQ(plain.two_time.at("correlation").mean, watched.two_time.at("correlation").mean);
    EXPECT_EQ(watched.series.size(), plain.series.size() + 3);
  }
}

TEST(Response, IsMeasuredOnTheFirstReplica) {
  Problem problem = with_responses(logistic, sgd(0.3));
  const SimulationOptions options{.dimension = 30, .runs = 3, .realisations = 2};
  const Observables single = simulate(problem, options);
  problem.observables.replicas = 2;
  const Observables pair = simulate(problem, options);
  // Up to rounding, divided by the kick: more columns are multiplied at once.
  EXPECT_LT((single.at(response_name(4)).replicates - pair.at(response_name(4)).replicates).cwiseAbs().maxCoeff(),
            1e-9);
  const FluctuationDissipation& a = *single.fluctuation_dissipation;
  const FluctuationDissipation& b = *pair.fluctuation_dissipation;
  for (std::size_t run = 0; run < 3; ++run) {
    EXPECT_LT((a.integrated_response[run] - b.integrated_response[run]).cwiseAbs().maxCoeff(), 1e-9);
    EXPECT_LT((a.correlation[run] - b.correlation[run]).cwiseAbs().maxCoeff(), 1e-13);
  }
}

TEST(Response, IsExtrapolatedInTheDimension) {
  const Problem problem = with_responses(logistic, sgd(0.3));
  const Observables result = simulate(problem, {.dimension = {20, 40}, .runs = 4});
  const Series& series = result.at(response_name(4));
  ASSERT_TRUE(series.available());
  const double expected =
      2.0 * result.sizes[1].at(response_name(4)).mean[9] - result.sizes[0].at(response_name(4)).mean[9];
  EXPECT_NEAR(series.mean[9], expected, 1e-12);
  EXPECT_EQ(series.mean[5], 1.0);
  EXPECT_EQ(series.standard_error[5], 0.0);
  ASSERT_TRUE(result.fluctuation_dissipation);
  EXPECT_EQ(result.fluctuation_dissipation->correlation.size(), 4U) << "those of the largest N";
  EXPECT_EQ(result.fluctuation_dissipation->correlation, result.sizes[1].fluctuation_dissipation->correlation);
}

TEST(Response, WaitsBetweenHalfAndThreeQuartersOfTheRun) {
  Problem problem = small_problem(logistic, sgd(0.3), 120);
  problem.observables.effective_temperature = true;
  EXPECT_EQ(sim::options_in_full(validated(problem), {}).waiting, (std::vector<int>{60, 70, 80, 90}));
  problem.observables.times = {0, 10, 58, 79, 100};
  EXPECT_EQ(sim::options_in_full(validated(problem), {}).waiting, (std::vector<int>{58, 79}));
  problem.observables.times = {7};
  EXPECT_EQ(sim::options_in_full(validated(problem), {}).waiting, std::vector<int>{7});
}

}  // namespace
}  // namespace sgdyn
