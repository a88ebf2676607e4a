#include "sgdyn/theory/replica/start.hpp"

#include <algorithm>
#include <cmath>

namespace sgdyn::replica {
namespace {

// Positive root of lambda g/Delta + alpha c g/(1 + c g) = 1, without cancellation.
double parabola_width(double alpha, double Delta, double ridge, double c) {
  const double a = ridge * c / Delta;
  const double b = ridge / Delta + (alpha - 1.0) * c;  // a g^2 + b g - 1 = 0
  const double root = std::sqrt(b * b + 4.0 * a);
  return b > 0.0 ? 2.0 / (b + root) : (root - b) / (2.0 * a);
}

}  // namespace

OrderParameters parabola_fixed_point(const MarginLaw& law, double alpha, double ridge, double curvature,
                                     double minimum) {
  const double Delta = law.noise();
  double signal = 0.0, signal_square = 0.0, variance = 0.0, label = 0.0, label_signal = 0.0;
  for (const Part& part : law.parts()) {
    signal += part.weight * part.signal;
    signal_square += part.weight * part.signal * part.signal;
    variance += part.weight * part.variance;
    label += part.weight * part.label;
    label_signal += part.weight * part.label * part.signal;
  }
  OrderParameters at;
  at.proximal_width = parabola_width(alpha, Delta, ridge, curvature);
  const double r = curvature * at.proximal_width / (1.0 + curvature * at.proximal_width);
  // d = r (e - y c m - y B): the equation of the intercept is B = label e - label_signal m.
  const double ridge_g = ridge * at.proximal_width;
  const double coupling = law.has_intercept() ? label_signal : 0.0;
  const double force = signal - (law.has_intercept() ? coupling * label : 0.0);
  const double stiffness = signal_square - coupling * coupling + variance;
  at.overlap = alpha * r * minimum * force / (ridge_g + alpha * r * stiffness);
  if (law.has_intercept()) at.intercept = label * minimum - label_signal * at.overlap - law.reference();
  double bias = 0.0;
  for (const Part& part : law.parts()) {
    const double gap = minimum - law.mean(part, at);
    bias += part.weight * (gap * gap + part.variance * at.overlap * at.overlap);
  }
  at.q = alpha / Delta * r * r * bias / (1.0 - alpha * r * r);
  return at;
}

OrderParameters guess(const Loss& loss, const MarginLaw& law, double alpha, double ridge) {
  const double slope = loss.slope_at(0.0);
  const double minimum = loss.margin().value_or(slope > 0.0 ? -1.0 : 1.0);
  const double curvature = std::max(std::fabs(slope), 1e-3) / std::max(std::fabs(minimum), 1e-3);
  // Without a ridge the parabola has a singular point at one sample a weight, which the loss has not.
  const double least_ridge = 1e-2 * law.noise() * curvature;
  OrderParameters at = parabola_fixed_point(law, alpha, std::max(ridge, least_ridge), curvature, minimum);
  if (!(at.q > 0.0) || !std::isfinite(at.q)) at.q = 1.0;
  return at;
}

}  // namespace sgdyn::replica
