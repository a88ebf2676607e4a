#include "sgdyn/theory/replica/equations.hpp"

#include <algorithm>
#include <cmath>

namespace sgdyn::replica {
namespace {

// Derivatives of E[d], E[d^2], E[p] of one part with respect to its mean, its deviation and log g. Those of E[p] are
// by Stein's lemma, so that no second derivative of the loss enters beyond p (replica.E9).
struct PartSlopes {
  Eigen::Vector3d d, dd, p;
};

PartSlopes part_slopes(const Moments& k, double s, bool fixed_width) {
  PartSlopes slopes;
  slopes.d = {-k.p, -k.xi_p, k.d - k.d_p};
  slopes.dd = {-2.0 * k.d_p, -2.0 * k.xi_d_p, 2.0 * (k.dd - k.dd_p)};
  slopes.p = {k.xi_p / s, (k.xi2_p - k.p) / s, k.p + k.xi_d_p / s};
  if (fixed_width) slopes.d[2] = slopes.dd[2] = slopes.p[2] = 0.0;
  return slopes;
}

// An average whose parts may cancel is as large as all of one sign.
struct Opposed {
  double positive = 0.0;
  double negative = 0.0;

  void add(double term) { (term > 0.0 ? positive : negative) += std::fabs(term); }
  [[nodiscard]] double size() const { return std::max(positive, negative); }
};

}  // namespace

double Residuals::relative() const {
  double worst = 0.0;
  for (Eigen::Index i = 0; i < value.size(); ++i) {
    const double part = std::fabs(value[i]) / largest_term[i];
    if (std::isnan(part)) return part;
    worst = std::max(worst, part);
  }
  return worst;
}

OrderParameters Equations::at(const Unknowns& x) const {
  return {.proximal_width = std::exp(x[0]),
          .overlap = x[1],
          .q = std::exp(x[2]),
          .intercept = law_.has_intercept() ? x[3] : 0.0};
}

Unknowns Equations::unknowns(const OrderParameters& at) const {
  Unknowns x(count());
  x[0] = std::log(at.proximal_width);
  x[1] = at.overlap;
  x[2] = std::log(at.q);
  if (law_.has_intercept()) x[3] = at.intercept;
  return x;
}

void Equations::evaluate(const Unknowns& x, Residuals& out) const {
  const OrderParameters state = at(x);
  out.accurate = moments_.evaluate(state, out.moments, precision_);
  const double Delta = law_.noise();
  const bool vanishing = limit_ == Limit::vanishing_ridge;
  const double ridge_g = vanishing ? Delta * state.proximal_width : ridge_ * state.proximal_width;  // lambda g
  const double m = state.overlap;

  // Sums over the parts, and their derivatives with respect to (log g, m, log q, B).
  double p = 0.0, dd = 0.0, signal_d = 0.0, variance_p = 0.0, label_d = 0.0;
  Opposed signal_terms, label_terms;
  Eigen::Vector4d p_slope = Eigen::Vector4d::Zero();
  Eigen::Vector4d dd_slope = Eigen::Vector4d::Zero();
  Eigen::Vector4d signal_slope = Eigen::Vector4d::Zero();
  Eigen::Vector4d variance_slope = Eigen::Vector4d::Zero();
  Eigen::Vector4d label_slope = Eigen::Vector4d::Zero();
  for (std::size_t i = 0; i < law_.parts().size(); ++i) {
    const Part& part = law_.parts()[i];
    const Moments& k = out.moments[i];
    const double s = law_.deviation(part, state);
    p += part.weight * k.p;
    dd += part.weight * k.dd;
    signal_d += part.weight * part.signal * k.d;
    variance_p += part.weight * part.variance * k.p;
    label_d += part.weight * part.label * k.d;
    signal_terms.add(part.weight * part.signal * k.d);
    label_terms.add(part.weight * part.label * k.d);

    const PartSlopes slopes = part_slopes(k, s, vanishing);
    // Columns: how (mean, deviation, log g) of this part move with the unknowns.
    Eigen::Matrix<double, 3, 4> motion;
    motion << 0.0, part.signal, 0.0, part.label,                     //
        0.0, part.variance * m / s, 0.5 * Delta * state.q / s, 0.0,  //
        1.0, 0.0, 0.0, 0.0;
    p_slope += part.weight * (motion.transpose() * slopes.p);
    dd_slope += part.weight * (motion.transpose() * slopes.dd);
    signal_slope += part.weight * part.signal * (motion.transpose() * slopes.d);
    variance_slope += part.weight * part.variance * (motion.transpose() * slopes.p);
    label_slope += part.weight * part.label * (motion.transpose() * slopes.d);
  }

  const Eigen::Index n = count();
  out.value.resize(n);
  out.largest_term.resize(n);
  Eigen::Matrix4d slope;
  out.value[0] = ridge_g / Delta + alpha_ * p - 1.0;  // replica.E1
  out.largest_term[0] = std::max({ridge_g / Delta, alpha_ * p, 1.0});
  slope.row(0) = alpha_ * p_slope.transpose();
  slope(0, 0) += ridge_g / Delta;

  out.value[1] = m * (ridge_g + alpha_ * variance_p) - alpha_ * signal_d;  // replica.E3
  out.largest_term[1] =
      std::max({std::fabs(m) * ridge_g, std::fabs(m) * alpha_ * variance_p, alpha_ * signal_terms.size()});
  slope.row(1) = alpha_ * (m * variance_slope - signal_slope).transpose();
  slope(1, 0) += m * ridge_g;
  slope(1, 1) += ridge_g + alpha_ * variance_p;

  out.value[2] = state.q - alpha_ / Delta * dd;  // replica.E2
  out.largest_term[2] = std::max(state.q, alpha_ / Delta * dd);
  slope.row(2) = -alpha_ / Delta * dd_slope.transpose();
  slope(2, 2) += state.q;

  if (n == 4) {
    out.value[3] = label_d;  // replica.E4
    out.largest_term[3] = label_terms.size();
    slope.row(3) = label_slope.transpose();
  }
  out.slope = slope.topLeftCorner(n, n);
}

}  // namespace sgdyn::replica
