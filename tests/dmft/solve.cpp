// The solver as a user meets it: limits in which one problem equals another, invariants, error bars, refusals.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <atomic>
#include <cmath>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/order_parameters.hpp"
#include "support/agreement.hpp"
#include "support/logistic_sgd.hpp"
#include "support/thread_sanitizer.hpp"

namespace sgdyn {
namespace {

using testing_support::expect_agree;

Problem logistic_sgd() { return testing_support::logistic_sgd(30); }

const dmft::Options eight{.samples = 8192, .scramblings = 8, .seed = 1};
const dmft::Options other{.samples = 8192, .scramblings = 8, .seed = 2};

TEST(DmftLimits, FullBatchOfEverySchemeIsGradientDescent) {  // THEORY 2: b = 1
  Problem gd = logistic_sgd();
  gd.algorithm.sampling = {"gd", {}};
  const Observables expected = dmft::solve(gd, eight);
  for (const char* name : {"sgd", "gaussian-sgd", "reshuffled-sgd"}) {
    Problem p = gd;
    p.algorithm.sampling = {name, {{"batch", 1.0}}};
    expect_agree(dmft::solve(p, other), expected, name);
  }
}

TEST(DmftLimits, ShortestPersistenceIsBernoulliSampling) {  // THEORY 2: tau = dt/b
  Problem p = logistic_sgd();
  p.algorithm.sampling = {"persistent-sgd", {{"batch", 0.3}, {"persistence", 0.2 / 0.3}}};
  expect_agree(dmft::solve(p, other), dmft::solve(logistic_sgd(), eight), "tau = dt/b");
}

TEST(DmftLimits, ClassProportionsDoNotMatterWithoutIntercept) {  // dmft.E11
  Problem p = logistic_sgd();
  p.data.model.parameters["fraction"] = 0.3;
  const Observables a = dmft::solve(p, eight);
  const Observables b = dmft::solve(logistic_sgd(), eight);
  EXPECT_TRUE(a.at("overlap").mean == b.at("overlap").mean);
}

Problem three_clusters(double overlap) {
  Problem p = logistic_sgd();
  p.data.model = {"three-clusters", {{"half_width", 0.7}}};
  p.data.noise = 0.05;
  p.initial = {.variance = 1.0, .overlap = overlap};
  return p;
}

// dmft.E11: nothing tells v from -v, so an overlap starts only from another; signs are equivalent.
TEST(DmftLimits, ThreeClustersKeepAZeroOverlapAndTheSignOfAnother) {
  for (const char* loss : {"logistic", "hinge"}) {
    Problem p = three_clusters(0.0);
    p.loss.loss = {loss, {}};
    const Observables none = dmft::solve(p, eight);
    EXPECT_EQ(none.at("overlap").mean.cwiseAbs().maxCoeff(), 0.0) << loss;
    EXPECT_GT(none.at("generalisation_error").mean.minCoeff(), 0.49) << loss;
    p.initial.overlap = 0.2;
    const Observables plus = dmft::solve(p, eight);
    p.initial.overlap = -0.2;
    Observables minus = dmft::solve(p, other);
    EXPECT_GT(plus.at("overlap").mean[30], 0.5) << loss;
    minus.series["overlap"].mean *= -1.0;
    expect_agree(minus, plus, "m -> -m");
  }
}

TEST(DmftLimits, IndependentAndWhitenedDrawsAgreeWithSobol) {  // THEORY 9: one answer, four error bars
  const Observables sobol = dmft::solve(logistic_sgd(), eight);
  for (const dmft::Draws draws : {dmft::Draws::independent, dmft::Draws::whitened}) {
    dmft::Options options = other;
    options.draws = draws;
    options.average_batch = false;
    expect_agree(dmft::solve(logistic_sgd(), options), sobol, "draws");
  }
}

TEST(DmftInvariants, ResponseIsCausalAndUnitAfterAKick) {  // eq. 8
  const Observables r = dmft::solve(logistic_sgd(), eight);
  const Eigen::MatrixXd& R = r.two_time.at("response").mean;
  for (Eigen::Index t = 0; t < R.rows(); ++t) {
    for (Eigen::Index u = t; u < R.cols(); ++u) EXPECT_EQ(R(t, u), 0.0);
    if (t > 0) {
      EXPECT_EQ(R(t, t - 1), 1.0);
    }
  }
}

TEST(DmftInvariants, CorrelationIsPositiveSemidefiniteWithTheNormOnItsDiagonal) {  // dmft.E7
  for (const char* name : {"sgd", "gd"}) {
    Problem p = logistic_sgd();
    if (std::string(name) == "gd") p.algorithm.sampling = {"gd", {}};
    const Observables r = dmft::solve(p, eight);
    const Eigen::MatrixXd& C = r.two_time.at("correlation").mean;
    EXPECT_TRUE(C.isApprox(C.transpose(), 1e-14));
    EXPECT_TRUE(C.diagonal().isApprox(r.at("norm").mean, 1e-12));
    EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(C).eigenvalues().minCoeff(), -1e-12 * C.trace());
    EXPECT_GT(r.diagnostics.at("smallest_pivot"), -1e-10) << name;
  }
}

// Smooth trajectories whose forces grow: M is nearly singular, and its factor used to amplify rounding until the noise
// was too strong (relative pivot -2, norm 7.1 +- 0.16 instead of 6.38 at step 100).
TEST(DmftInvariants, FactorOfANearlySingularCovarianceKeepsItsRounding) {  // dmft.E7
  Problem p = three_clusters(0.05);
  p.loss.ridge = 0.0;
  p.algorithm.sampling = {"gd", {}};
  p.algorithm.steps = 100;
  p.observables.times = {50, 100};
  const Observables r = dmft::solve(p, eight);
  EXPECT_GT(r.diagnostics.at("smallest_pivot"), -1e-10);
  EXPECT_NEAR(r.at("norm").mean[1], 6.38, 0.05);
  EXPECT_LT(r.at("norm").standard_error[1], 0.02);
}

TEST(DmftInvariants, SameBitsForAnyNumberOfThreads) {
  Execution execution{.threads = 1};
  const Observables one = dmft::solve(logistic_sgd(), {.samples = 4096}, execution);
  for (const int threads : {2, 3, 8}) {
    // Eight threads on four scramblings are teams of two. The sanitizer sees a race in any nested team, however it
    // ends.
    if (testing_support::thread_sanitizer && threads > 4) continue;
    execution.threads = threads;
    const Observables many = dmft::solve(logistic_sgd(), {.samples = 4096}, execution);
    for (const auto& [name, x] : one.series) EXPECT_TRUE(x.mean == many.at(name).mean) << name << " " << threads;
    EXPECT_TRUE(one.two_time.at("response").mean == many.two_time.at("response").mean) << threads;
  }
}

// The threads within one scrambling, by themselves.
TEST(DmftInvariants, SameBitsForAnyNumberOfThreadsOnOneScrambling) {
  std::vector<Problem> problems;
  for (const char* loss : {"logistic", "hinge"}) {
    for (const int replicas : {1, 2}) {
      problems.push_back(logistic_sgd());
      problems.back().loss.loss = {loss, {}};
      problems.back().observables.replicas = replicas;
      problems.push_back(problems.back());
      problems.back().algorithm.sampling = {"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}};
      problems.back().algorithm.momentum = 0.5;
      problems.back().algorithm.momentum_kind = MomentumKind::nesterov;
    }
  }
  for (const Problem& p : problems) {
    constexpr std::size_t samples = 1000;  // four chunks, the last of them short
    dmft::Ensemble one(p, {}, samples, 0), many(p, {}, samples, 0);
    dmft::OrderParameters order(p);
    dmft::Averages a, b;
    for (int t = 0; t < p.algorithm.steps; ++t) {
      EXPECT_EQ(one.advance(t, order, a, 1).loss, many.advance(t, order, b, 3).loss);
      ASSERT_TRUE(a.M == b.M && a.K == b.K && a.KG == b.KG) << p.loss.loss.name << " step " << t;
      ASSERT_TRUE(order.advance(t, a));
    }
  }
}

TEST(DmftInvariants, ReportedTimesAreASubsetOfAllTimes) {
  Problem p = logistic_sgd();
  const Observables all = dmft::solve(p, eight);
  p.observables.times = {0, 7, 30};
  const Observables some = dmft::solve(p, eight);
  ASSERT_EQ(some.steps, p.observables.times);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto k = static_cast<Eigen::Index>(i);
    EXPECT_EQ(some.at("overlap").mean[k], all.at("overlap").mean[some.steps[i]]);
    EXPECT_EQ(some.two_time.at("correlation").mean(2, k), all.two_time.at("correlation").mean(30, some.steps[i]));
  }
}

// reference/replica_fixed_points.csv at (alpha, Delta, lambda) = (6, 1, 1): long-time gradient descent.
TEST(DmftLimits, LongTimeGradientDescentIsTheReplicaFixedPoint) {  // THEORY 10
  struct Reference {
    const char* loss;
    double overlap, norm, mean_loss, error;
  };
  for (const Reference& expected : {Reference{"squared-hinge", 0.5595237180, 0.4128665806, 0.1862454552, 0.1919343022},
                                    Reference{"logistic", 0.8845736850, 0.9536449456, 0.3790962035, 0.1825162543}}) {
    Problem p;
    p.data = {.model = {"two-clusters", {}}, .alpha = 6.0, .noise = 1.0};
    p.loss = {.loss = {expected.loss, {}}, .ridge = 1.0};
    p.algorithm = {.sampling = {"gd", {}}, .learning_rate = 0.1, .steps = 110};
    p.initial = {.variance = 0.01, .overlap = 0.0};
    p.observables.times = {110};
    const Observables r = dmft::solve(p, {.samples = 16384});
    EXPECT_NEAR(r.at("overlap").mean[0], expected.overlap, 5e-4) << expected.loss;
    EXPECT_NEAR(r.at("norm").mean[0], expected.norm, 1e-3) << expected.loss;
    EXPECT_NEAR(r.at("training_loss").mean[0], 6.0 * expected.mean_loss, 2e-3) << expected.loss;
    EXPECT_NEAR(r.at("generalisation_error").mean[0], expected.error, 5e-4) << expected.loss;
  }
}

TEST(DmftStatus, DivergenceIsAnOverflowThatKeepsTheStepsBefore) {
  Problem p = logistic_sgd();
  p.loss.loss = {"square", {}};
  p.algorithm = {.sampling = {"gd", {}}, .learning_rate = 1000.0, .steps = 200};
  const Observables r = dmft::solve(p, eight);
  EXPECT_EQ(r.status, Status::overflow);
  EXPECT_FALSE(r.message.empty());
  ASSERT_GT(r.steps.size(), 1U);
  EXPECT_LT(r.steps.size(), 201U);
  for (const auto& [name, x] : r.series) {
    if (x.available()) {
      EXPECT_TRUE(x.mean.allFinite() && x.standard_error.allFinite()) << name;
    }
  }
}

Observables stopped_at(double share, int threads, int steps) {
  Problem p = logistic_sgd();
  p.algorithm.steps = steps;
  std::atomic<bool> stop{false};
  const Execution execution{
      .threads = threads,
      .progress = [&](const Progress& progress) { stop = progress.done > share * progress.total; },
      .stop_requested = &stop};
  return dmft::solve(p, {.samples = 4096, .scramblings = 2}, execution);
}

TEST(DmftStatus, AStopKeepsTheStepsEveryScramblingReached) {
  const Observables r = stopped_at(0.1, 2, 1000);
  EXPECT_EQ(r.status, Status::interrupted);
  ASSERT_GT(r.steps.size(), 1U);
  EXPECT_LT(r.steps.size(), 1001U);
  EXPECT_EQ(r.at("overlap").mean.size(), static_cast<Eigen::Index>(r.steps.size()));
  EXPECT_GT(r.at("overlap").standard_error.tail(1)[0], 0.0);
}

// One thread solves one scrambling after the other; before the second begins there is no error bar, so nothing is kept.
TEST(DmftStatus, AStopBeforeTheSecondScramblingKeepsNothing) {
  const Observables r = stopped_at(0.0, 1, 100);
  EXPECT_EQ(r.status, Status::interrupted);
  EXPECT_FALSE(r.message.empty());
  EXPECT_TRUE(r.steps.empty());
}

// THEORY 2: E[s^2] is infinite. Whatever the scheme is called: at index 2 the same one is solved.
TEST(DmftRefusal, InfiniteVarianceOfTheMinibatchIsNamed) {
  Problem p = logistic_sgd();
  p.algorithm.sampling = {"stable-sgd", {{"batch", 0.3}, {"stability", 1.7}, {"scale", 0.1}}};
  try {
    (void)dmft::solve(p, eight);
    ADD_FAILURE() << "solved";
  } catch (const NotApplicable& refusal) {
    EXPECT_NE(refusal.reason().find("E[s^2]"), std::string::npos) << refusal.reason();
    EXPECT_NE(refusal.reason().find("N^(1/2 - 1/stability)"), std::string::npos) << refusal.reason();
  }
  p.algorithm.sampling.parameters["stability"] = 2.0;
  EXPECT_EQ(dmft::solve(p, eight).status, Status::ok);
}

TEST(DmftRefusal, BadOptionsAreNamed) {
  const auto key = [](const dmft::Options& options) {
    try {
      (void)dmft::solve(logistic_sgd(), options);
    } catch (const InputError& error) {
      return error.key();
    }
    return std::string("accepted");
  };
  EXPECT_EQ(key({.samples = 1}), "dmft.samples");
  EXPECT_EQ(key({.samples = 1L << 40}), "dmft.samples");
  EXPECT_EQ(key({.scramblings = 1}), "dmft.scramblings");
  Problem p = logistic_sgd();
  p.algorithm.steps = 90000;
  EXPECT_THROW((void)dmft::solve(p, {.samples = 1L << 24, .scramblings = 2}), InputError) << "memory";
}

}  // namespace
}  // namespace sgdyn
