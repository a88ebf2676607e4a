#include "sgdyn/theory/replica/equations.hpp"

#include <algorithm>
#include <cmath>

namespace sgdyn::replica {
namespace {

// Of an average over one part: how it moves with the mean, the deviation and log g.
struct PartSlope {
  double mean = 0.0;
  double deviation = 0.0;
  double log_g = 0.0;
};

// Those of E[p] are by Stein's lemma, so that no second derivative of the loss enters beyond p (replica.E9).
PartSlope slope_of_d(const Moments& k) { return {-k.p, -k.xi_p, k.d - k.d_p}; }
PartSlope slope_of_dd(const Moments& k) { return {-2.0 * k.d_p, -2.0 * k.xi_d_p, 2.0 * (k.dd - k.dd_p)}; }
PartSlope slope_of_p(const Moments& k, double over_s) {
  return {k.xi_p * over_s, (k.xi2_p - k.p) * over_s, k.p + k.xi_d_p * over_s};
}

// An average over all parts with its derivatives. mean = signal m + label B, s^2 = variance m^2 + Delta q.
class Average {
 public:
  void add(double weight, double value, const PartSlope& slope, const Part& part, double over_s) {
    value_ += weight * value;
    log_g_ += weight * slope.log_g;
    signal_ += weight * slope.mean * part.signal;
    label_ += weight * slope.mean * part.label;
    over_s_ += weight * slope.deviation * over_s;
    variance_over_s_ += weight * slope.deviation * over_s * part.variance;
  }
  [[nodiscard]] double value() const { return value_; }
  // With respect to (log g, m, log q, B).
  [[nodiscard]] Eigen::RowVector4d slope(double m, double Delta_q, bool fixed_width) const {
    return {fixed_width ? 0.0 : log_g_, signal_ + m * variance_over_s_, 0.5 * Delta_q * over_s_, label_};
  }

 private:
  double value_ = 0.0;
  double log_g_ = 0.0;
  double signal_ = 0.0;
  double label_ = 0.0;
  double over_s_ = 0.0;
  double variance_over_s_ = 0.0;
};

// An average whose parts may cancel is as large as all of one sign.
struct Opposed {
  double positive = 0.0;
  double negative = 0.0;

  void add(double term) { (term > 0.0 ? positive : negative) += std::fabs(term); }
  [[nodiscard]] double size() const { return std::max(positive, negative); }
};

// What the equations are made of.
struct Averages {
  Average p;           // E[p]
  Average dd;          // E[d^2]
  Average signal_d;    // E[y c_k d]
  Average variance_p;  // E[t p]
  Average label_d;     // E[y d]
  Opposed signal_terms;
  Opposed label_terms;
};

Averages averages_of(const MarginLaw& law, const OrderParameters& state, const std::vector<Moments>& moments) {
  Averages sum;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const Part& part = law.parts()[i];
    const Moments& k = moments[i];
    const double over_s = 1.0 / law.deviation(part, state);
    const PartSlope of_p = slope_of_p(k, over_s);
    const PartSlope of_d = slope_of_d(k);
    sum.p.add(part.weight, k.p, of_p, part, over_s);
    sum.dd.add(part.weight, k.dd, slope_of_dd(k), part, over_s);
    sum.signal_d.add(part.weight * part.signal, k.d, of_d, part, over_s);
    sum.signal_terms.add(part.weight * part.signal * k.d);
    if (part.variance > 0.0) sum.variance_p.add(part.weight * part.variance, k.p, of_p, part, over_s);
    if (part.label == 0.0) continue;
    sum.label_d.add(part.weight * part.label, k.d, of_d, part, over_s);
    sum.label_terms.add(part.weight * part.label * k.d);
  }
  return sum;
}

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
  const Averages sum = averages_of(law_, state, out.moments);
  const auto slope_of = [&](const Average& of) { return of.slope(m, Delta * state.q, vanishing); };
  const double p = sum.p.value();
  const double dd = sum.dd.value();
  const double variance_p = sum.variance_p.value();

  const Eigen::Index n = count();
  out.value.resize(n);
  out.largest_term.resize(n);
  Eigen::Matrix4d slope;
  out.value[0] = ridge_g / Delta + alpha_ * p - 1.0;  // replica.E1
  out.largest_term[0] = std::max({ridge_g / Delta, alpha_ * p, 1.0});
  slope.row(0) = alpha_ * slope_of(sum.p);
  slope(0, 0) += ridge_g / Delta;

  out.value[1] = m * (ridge_g + alpha_ * variance_p) - alpha_ * sum.signal_d.value();  // replica.E3
  out.largest_term[1] =
      std::max({std::fabs(m) * ridge_g, std::fabs(m) * alpha_ * variance_p, alpha_ * sum.signal_terms.size()});
  slope.row(1) = alpha_ * (m * slope_of(sum.variance_p) - slope_of(sum.signal_d));
  slope(1, 0) += m * ridge_g;
  slope(1, 1) += ridge_g + alpha_ * variance_p;

  out.value[2] = state.q - alpha_ / Delta * dd;  // replica.E2
  out.largest_term[2] = std::max(state.q, alpha_ / Delta * dd);
  slope.row(2) = -alpha_ / Delta * slope_of(sum.dd);
  slope(2, 2) += state.q;

  if (n == 4) {
    out.value[3] = sum.label_d.value();  // replica.E4
    out.largest_term[3] = sum.label_terms.size();
    slope.row(3) = slope_of(sum.label_d);
  }
  out.slope = slope.topLeftCorner(n, n);
}

}  // namespace sgdyn::replica
