// The margins of a data set as a linear function of what is fitted, and the products with its matrix that minimising
// takes.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/data_set.hpp"

namespace sgdyn::minimiser {

/// What is fitted: w/sqrt(N) in the first N entries, zeros up to the padded length, the intercept B in entry
/// Margins::intercept_entry() (zero where none is fitted), zeros again. |w|^2/N is then the squared length of the
/// weights, and the margins are h_mu = y_mu (x_mu . weights + B).
using Unknowns = Eigen::VectorXd;

/// Refers to the data set. Single-precision data, double-precision arithmetic; sums in the order of the samples.
class Margins {
 public:
  Margins(const sim::DataSet& data, Intercept intercept);

  [[nodiscard]] Eigen::Index samples() const { return static_cast<Eigen::Index>(data_.samples()); }
  [[nodiscard]] Eigen::Index dimension() const { return static_cast<Eigen::Index>(data_.dimension()); }
  [[nodiscard]] bool has_intercept() const { return intercept_ == Intercept::optimal; }
  /// Numbers that are really fitted: N, and 1 for an intercept.
  [[nodiscard]] Eigen::Index free_parameters() const { return dimension() + (has_intercept() ? 1 : 0); }
  [[nodiscard]] Eigen::Index intercept_entry() const { return static_cast<Eigen::Index>(data_.stride()); }
  [[nodiscard]] Unknowns zero() const;

  /// |weights| = |w|/sqrt(N).
  [[nodiscard]] double length(const Unknowns& x) const { return x.head(dimension()).norm(); }
  /// The mean of |x_mu|^2, with 1 for an intercept.
  [[nodiscard]] double mean_square_row() const;
  /// The mean eigenvalue of A^T A.
  [[nodiscard]] double mean_curvature() const {
    return static_cast<double>(samples()) / static_cast<double>(dimension()) * mean_square_row();
  }

  [[nodiscard]] Eigen::VectorXd labels() const;

  /// h = A x; x.size() numbers at x, one number a sample at h.
  void apply(const double* x, std::span<double> h) const;
  /// gradient += A^T slope.
  void add_transposed(std::span<const double> slope, Unknowns& gradient) const;
  /// The lower half of `hessian` (free_parameters() square, the intercept last) += A^T diag(curvature) A.
  void add_gram(std::span<const double> curvature, Eigen::MatrixXd& hessian) const;
  /// A A^T, samples() square, the intercept counted as one more input of 1.
  [[nodiscard]] Eigen::MatrixXd gram_of_samples() const;

 private:
  const sim::DataSet& data_;
  Intercept intercept_;
  // Scratch, so that an object is for one thread at a time.
  mutable Unknowns copy_;                   // of x, aligned for the kernels
  mutable std::vector<double> weights_;     // of the samples that contribute to a gradient
  mutable std::vector<const float*> rows_;  // of the same
};

/// Bytes that Margins and the Hessian of one data set take at most.
[[nodiscard]] double margins_bytes(double samples, long dimension);

}  // namespace sgdyn::minimiser
