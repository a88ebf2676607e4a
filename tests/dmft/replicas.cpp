// Two replicas: limits in which their distance is known, and the kernel of their difference.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <string>
#include <vector>

#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/random/stream.hpp"
#include "sgdyn/theory/dmft/difference_kernel.hpp"
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
  for (const std::size_t k : {0U, 1U}) {
    for (const std::size_t l : {0U, 1U}) {
      double product = 0.0;
      for (const std::size_t a : {0U, 1U}) product += dmft::mode_weight(2, a, k) * dmft::mode_weight(2, a, l);
      EXPECT_NEAR(product, k == l ? 1.0 : 0.0, 1e-15);
    }
  }
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
TEST(DifferenceKernel, StaysPositiveSemidefiniteWhereGradientsDie) {  // dmft.E15
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

// Made-up forces of reshuffled epochs, which cancel over each epoch but for a hundredth: the kernel is nearly singular,
// and products taken for zero made it indefinite and in the end explode (smallest eigenvalue -1.5e6).
TEST(DifferenceKernel, IsTheGramMatrixOfItsForcesWhereTheyNearlyCancel) {  // dmft.E15
  constexpr int steps = 100;
  constexpr std::size_t samples = 500;
  const auto scheme = make_sampling_scheme({"reshuffled-sgd", {{"batch", 0.25}}}, 0.2);
  dmft::DifferenceKernel kernel(steps, samples, true);
  Eigen::MatrixXd M = Eigen::MatrixXd::Zero(steps, steps);
  Stream stream(3, Purpose::testing, 1);
  std::vector<std::vector<double>> memory(2, std::vector<double>(samples, 0.0));
  std::vector<double> u(samples), s(samples), average(samples), square(samples), stiffness(samples, 0.0);
  for (int t = 0; t < steps; ++t) {
    std::vector<double> mean(samples, 0.0), surprise(samples, 0.0);
    double variance = 0.0;
    for (std::size_t a = 0; a < 2; ++a) {
      scheme->conditional_moments(t, memory[a], average, square);
      stream.uniforms(u);
      scheme->advance(t, u, memory[a], s);
      for (std::size_t i = 0; i < samples; ++i) {
        const double phase = static_cast<double>(i);
        const double force =
            dmft::mode_weight(2, a, 1) * std::exp(-0.01 * t) * (1.0 + 0.05 * std::sin(0.1 * t + phase));
        mean[i] += average[i] * force;
        surprise[i] += (s[i] - average[i]) * force;
        variance += (square[i] - average[i] * average[i]) * force * force;
      }
    }
    const Eigen::RowVectorXd no_memory = Eigen::RowVectorXd::Zero(t);
    const Eigen::VectorXd row = kernel.append(
        {.mean = mean, .surprise = surprise, .stiffness = stiffness, .memory = no_memory, .variance = variance}, 1);
    M.row(t).head(t + 1) = row.transpose();
    M.col(t).head(t + 1) = row;
  }
  EXPECT_GT(smallest_eigenvalue(M), -1e-6 * M.trace());
  // Nearly singular: a whole epoch leaves far less than its steps.
  EXPECT_LT(M.topLeftCorner(4, 4).sum(), 0.1 * M.topLeftCorner(4, 4).trace());
}

// Over an epoch of reshuffled minibatches what tells the replicas apart cancels, sample by sample; cleaned kernels gave
// distances too large by 11 % at 2048 draws, rescaled ones by 6 %. Drawn forces are the reference, at the end of an
// epoch and within one. 16 scramblings on either side: five standard errors are exceeded with probability 1e-4 in all.
TEST(DifferenceKernel, LeavesReshuffledEpochsAsDrawn) {  // dmft.E15
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
TEST(DifferenceKernel, HasTheMeanOfThePlainGramMatrixAndLessScatter) {  // dmft.E15
  for (Problem p : {persistent_sat(30), two_logistic()}) {
    dmft::Options drawn{.seed = 7};
    drawn.average_batch = false;
    const Mean plain = mean_kernel(p, drawn, 2048, 32);
    const Mean cleaned = mean_kernel(p, {}, 2048, 32);
    const double scale = plain.value.diagonal().maxCoeff();
    for (Eigen::Index t = 0; t < 30; ++t) {
      for (Eigen::Index u = 0; u <= t; ++u) {
        const double error = std::sqrt(plain.variance(t, u) + cleaned.variance(t, u));
        EXPECT_LT(std::fabs(plain.value(t, u) - cleaned.value(t, u)), 6.0 * error + 1e-4 * scale) << t << "," << u;
      }
    }
    EXPECT_LT(cleaned.variance.sum(), 0.3 * plain.variance.sum()) << p.algorithm.sampling.name;
  }
}

}  // namespace
}  // namespace sgdyn
