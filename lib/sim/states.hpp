// The weights of all columns before and after an update, and what an update does to them besides the losses.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/aligned_array.hpp"
#include "sgdyn/sim/kernels.hpp"

namespace sgdyn::sim {

/// Weights are kept as u = w / sqrt(N), which turns r = x.w/sqrt(N) into x.u, m into u_1 and |w|^2/N into |u|^2. With
/// p(t) = u(t) + mu (u(t) - u(t-1)) and g = lambda u + (1/N) sum_mu s_mu Lambda'(y_mu, r_mu) x_mu, eq. 2 becomes
///   u(t+1) = p(t) - dt g(u(t)) with the heavy ball, p(t) - dt g(p(t)) with Nesterov's momentum.
/// Without momentum p = u, and no array for it is kept.
class States {
 public:
  States(const Problem& problem, int columns, std::size_t dimension);

  [[nodiscard]] std::size_t stride() const { return stride_; }
  /// u(t), its padding included.
  [[nodiscard]] std::span<double> current(int column) { return {column_of(current_, column), stride_}; }
  /// u(t), N entries.
  [[nodiscard]] Eigen::Map<const Eigen::VectorXd> weights(int column) const { return vector(current_, column); }
  /// u(t + 1) while an update is under way.
  [[nodiscard]] Eigen::Map<Eigen::VectorXd> after(int column) {
    return {column_of(next_, column), static_cast<Eigen::Index>(dimension_)};
  }

  [[nodiscard]] ColumnsView current_of(int first, int columns) { return view(current_, first, columns); }
  [[nodiscard]] ColumnsView next_of(int first, int columns) { return view(next_, first, columns); }
  /// Where the gradient is taken: u(t), or p(t) with Nesterov's momentum.
  [[nodiscard]] ColumnsView gradient_point_of(int first, int columns) {
    return view(gradient_ahead() ? ahead_ : current_, first, columns);
  }
  [[nodiscard]] bool gradient_ahead() const { return kind_ == MomentumKind::nesterov; }

  /// At the start of the first `columns`: u(-1) = u(0).
  void rest(int columns);
  /// Everything about a column, u(t - 1) included.
  void copy(int from, int to);
  /// u(t + 1) of the first `columns` as it would be without losses; the sum over samples is then added to next_of().
  void drift(double dt, int columns);
  /// |g|^2/N in w, of the update that is complete but for finish().
  [[nodiscard]] double squared_gradient(int column) const;
  /// t becomes t + 1.
  void finish();

 private:
  using Array = AlignedArray<double>;

  [[nodiscard]] double* column_of(Array& array, int column) const {
    return array.data() + static_cast<std::size_t>(column) * stride_;
  }
  [[nodiscard]] Eigen::Map<const Eigen::VectorXd> vector(const Array& array, int column) const {
    return {array.data() + static_cast<std::size_t>(column) * stride_, static_cast<Eigen::Index>(dimension_)};
  }
  [[nodiscard]] ColumnsView view(Array& array, int first, int columns) const {
    return {column_of(array, first), stride_, columns};
  }

  double ridge_;
  double momentum_;
  MomentumKind kind_;
  std::size_t dimension_;
  std::size_t stride_;
  double dt_ = 0.0;  // of the update under way
  Array current_;
  Array next_;   // between updates u(t - 1), which an update overwrites
  Array ahead_;  // p(t), empty without momentum
};

/// Bytes held by States.
[[nodiscard]] double states_bytes(const Problem& problem, int columns, long dimension);

}  // namespace sgdyn::sim
