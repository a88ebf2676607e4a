// Two replicas: limits in which their distance is known, and the kernel of their difference.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <string>
#include <vector>

#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/random/stream.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/order_parameters.hpp"
#include "support/agreement.hpp"
#include "support/logistic_sgd.hpp"
#include "support/persistent_sat.hpp"

namespace sgdyn {
namespace {

using testing_support::expect_agree;
using testing_support::persistent_sat;

const dmft::Options eight{.samples = 8192, .scramblings = 8, .seed = 1};
const dmft::Options other{.samples = 8192, .scramblings = 8, .seed = 2};

Problem two_logistic() {
  Problem p = testing_support::logistic_sgd(30);
  p.observables.replicas = 2;
  return p;
}

double smallest_eigenvalue(const Eigen::MatrixXd& X) {
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(X).eigenvalues().minCoeff();
}

TEST(DmftReplicas, ModesAreOrthogonal) {  // dmft.E14
  const int copies = dmft::copies_for(2);
  const auto count = static_cast<std::size_t>(copies);
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t l = 0; l < count; ++l) {
      double product = 0.0;
      for (std::size_t a = 0; a < count; ++a) {
        product += dmft::mode_weight(copies, a, k) * dmft::mode_weight(copies, a, l);
      }
      EXPECT_NEAR(product, k == l ? 1.0 : 0.0, 1e-15) << k << "," << l;
    }
    EXPECT_EQ(dmft::mode_weight(copies, k, 0), 0.5) << "mode 0 is the sum";
  }
  EXPECT_EQ(dmft::copies_for(1), 1);
  EXPECT_EQ(dmft::mode_weight(1, 0, 0), 1.0);
}

// Without noise there is nothing to tell replicas apart: not a rounding, exactly.
TEST(DmftReplicas, OfGradientDescentDoNotPart) {  // dmft.E14
  for (const char* loss : {"logistic", "squared-hinge", "hinge"}) {
    Problem p = two_logistic();
    p.loss.loss = {loss, {}};
    p.algorithm.sampling = {"gd", {}};
    const Observables r = dmft::solve(p, eight);
    ASSERT_EQ(r.status, Status::ok) << loss << r.message;
    EXPECT_EQ(r.at("distance").mean, Eigen::VectorXd::Zero(31)) << loss;
    EXPECT_EQ(r.at("distance").standard_error, Eigen::VectorXd::Zero(31)) << loss;
    const Eigen::MatrixXd gap = r.two_time.at("correlation").mean - r.two_time.at("replica_correlation").mean;
    EXPECT_LT(gap.cwiseAbs().maxCoeff(), 1e-14) << loss;
  }
}

