// The noise kernel M of the difference of two replicas, with the sampling error of the minibatches taken out
// (dmft.E15). The result is the Gram matrix of vectors over the samples, so it stays positive semidefinite.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

namespace sgdyn::dmft {

/// Forces are F(t) = B(t) + D(t), B their mean given the past and D what the minibatch of step t does by surprise. D is
/// uncorrelated with everything before it, so that its projection on what the samples did before is sampling error. It
/// is taken off D, and off every later B that depends on D: through the field, by the linear response of each sample,
/// and through the memory of the sampling scheme, by regression.
class DifferenceKernel {
 public:
  /// `with_memory`: minibatches are correlated in time.
  DifferenceKernel(int steps, std::size_t samples, bool with_memory);

  struct Step {
    std::span<const double> mean, surprise;  ///< B and D of every sample
    std::span<const double> stiffness;       ///< dB/d(field) of every sample
    Eigen::RowVectorXd memory;               ///< d(field)/dF(u), u < t
    double variance = 0;                     ///< sum over the samples of E[D^2 | past]
  };
  /// Step t, in order from 0: estimates of sum_i F_i(t) F_i(u), u = 0 ... t. No result depends on the number of
  /// threads.
  [[nodiscard]] Eigen::VectorXd append(const Step& step, int threads);

  [[nodiscard]] static double bytes_per_sample(double steps, bool with_memory) {
    return (with_memory ? 4.0 : 2.0) * sizeof(float) * steps;
  }

 private:
  /// What is left of D after its projection on the earlier forces and on E.
  struct Projection {
    Eigen::VectorXf on_past;
    float on_mean = 0, stretch = 0;
  };

  [[nodiscard]] Eigen::MatrixXd sums_over_folds(Eigen::Index entries, int threads, const auto& of_block) const;
  [[nodiscard]] Eigen::VectorXd measure_surprise(const Step& step, int threads);
  [[nodiscard]] Eigen::VectorXd clean_mean(const Step& step, int threads);
  [[nodiscard]] Eigen::VectorXd clean_surprise(const Step& step, const Projection& projection, int threads);
  [[nodiscard]] Eigen::MatrixXf regression_of_other_folds(const Eigen::MatrixXd& products) const;
  [[nodiscard]] Eigen::VectorXd solve_lower(Eigen::VectorXd right) const;
  [[nodiscard]] Eigen::VectorXd solve_upper(Eigen::VectorXd right) const;

  std::size_t samples_, block_size_;
  bool with_memory_;
  Eigen::Index t_ = 0;
  // One column a step, over all samples: F cleaned, and F minus that; with memory D, and what was taken off it.
  Eigen::MatrixXf cleaned_, force_error_, surprise_, surprise_error_;
  Eigen::MatrixXd L_;       // of the Gram matrix of `cleaned_`
  Eigen::MatrixXd square_;  // |D|^2 of each fold (rows) and step
  Eigen::MatrixXf along_;   // regression of B(t) on D(v) for each fold (columns)
};

}  // namespace sgdyn::dmft
