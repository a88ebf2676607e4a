#include "sgdyn/theory/replica/collapse.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "sgdyn/theory/replica/gaussian_ramp.hpp"
#include "sgdyn/theory/replica/proximal.hpp"

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

// A jump of l' at a margin, and the forces -l' that matter there.
struct Kink {
  double margin = 0.0;
  double pull = 0.0;      // just below the kink
  double push = 0.0;      // just above, less
  double opposite = 0.0;  // at -margin, where the other label is when one sits at the kink
};

std::vector<Kink> kinks_of(const Loss& loss) {
  std::vector<Kink> kinks;
  // A ramp of slope 1 is that of two lines; its width at g = 1 is the slope of the lower.
  if (const auto ramp = loss.proximal_ramp(1.0)) {
    if (ramp->two_sided || ramp->slope < 1.0) return {};
    return {{.margin = ramp->anchor, .pull = ramp->width, .push = 0.0, .opposite = ramp->width}};
  }
  for (const Break& at : breaks_of(loss)) {
    if (!(at.left < at.right) || at.u == 0.0) continue;
    kinks.push_back({.margin = at.u, .pull = -at.left, .push = -at.right, .opposite = -loss.slope_at(-at.u)});
  }
  return kinks;
}

// All in units of the deviation s, with tau = g/s: the step of the frequent label is t - x, held between push tau and
// pull tau.
struct Shape {
  double t = 0.0;
  double d = 0.0;
  double dd = 0.0;
  double zone = 0.0;  // P(neither end is reached)
};

Shape shape_at(double t, double tau, const Kink& kink) {
  const double lowest = kink.push * tau;
  const ProximalRamp ramp{.anchor = 0.0, .slope = 1.0, .width = (kink.pull - kink.push) * tau};
  const Moments above = ramp_moments(ramp, tau, t - lowest, 1.0);
  return {t, above.d + lowest, above.dd + lowest * (2.0 * above.d + lowest), above.p};
}

Shape balanced_shape(double tau, const Kink& kink, double rare_over_frequent) {
  const auto missing = [&](double t) { return shape_at(t, tau, kink).d - rare_over_frequent * kink.opposite * tau; };
  return shape_at(rising_root(missing, -1.0, 1.0), tau, kink);
}

struct TwoLabels {
  Part frequent;
  Part rare;
};

// Of two clusters with a fitted intercept.
std::optional<TwoLabels> two_labels(const MarginLaw& law) {
  const auto& parts = law.parts();
  if (!law.has_intercept() || parts.size() != 2 || parts[0].label == parts[1].label) return std::nullopt;
  for (const Part& part : parts) {
    if (part.signal != 1.0 || part.variance != law.noise()) return std::nullopt;
  }
  TwoLabels labels{parts[0], parts[1]};
  if (labels.frequent.weight < labels.rare.weight) std::swap(labels.frequent, labels.rare);
  return labels;
}

}  // namespace

std::optional<SmallWeights> small_weights(const Loss& loss, const MarginLaw& law, double alpha, double ridge) {
  const auto labels = two_labels(law);
  if (!labels) return std::nullopt;
  const Part& frequent = labels->frequent;
  const Part& rare = labels->rare;
  const double ratio = rare.weight / frequent.weight;
  const std::vector<Kink> kinks = kinks_of(loss);
  const auto holds = [&](const Kink& kink) {
    return kink.push < ratio * kink.opposite && ratio * kink.opposite < kink.pull;
  };
  const auto found = std::find_if(kinks.begin(), kinks.end(), holds);
  if (found == kinks.end()) return std::nullopt;
  const Kink& kink = *found;
  const double Delta = law.noise();
  const double overlap_over_g = 2.0 * alpha * rare.weight * kink.opposite / Delta;

  // replica.E2 and E3 divided by s^2, with replica.E4 in the shape: both sides grow with tau.
  const auto excess = [&](double log_tau) {
    const double tau = std::exp(log_tau);
    const Shape shape = balanced_shape(tau, kink, ratio);
    const double m = overlap_over_g * tau;
    const double of_rare = kink.opposite * tau;
    return alpha * (frequent.weight * shape.dd + rare.weight * of_rare * of_rare) + Delta * m * m - 1.0;
  };
  const double tau = std::exp(rising_root(excess, -1.0, 1.0));
  const Shape shape = balanced_shape(tau, kink, ratio);
  const double ridge_response = 1.0 - alpha * frequent.weight * shape.zone;  // lambda V by replica.E1

  SmallWeights result;
  result.collapsed = ridge_response <= 0.0;
  if (result.collapsed) {
    result.at.intercept = frequent.label * kink.margin - law.reference();
    return result;
  }
  const double g = Delta * ridge_response / ridge;
  const double s = g / tau;
  result.at.proximal_width = g;
  result.at.overlap = overlap_over_g * g;
  result.at.q = s * s / Delta - result.at.overlap * result.at.overlap;
  // mean of the frequent label = margin - t s = m + y B
  result.at.intercept = frequent.label * (law.gap(kink.margin, frequent, {}) - shape.t * s - result.at.overlap);
  return result;
}

}  // namespace sgdyn::replica
