#include "sgdyn/theory/replica/collapse.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "sgdyn/theory/replica/gaussian_ramp.hpp"

namespace sgdyn::replica {
namespace {

// A root of a rising function, to the last digits; the bracket doubles until it holds one.
template <class F>
double rising_root(F value, double low, double high) {
  double at_low = value(low);
  double at_high = value(high);
  for (int i = 0; i < 200 && at_low > 0.0; ++i) {
    high = std::exchange(low, low - 2.0 * (high - low));
    at_high = std::exchange(at_low, value(low));
  }
  for (int i = 0; i < 200 && at_high < 0.0; ++i) {
    low = std::exchange(high, high + 2.0 * (high - low));
    at_low = std::exchange(at_high, value(high));
  }
  if (!(at_low < 0.0 && at_high > 0.0)) return at_low < 0.0 ? high : low;
  std::uintmax_t most = 200;
  const auto close = boost::math::tools::eps_tolerance<double>();
  const auto [a, b] = boost::math::tools::toms748_solve(value, low, high, at_low, at_high, close, most);
  return 0.5 * (a + b);
}

// All in units of the deviation s: the zone of the frequent label is t - tau < x < t, with tau = g/s.
struct Shape {
  double t = 0.0;
  Moments frequent;
};

Shape shape_at(double tau, double rare_over_frequent) {
  const ProximalRamp ramp{.anchor = 0.0, .slope = 1.0, .width = tau};
  const auto missing = [&](double t) { return ramp_moments(ramp, tau, t, 1.0).d - rare_over_frequent * tau; };
  Shape shape;
  shape.t = rising_root(missing, -1.0, 1.0);
  shape.frequent = ramp_moments(ramp, tau, shape.t, 1.0);
  return shape;
}

}  // namespace

std::optional<SmallWeights> small_weights(const std::optional<ProximalRamp>& ramp, const MarginLaw& law, double alpha,
                                          double ridge) {
  const auto& parts = law.parts();
  if (!ramp || ramp->two_sided || ramp->slope < 1.0 || !std::isfinite(ramp->width)) return std::nullopt;
  if (!law.has_intercept() || parts.size() != 2 || parts[0].label == parts[1].label) return std::nullopt;
  const double Delta = law.noise();
  for (const Part& part : parts) {
    if (part.signal != 1.0 || part.variance != Delta) return std::nullopt;
  }
  Part frequent = parts[0];
  Part rare = parts[1];
  if (frequent.weight < rare.weight) std::swap(frequent, rare);

  // replica.E2 and E3 divided by s^2, with replica.E4 in Shape: both sides grow with tau.
  const auto excess = [&](double log_tau) {
    const double tau = std::exp(log_tau);
    const Shape shape = shape_at(tau, rare.weight / frequent.weight);
    const double m = 2.0 * alpha * rare.weight / Delta * tau;
    return alpha * (frequent.weight * shape.frequent.dd + rare.weight * tau * tau) + Delta * m * m - 1.0;
  };
  const double tau = std::exp(rising_root(excess, -1.0, 1.0));
  const Shape shape = shape_at(tau, rare.weight / frequent.weight);
  const double ridge_response = 1.0 - alpha * frequent.weight * shape.frequent.p;  // lambda V by replica.E1

  SmallWeights result;
  result.collapsed = ridge_response <= 0.0;
  if (result.collapsed) {
    result.at.intercept = frequent.label * ramp->anchor - law.reference();
    return result;
  }
  // ramp->width is the width at g = 1: the slope of the linear part.
  const double g = Delta * ridge_response / ridge;
  const double s = g * ramp->width / tau;
  result.at.proximal_width = g;
  result.at.overlap = 2.0 * alpha * rare.weight / Delta * tau * s;
  result.at.q = s * s / Delta - result.at.overlap * result.at.overlap;
  // mean of the frequent label = anchor - t s = m + y B
  result.at.intercept = frequent.label * (law.gap(ramp->anchor, frequent, {}) - shape.t * s - result.at.overlap);
  return result;
}

}  // namespace sgdyn::replica
