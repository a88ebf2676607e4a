// The order parameters of eq. 8 for one scrambling: m, R, and the factor of the noise covariance. Everything is built
// forward in time; row t + 1 needs only what is known at step t.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "sgdyn/core/problem.hpp"

namespace sgdyn::dmft {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The averages over the single-sample process at step t (dmft.E3 to dmft.E5).
struct Averages {
  double A = 0;        ///< alpha E[s c Lambda']
  Eigen::VectorXd M;   ///< alpha E[s(t) s(u) Lambda'(t) Lambda'(u)], u = 0 ... t
  Eigen::VectorXd K;   ///< E[s(t) Lambda''(t) dr(t)/dP(u)], u = 0 ... t; empty when KG is given
  Eigen::VectorXd KG;  ///< sum_k K(t,k) G(k,v), v = 0 ... t, from integration by parts (dmft.E9); empty when K is given
};

class OrderParameters {
 public:
  /// What is negligible against the largest of its kind: the rounding of single precision, for how many steps in a row.
  static constexpr double negligible = 0x1p-24;
  static constexpr int persistence = 16;

  explicit OrderParameters(const Problem& problem);

  /// From step t to t + 1. Returns false, leaving step t + 1 unset, when a number overflows.
  [[nodiscard]] bool advance(int t, const Averages& averages);

  [[nodiscard]] double m(int t) const { return m_[t]; }
  /// R(t, u), u = 0 ... t - 1: response of w(t) to a unit kick at the end of step u.
  [[nodiscard]] auto response_row(int t) const { return R_.row(t).head(t); }
  /// G(t, v), v = 0 ... t: omega(t) = sum_v G(t,v) zeta_v with zeta_0 the start and zeta_{v+1} the noise of step v
  /// (dmft.E7), so that q = G G^T is positive semidefinite by construction.
  [[nodiscard]] auto noise_row(int t) const { return G_.row(t).head(t + 1); }
  [[nodiscard]] double q(int t, int u) const;
  /// C(t, u) = q + m m.
  [[nodiscard]] double correlation(int t, int u) const { return q(t, u) + m_[t] * m_[u]; }
  [[nodiscard]] double response(int t, int u) const { return u < t ? R_(t, u) : 0.0; }
  /// At the latest step t, times before these have negligible responses R(t, .) and noise weights G(t, .): nothing but
  /// single-precision rounding is lost by leaving them out of the history sums of eq. 7. Responses must have been
  /// negligible for a number of steps in a row, since one that passes through zero comes back.
  [[nodiscard]] int response_start() const { return response_start_; }
  [[nodiscard]] int noise_start() const { return noise_start_; }
  /// Smallest pivot of M relative to its diagonal; negative beyond rounding would mean M is not a covariance.
  [[nodiscard]] double smallest_pivot() const { return smallest_pivot_; }
  /// L(t, v) of M = L L^T.
  [[nodiscard]] double noise_factor(int t, int v) const { return L_(t, v); }
  /// True once some noise direction is empty: M then does not determine the response to a single kick by parts.
  [[nodiscard]] bool has_empty_direction() const { return has_empty_direction_; }

 private:
  void append_factor_row(int t, const Eigen::VectorXd& M);
  void propagate_response(int t, const Averages& averages);
  void find_starts(int t);
  [[nodiscard]] Eigen::RowVectorXd response_feedback(int t, const Eigen::RowVectorXd& KG) const;

  double ridge_, dt_, noise_, alpha_;
  Eigen::VectorXd m_;
  RowMatrix R_;  // (T+1) x T, strictly causal
  RowMatrix G_;  // (T+1) x (T+1)
  RowMatrix L_;  // T x T, lower triangular
  int response_start_ = 0;
  int noise_start_ = 0;
  double smallest_pivot_ = 1.0;
  bool has_empty_direction_ = false;
};

}  // namespace sgdyn::dmft