TEST(DmftReplicas, DistanceIsThatOfTheCorrelations) {  // dmft.E14: d^2 = 2 (C - C_12)
  const Observables r = dmft::solve(two_logistic(), eight);
  const Eigen::MatrixXd& C = r.two_time.at("correlation").mean;
  const Eigen::MatrixXd& between = r.two_time.at("replica_correlation").mean;
  const Series& d = r.at("distance");
  const Eigen::VectorXd squared = d.replicates.array().square().colwise().mean().matrix().transpose();
  EXPECT_LT((squared - 2.0 * (C - between).diagonal()).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_TRUE(between.isApprox(between.transpose(), 1e-14));
  EXPECT_EQ(d.mean[0], 0.0);
  EXPECT_GT(d.mean[30], 0.1);
  EXPECT_GT(smallest_eigenvalue(C - between), -1e-12 * C.trace());
  EXPECT_GT(smallest_eigenvalue(C + between), -1e-12 * C.trace());
}

// Replicas see the same data: one of two is one.
TEST(DmftReplicas, EachIsTheOnlyOne) {  // dmft.E14
  for (const char* loss : {"logistic", "hinge"}) {
    Problem p = two_logistic();
    p.loss.loss = {loss, {}};
    Observables two = dmft::solve(p, eight);
    EXPECT_FALSE(two.two_time.at("replica_correlation").mean.isZero());
    p.observables.replicas = 1;
    const Observables one = dmft::solve(p, other);
    EXPECT_FALSE(one.at("distance").available());
    EXPECT_FALSE(one.two_time.contains("replica_correlation"));
    two.series.erase("distance");
    expect_agree(two, one, loss);
    const TwoTime& x = two.two_time.at("response");
    const TwoTime& y = one.two_time.at("response");
    EXPECT_LT((x.mean - y.mean).norm(), 4.0 * std::hypot(x.standard_error.norm(), y.standard_error.norm())) << loss;
  }
}

TEST(DmftReplicas, ShortestPersistenceIsBernoulliSampling) {  // THEORY 2: tau = dt/b
  Problem p = two_logistic();
  const Observables bernoulli = dmft::solve(p, eight);
  p.algorithm.sampling = {"persistent-sgd", {{"batch", 0.3}, {"persistence", 0.2 / 0.3}}};
  expect_agree(dmft::solve(p, other), bernoulli, "tau = dt/b");
}

TEST(DmftReplicas, OfFullBatchesDoNotPart) {  // THEORY 2: b = 1
  for (const Component& sampling :
       {Component{"sgd", {{"batch", 1.0}}}, Component{"persistent-sgd", {{"batch", 1.0}, {"persistence", 2.0}}}}) {
    Problem p = two_logistic();
    p.algorithm.sampling = sampling;
    EXPECT_LT(dmft::solve(p, eight).at("distance").mean.maxCoeff(), 1e-12) << sampling.name;
  }
}

// ---- the kernel of the difference ----

struct Pass {
  Eigen::MatrixXd M;  // of the difference mode
  double distance = 0;
};

Pass pass(const Problem& p, const dmft::Options& options, std::size_t n, std::uint32_t scrambling) {
  const Eigen::Index T = p.algorithm.steps;
  Pass result{Eigen::MatrixXd::Zero(T, T), 0.0};
  dmft::Ensemble ensemble(p, options, n, scrambling);
  dmft::OrderParameters order(p);
  dmft::Averages averages;
  for (int t = 0; t < T; ++t) {
    (void)ensemble.advance(t, order, averages, 1);
    result.M.row(t).head(t + 1) = averages.M[1].transpose();
    result.M.col(t).head(t + 1) = averages.M[1];
    EXPECT_TRUE(order.advance(t, averages));
  }
  result.distance = order.distance(static_cast<int>(T));
  return result;
}

// Gradients die and minibatches freeze: where averages put in place of samples would make a kernel indefinite.
TEST(ReplicaKernel, StaysPositiveSemidefiniteWhereGradientsDie) {  // dmft.E14
  for (const Component& sampling :
       {Component{"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}}, Component{"sgd", {{"batch", 0.3}}}}) {
    Problem p = persistent_sat(120);
    p.algorithm.sampling = sampling;
    const Pass r = pass(p, {}, 500, 0);
    EXPECT_GT(smallest_eigenvalue(r.M), -1e-6 * r.M.trace()) << sampling.name;  // sums of single-precision numbers
    EXPECT_GT(r.M.trace(), 0.0);
    EXPECT_LT(r.M(119, 119), 0.05 * r.M.diagonal().maxCoeff()) << sampling.name << ": not yet in the satisfiable phase";
  }
}

// Over an epoch of reshuffled minibatches what tells the replicas apart cancels, sample by sample; kernels rescaled to
// the averaged diagonal gave distances too large by 6 % at 2048 draws. Drawn forces are the reference, at the end of an
// epoch and within one. 16 scramblings on either side: five standard errors are exceeded with probability 1e-4 in all.
TEST(ReplicaKernel, LeavesReshuffledEpochsAsDrawn) {  // dmft.E14
  Problem p = persistent_sat(100);
  p.algorithm.sampling = {"reshuffled-sgd", {{"batch", 0.25}}};
  p.observables.times = {60, 98, 100};
  dmft::Options options{.samples = 16L * 512, .scramblings = 16};
  const Observables averaged = dmft::solve(p, options);
  options.average_batch = false;
  options.seed = 2;
  const Observables drawn = dmft::solve(p, options);
  for (Eigen::Index k = 0; k < 3; ++k) {
    const Series& x = averaged.at("distance");
    const Series& y = drawn.at("distance");
    EXPECT_NEAR(x.mean[k], y.mean[k], 5.0 * std::hypot(x.standard_error[k], y.standard_error[k])) << x.mean[k];
    EXPECT_LT(x.standard_error[k], 0.02 * x.mean[k]);
  }
}

// Mean and squared standard error over scramblings.
struct Mean {
  Eigen::MatrixXd value, variance;
};

Mean mean_kernel(const Problem& p, const dmft::Options& options, std::size_t n, std::uint32_t scramblings) {
  const Eigen::Index T = p.algorithm.steps;
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(T, T), squares = sum;
  for (std::uint32_t s = 0; s < scramblings; ++s) {
    const Eigen::MatrixXd M = pass(p, options, n, s).M;
    sum += M;
    squares += M.cwiseAbs2();
  }
  const double count = scramblings;
  return {sum / count, (squares - sum.cwiseAbs2() / count) / (count * (count - 1.0))};
}

// The plain Gram matrix of the drawn forces is the definition: the same mean within six standard errors at each of 465
// pairs of steps (t with some 30 degrees of freedom each: false alarm 1e-3 in all), and a smaller scatter.
TEST(ReplicaKernel, HasTheMeanOfTheDrawnForcesAndLessScatter) {  // dmft.E14
  for (Problem p : {persistent_sat(30), two_logistic()}) {
    dmft::Options drawn{.seed = 7};
    drawn.average_batch = false;
    const Mean plain = mean_kernel(p, drawn, 2048, 32);
    const Mean averaged = mean_kernel(p, {}, 2048, 32);
    const double scale = plain.value.diagonal().maxCoeff();
    for (Eigen::Index t = 0; t < 30; ++t) {
      for (Eigen::Index u = 0; u <= t; ++u) {
        const double error = std::sqrt(plain.variance(t, u) + averaged.variance(t, u));
        EXPECT_LT(std::fabs(plain.value(t, u) - averaged.value(t, u)), 6.0 * error + 1e-4 * scale) << t << "," << u;
      }
    }
    EXPECT_LT(averaged.variance.sum(), plain.variance.sum()) << p.algorithm.sampling.name;
  }
}

}  // namespace
}  // namespace sgdyn
