// The order parameters of eq. 8 for one scrambling: m, R, and the factors of the noise covariance. Everything is built
// forward in time; row t + 1 needs only what is known at step t.
#pragma once

#include <Eigen/Core>
#include <array>
#include <vector>

#include "sgdyn/core/problem.hpp"

namespace sgdyn::dmft {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Copies of the weights followed for a problem's replicas: one for one; for two, which are exchangeable, four, of
/// which every pair tells the same and less noisily (dmft.E14).
[[nodiscard]] int copies_for(int replicas);

/// Weight of mode `mode` in copy `copy`: an orthogonal transform of the noises that makes the modes independent. Mode 0
/// is the sum of the copies over the root of their number, all others are differences and equal in law.
[[nodiscard]] double mode_weight(int copies, std::size_t copy, std::size_t mode);

/// The averages over the single-sample process at step t (dmft.E3 to dmft.E5), and over the copies.
struct Averages {
  double A = 0;       ///< alpha E[s c Lambda']
  Eigen::VectorXd K;  ///< E[s(t) Lambda''(t) dr(t)/dP(u)], u = 0 ... t; empty when KG is given
  /// Of the sum and, with several copies, of a difference: alpha E[f(t) f(u)], u = 0 ... t, f that mode of s Lambda'.
  std::vector<Eigen::VectorXd> M;
  /// Likewise sum_k K(t,k) G(k,v), v = 0 ... t, from integration by parts (dmft.E9); empty when K is given.
  std::vector<Eigen::VectorXd> KG;
};

/// What a field of eq. 7 is made of at one state of the weights.
struct FieldState {
  double m = 0;
  Eigen::RowVectorXd memory;              ///< -Delta dt(u) R(t,u), u = 0 ... t - 1: weights of s(u) Lambda'(u)
  std::vector<Eigen::RowVectorXd> noise;  ///< of the sum and of a difference: G(t,v), v = 0 ... t
  /// Entries of noise[mode] from index 1 + noise_start[mode] on matter, beside entry 0.
  std::vector<int> noise_start;
};

class OrderParameters {
 public:
  /// What is negligible against the largest of its kind: the rounding of single precision, for how many steps in a row.
  static constexpr double negligible = 0x1p-24;
  static constexpr int persistence = 16;

  explicit OrderParameters(const Problem& problem);

  /// From step t to t + 1. Returns false, leaving step t + 1 unset, when a number overflows.
  [[nodiscard]] bool advance(int t, const Averages& averages);

  /// At w(t), where observables are taken.
  [[nodiscard]] FieldState at_weights(int t) const { return state(t, false); }
  /// Where the gradient of step t is taken: at w(t), or ahead of it with Nesterov's momentum (dmft.E15).
  [[nodiscard]] FieldState at_gradient(int t) const { return state(t, ahead_); }
  /// True when these two differ.
  [[nodiscard]] bool looks_ahead() const { return ahead_; }

  [[nodiscard]] double m(int t) const { return m_(t, 0); }
  /// q(t, u) of one replica, orthogonal to v; replica_overlap() is that of two.
  [[nodiscard]] double q(int t, int u) const {
    return (mode_overlap(0, t, u) + (copies_ - 1.0) * mode_overlap(last(), t, u)) / copies_;
  }
  [[nodiscard]] double replica_overlap(int t, int u) const {
    return (mode_overlap(0, t, u) - mode_overlap(last(), t, u)) / copies_;
  }
  /// Variance of the Gaussian field of one replica where the gradient of step t is taken, divided by Delta.
  [[nodiscard]] double gradient_variance(int t) const;
  /// C(t, u) = q + m m.
  [[nodiscard]] double correlation(int t, int u) const { return q(t, u) + m(t) * m(u); }
  [[nodiscard]] double replica_correlation(int t, int u) const { return replica_overlap(t, u) + m(t) * m(u); }
  /// |w1 - w2| / sqrt(N) of two replicas, without a difference of large numbers.
  [[nodiscard]] double distance(int t) const;
  [[nodiscard]] double response(int t, int u) const { return u < t ? R_(t, u) : 0.0; }
  /// chi(t, t') = sum over t' <= u < t of dt(u) R(t, u) (dmft.E16).
  [[nodiscard]] double integrated_response(int t, int from) const;
  /// |gradient of step t on its minibatch, ridge included|^2 / N, once step t + 1 is known (dmft.E17).
  [[nodiscard]] double gradient_norm(int t) const { return gradient_norm_[t]; }
  /// At the latest step t, times before this have negligible responses R(t, .): nothing but single-precision rounding
  /// is lost by leaving them out of the history sums of eq. 7. Responses must have been negligible for a number of
  /// steps in a row, since one that passes through zero comes back.
  [[nodiscard]] int response_start() const { return response_start_; }
  /// Smallest pivot of M relative to its diagonal; negative beyond rounding would mean M is not a covariance.
  [[nodiscard]] double smallest_pivot() const;
  /// False for directions of the noise that are empty: v = 0 the start, v + 1 the noise of step v.
  [[nodiscard]] bool has_direction(std::size_t mode, int v) const;
  /// True once some noise direction is empty: M then does not determine the response to a single kick by parts.
  [[nodiscard]] bool has_empty_direction() const { return modes_.front().has_empty_direction; }

 private:
  /// omega_mode(t) = sum_v G(t,v) zeta_v with zeta_0 the start and zeta_{v+1} the noise of step v (dmft.E7), so that
  /// covariances are positive semidefinite by construction.
  struct Mode {
    std::array<RowMatrix, 2> G;  // (T+1) x (T+1), at the weights and, where that is elsewhere, at the gradient
    RowMatrix L;                 // T x T, lower triangular: M = L L^T
    double smallest_pivot = 1.0;
    bool has_empty_direction = false;
  };

  /// How many modes are like mode k.
  [[nodiscard]] double multiplicity(std::size_t k) const { return k == 0 ? 1.0 : copies_ - 1.0; }
  [[nodiscard]] std::size_t last() const { return modes_.size() - 1; }
  [[nodiscard]] const RowMatrix& gradient_overlap() const { return ahead_ ? m_ahead_ : m_; }
  [[nodiscard]] const RowMatrix& gradient_response() const { return ahead_ ? R_ahead_ : R_; }
  [[nodiscard]] const RowMatrix& gradient_noise(const Mode& mode) const { return mode.G[ahead_ ? 1 : 0]; }
  [[nodiscard]] FieldState state(int t, bool ahead) const;
  [[nodiscard]] double mode_overlap(std::size_t mode, int t, int u) const;
  static void append_factor_row(Mode& mode, int t, const Eigen::VectorXd& M);
  void propagate(int t, const Averages& averages);
  void look_ahead(int t);
  void find_response_start(int t);
  [[nodiscard]] Eigen::RowVectorXd response_feedback(int t, const Eigen::VectorXd& KG) const;
  [[nodiscard]] Eigen::RowVectorXd inertia(const RowMatrix& X, int t, Eigen::Index count) const;

  double ridge_, noise_, alpha_, momentum_, copies_;
  bool ahead_;  // Nesterov: the gradient is taken ahead of the weights
  Eigen::VectorXd dt_;
  Eigen::VectorXd gradient_norm_;
  RowMatrix m_, m_ahead_;    // T+1 rows of one number
  RowMatrix R_, R_ahead_;    // (T+1) x T, strictly causal
  std::vector<Mode> modes_;  // the sum and, with several copies, a difference
  int response_start_ = 0;
};

}  // namespace sgdyn::dmft
