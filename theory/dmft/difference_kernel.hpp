// The noise kernel M of the differences of replicas, with part of the sampling error of the minibatches taken out
// (dmft.E15). The result is the Gram matrix of vectors over the samples, so it stays positive semidefinite.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>

namespace sgdyn::dmft {

/// Forces are F(t) = B(t) + D(t), B their mean given the past and D what the minibatch of step t does by surprise. D is
/// uncorrelated with everything before it, so that its projection on earlier forces is sampling error. A share theta of
/// it is taken off, and D stretched to the square that is known from the past. That leaves 1 - theta of the error, at
/// the price of a relative bias of theta^2 t/(2n) in what later means owe to D.
class DifferenceKernel {
 public:
  DifferenceKernel(int steps, std::size_t samples);

  /// Step t, in order from 0: estimates of sum_i F_i(t) F_i(u), u = 0 ... t, from B_i(t), D_i(t) and the sum over
  /// samples of E[D_i(t)^2 | past]. No result depends on the number of threads.
  [[nodiscard]] Eigen::VectorXd append(std::span<const double> mean, std::span<const double> surprise, double variance,
                                       int threads);

  [[nodiscard]] static double bytes_per_sample(double steps) { return sizeof(float) * steps; }

 private:
  [[nodiscard]] Eigen::VectorXd sum_over_blocks(Eigen::Index entries, int threads, const auto& of_block) const;
  [[nodiscard]] Eigen::VectorXd solve(Eigen::VectorXd right) const;

  std::size_t samples_;
  Eigen::Index t_ = 0;
  Eigen::MatrixXf cleaned_;  // F of every sample, one column a step, with less of the error
  Eigen::MatrixXd L_;        // of the Gram matrix of `cleaned_`
  Eigen::VectorXd scale_;    // of each column, to the square that is known
};

}  // namespace sgdyn::dmft
