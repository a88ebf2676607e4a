// The sampled noise covariance M of dmft.E4 with the averaged diagonal of dmft.E10.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <string>

#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/order_parameters.hpp"
#include "support/logistic_sgd.hpp"

namespace sgdyn {
namespace {

struct Pass {
  Eigen::MatrixXd M;
  Eigen::VectorXd loss;  // per weight, alpha E[loss]
};

Pass pass(const Problem& p, std::size_t n) {
  const Eigen::Index T = p.algorithm.steps;
  Pass result{Eigen::MatrixXd::Zero(T, T), Eigen::VectorXd::Zero(T)};
  dmft::Ensemble ensemble(p, {}, n, 0);
  dmft::OrderParameters order(p);
  dmft::Averages averages;
  for (int t = 0; t < T; ++t) {
    const SampleSums sums = ensemble.advance(t, order, averages, 1);
    result.loss[t] = p.data.alpha * sums.loss / static_cast<double>(n);
    result.M.row(t).head(t + 1) = averages.M.front().transpose();
    result.M.col(t).head(t + 1) = averages.M.front();
    EXPECT_TRUE(order.advance(t, averages));
  }
  return result;
}

// For the square loss Lambda'^2 = 2 loss at every sample, so that alpha E[s^2 Lambda'^2 | past] = 2 b alpha E[loss].
TEST(GramMatrix, HasTheAveragedDiagonalExactly) {  // dmft.E10
  Problem p = testing_support::logistic_sgd(40);
  p.loss.loss = {"square", {}};
  const Pass r = pass(p, 700);
  EXPECT_TRUE(r.M.diagonal().isApprox(2.0 * 0.3 * r.loss, 1e-12)) << r.M.diagonal() - 0.6 * r.loss;
}

// In the satisfiable phase gradients die and persistent minibatches freeze: averaging the off-diagonal entries too
// would make M indefinite here.
TEST(GramMatrix, StaysPositiveSemidefiniteWhereGradientsDie) {  // dmft.E10
  Problem p = testing_support::logistic_sgd(120);
  p.data.alpha = 0.5;
  p.loss = {.loss = {"squared-hinge", {}}, .ridge = 0.0};
  for (const Component& sampling :
       {Component{"sgd", {{"batch", 0.3}}}, Component{"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}}}) {
    p.algorithm.sampling = sampling;
    const Pass r = pass(p, 500);
    const double smallest = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(r.M).eigenvalues().minCoeff();
    EXPECT_GT(smallest, -1e-12 * r.M.trace()) << sampling.name;
    EXPECT_LT(r.loss.tail(1)[0], 0.05 * r.loss[0]) << sampling.name << ": not yet in the satisfiable phase";
  }
}

}  // namespace
}  // namespace sgdyn
