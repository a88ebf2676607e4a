// The noise kernel M of forces whose minibatch part is a martingale, with the sampling error of that part taken out
// (dmft.E15). The result is the Gram matrix of vectors, so it stays positive semidefinite.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace sgdyn::dmft {

/// What one step adds, as sums over samples. A force is F(t) = B(t) + D(t), B its mean given the past and D what the
/// minibatch of step t does by surprise.
struct InnovationSums {
  Eigen::VectorXd DF, BF, BD;  ///< D(t).F(u), B(t).F(u), B(t).D(u) for u < t
  double DD = 0, BB = 0, BD_now = 0;
  double variance = 0;  ///< sum of E[D(t)^2 | past]
};

class InnovationGram {
 public:
  explicit InnovationGram(int steps);

  /// Step t, in order from 0: estimates of the sums over samples of F(t) F(u), u = 0 ... t.
  [[nodiscard]] Eigen::VectorXd append(const InnovationSums& sums);

 private:
  [[nodiscard]] Eigen::VectorXd with_cleaned(const Eigen::VectorXd& with_raw) const;
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& right) const;
  void append_factor(const Eigen::VectorXd& row, double diagonal);

  Eigen::Index t_ = 0;
  // Of the cleaned vectors F'(u): their Gram matrix and its Cholesky factor; how F' follows from F (F' = F - N F'); the
  // projection of D on earlier F'; and |D|^2.
  Eigen::MatrixXd M_, L_, N_, projection_;
  Eigen::VectorXd DD_, scale_;
};

}  // namespace sgdyn::dmft
