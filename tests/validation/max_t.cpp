// The law of the largest |t| (validation/max_t.hpp), against laws known in closed form.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

#include "sgdyn/random/stream.hpp"
#include "sgdyn/validation/max_t.hpp"

namespace sgdyn {
namespace {

Eigen::MatrixXd gaussian_replicates(Eigen::Index rows, Eigen::Index columns, std::uint32_t id) {
  Eigen::MatrixXd result(rows, columns);
  Stream(7, Purpose::testing, id).normals(std::span<double>(result.data(), static_cast<std::size_t>(result.size())));
  return result;
}

double quantile(const std::vector<double>& sorted, double p) {
  return sorted[static_cast<std::size_t>(p * static_cast<double>(sorted.size()))];
}

// One pair, R replicates: Student's t with R - 2 degrees of freedom whatever the data. The 1 % quantile of 40000 draws
// is known to 2 % (one standard deviation); 10 % is five.
TEST(MaxT, OnePairIsStudentsT) {
  for (const Eigen::Index R : {4, 8, 32}) {
    const auto draws = max_t_under_agreement({{gaussian_replicates(R, 1, 1), 1.0}}, Eigen::VectorXd::Zero(1), 40000, 3);
    const boost::math::students_t law(static_cast<double>(R - 2));
    const double tolerance = R == 4 ? 0.2 : 0.1;  // with two degrees of freedom the quantile is steeper
    EXPECT_NEAR(quantile(draws, 0.99) / boost::math::quantile(law, 0.995), 1.0, tolerance) << R;
    EXPECT_NEAR(quantile(draws, 0.5) / boost::math::quantile(law, 0.75), 1.0, 0.05) << R;
  }
}

TEST(MaxT, TwoReplicatesAreCauchyDistributed) {  // one degree of freedom
  const auto draws = max_t_under_agreement({{gaussian_replicates(2, 1, 1), 1.0}}, Eigen::VectorXd::Zero(1), 40000, 3);
  EXPECT_NEAR(quantile(draws, 0.5), 1.0, 0.05);  // |Cauchy| has median 1
  EXPECT_NEAR(quantile(draws, 0.9) / std::tan(0.45 * 3.14159265358979), 1.0, 0.15);
}

TEST(MaxT, IdenticalPairsCountOnceAndIndependentOnesEach) {
  const Eigen::MatrixXd one = gaussian_replicates(200, 1, 2);
  const auto single = max_t_under_agreement({{one, 1.0}}, Eigen::VectorXd::Zero(1), 20000, 3);
  const auto copies = max_t_under_agreement({{one.replicate(1, 50), 1.0}}, Eigen::VectorXd::Zero(50), 20000, 3);
  EXPECT_NEAR(quantile(copies, 0.95), quantile(single, 0.95), 1e-9);
  // 50 nearly independent pairs: the 95 % quantile of the largest is the 0.95^(1/50) quantile of |N(0,1)| = 3.283,
  // a little more with 198 degrees of freedom.
  const auto many =
      max_t_under_agreement({{gaussian_replicates(200, 50, 4), 1.0}}, Eigen::VectorXd::Zero(50), 20000, 3);
  EXPECT_NEAR(quantile(many, 0.95), 3.33, 0.1);
}

TEST(MaxT, ConstantReplicatesAreLeftOutAndTheFloorCounts) {
  const Eigen::MatrixXd constant = Eigen::MatrixXd::Constant(8, 3, 0.25);
  const auto nothing = max_t_under_agreement({{constant, 1.0}}, Eigen::VectorXd::Zero(3), 2000, 3);
  EXPECT_EQ(nothing.back(), 0.0);
  Eigen::MatrixXd tiny = gaussian_replicates(8, 1, 5) * 1e-9;
  // Then the law is that of one Gaussian of known variance.
  const auto floored = max_t_under_agreement({{tiny, 1.0}}, Eigen::VectorXd::Constant(1, 1.0), 40000, 3);
  EXPECT_NEAR(quantile(floored, 0.95), 1.96, 0.06);
}

// The draws are numbered, so who computes them does not matter: to the last bit.
TEST(MaxT, ThreadsDoNotMatterAndItCanBeStopped) {
  const std::vector<ErrorGroup> groups{{gaussian_replicates(4, 40, 1), 1.0}, {gaussian_replicates(32, 40, 2), -1.0}};
  const Eigen::VectorXd floor = Eigen::VectorXd::Constant(40, 1e-3);
  const auto alone = max_t_under_agreement(groups, floor, 1001, 3, {.threads = 1});
  EXPECT_EQ(alone.size(), 1001U);
  for (const int threads : {2, 3}) {
    EXPECT_EQ(max_t_under_agreement(groups, floor, 1001, 3, {.threads = threads}), alone) << threads;
  }
  const std::atomic<bool> stop{true};
  EXPECT_TRUE(max_t_under_agreement(groups, floor, 1001, 3, {.stop_requested = &stop}).empty());
}

}  // namespace
}  // namespace sgdyn
