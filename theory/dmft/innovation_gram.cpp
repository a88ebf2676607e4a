#include "sgdyn/theory/dmft/innovation_gram.hpp"

#include <cmath>

namespace sgdyn::dmft {

InnovationGram::InnovationGram(int steps) {
  const Eigen::Index T = steps;
  M_ = L_ = N_ = projection_ = Eigen::MatrixXd::Zero(T, T);
  DD_ = scale_ = Eigen::VectorXd::Zero(T);
}

// X.F'(u) from X.F(u), u < t.
Eigen::VectorXd InnovationGram::with_cleaned(const Eigen::VectorXd& with_raw) const {
  Eigen::VectorXd cleaned = with_raw;
  for (Eigen::Index u = 1; u < t_; ++u) cleaned[u] -= N_.row(u).head(u).dot(cleaned.head(u));
  return cleaned;
}

// M x = right over the directions that are not empty.
Eigen::VectorXd InnovationGram::solve(const Eigen::VectorXd& right) const {
  Eigen::VectorXd x = right;
  for (Eigen::Index u = 0; u < t_; ++u) {
    x[u] = L_(u, u) > 0.0 ? (x[u] - L_.row(u).head(u).dot(x.head(u))) / L_(u, u) : 0.0;
  }
  for (Eigen::Index u = t_ - 1; u >= 0; --u) {
    const Eigen::Index later = t_ - 1 - u;
    x[u] = L_(u, u) > 0.0 ? (x[u] - L_.col(u).segment(u + 1, later).dot(x.tail(later))) / L_(u, u) : 0.0;
  }
  return x;
}

void InnovationGram::append_factor(const Eigen::VectorXd& row, double diagonal) {
  constexpr double negligible_pivot = 1e-10;
  double remaining = diagonal;
  for (Eigen::Index v = 0; v < t_; ++v) {
    if (L_(v, v) == 0.0) continue;
    L_(t_, v) = (row[v] - L_.row(t_).head(v).dot(L_.row(v).head(v))) / L_(v, v);
    remaining -= L_(t_, v) * L_(t_, v);
  }
  L_(t_, t_) = remaining > negligible_pivot * diagonal ? std::sqrt(remaining) : 0.0;
}

// D(t) is uncorrelated with everything before: its projection on the earlier F' is sampling error and is taken off, here
// and, weighted by the regression of B(t) on D(v), wherever that error lives on in B(t).
Eigen::VectorXd InnovationGram::append(const InnovationSums& sums) {
  const Eigen::VectorXd DF = with_cleaned(sums.DF);
  const Eigen::VectorXd BF = with_cleaned(sums.BF);
  const Eigen::VectorXd a = solve(DF);
  Eigen::VectorXd inherited = Eigen::VectorXd::Zero(t_);  // of B(t), in terms of the F'
  for (Eigen::Index v = 0; v < t_; ++v) {
    if (DD_[v] > 0.0) inherited.head(v) += sums.BD[v] / DD_[v] * projection_.row(v).head(v).transpose();
  }
  const auto M = M_.topLeftCorner(t_, t_);
  const Eigen::VectorXd row = BF - M * inherited;
  const double mean_part = sums.BB - 2.0 * inherited.dot(BF) + inherited.dot(M * inherited);
  const double diagonal = mean_part + 2.0 * (sums.BD_now - a.dot(BF)) + sums.DD - a.dot(DF);
  append_factor(row, diagonal);
  M_.row(t_).head(t_) = row.transpose();
  M_.col(t_).head(t_) = row;
  M_(t_, t_) = diagonal;
  N_.row(t_).head(t_) = (inherited + a).transpose();
  projection_.row(t_).head(t_) = a.transpose();
  DD_[t_] = sums.DD;
  // The diagonal is known more precisely; one factor a row keeps the matrix a Gram matrix.
  const double known = mean_part + sums.variance;
  scale_[t_] = diagonal > 0.0 && known > 0.0 ? std::sqrt(known / diagonal) : 1.0;
  ++t_;
  Eigen::VectorXd result = M_.col(t_ - 1).head(t_);
  result.array() *= scale_.head(t_).array() * scale_[t_ - 1];
  return result;
}

}  // namespace sgdyn::dmft
