#include "sgdyn/theory/replica/gaussian_ramp.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "sgdyn/numerics/normal.hpp"

namespace sgdyn::replica {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double probability_below(double t) { return normal_tail(-t); }

// n j_n = t j_(n-1) + j_(n-2) for j_n = E[(t - x)_+^n]/n!, j_(-1) = phi: for t < 0 the wanted solution is the minimal
// one, so that its ratios come from the recurrence run backwards (Miller), as one quotient to save divisions. What the
// start is wrong by is below rounding after so many terms.
HalfMoments tail_half_moments(double t) {
  const double x = -t;
  const int last = 20 + static_cast<int>(250.0 / (x * x));
  double above = 2.0;
  double below = x + std::sqrt(x * x + 4.0 * (last + 1.5));
  for (int n = last; n > 2; --n) above = std::exchange(below, x * below + n * above);
  const double ratio_2 = above / below;                     // j_2/j_1
  const double ratio_1 = 1.0 / (x + 2.0 * ratio_2);         // j_1/j_0
  const double zeroth = normal_density(t) / (x + ratio_1);  // j_0 = phi/(x + j_1/j_0)
  const double first = zeroth * ratio_1;
  return {zeroth, first, 2.0 * first * ratio_2};
}

// In units of the deviation: D(x) = min(tau, (t - x)_+), the ramp with slope and scale taken out, and averages over the
// zone t - tau < x < t.
struct Zone {
  double first = 0.0;   // E[D]
  double second = 0.0;  // E[D^2]
  double mass = 0.0;    // P(zone)
  HalfMoments below;    // of t - tau
};

// Where the zone is too narrow to subtract what is below it: E[D^n] = n times the integral of a^(n-1) Phi(t - a) over
// 0 < a < tau, by Gauss-Legendre with 8 nodes.
Zone narrow_zone(double t, double tau) {
  constexpr std::array<double, 4> nodes{0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
  constexpr std::array<double, 4> weights{0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                                          0.1012285362903763};
  Zone zone;
  const double half = 0.5 * tau;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const double node : {-nodes[i], nodes[i]}) {
      const double a = half * (1.0 + node);
      const double below = probability_below(t - a);
      zone.first += half * weights[i] * below;
      zone.second += 2.0 * half * weights[i] * a * below;
      zone.mass += half * weights[i] * normal_density(t - a);
    }
  }
  return zone;
}

// For zones whose middle is not above the mean.
Zone lower_zone(double t, double tau) {
  Zone zone;
  if (tau * std::fmax(1.0, std::fabs(t)) < 0.5) {
    zone = narrow_zone(t, tau);
    zone.below = half_moments(t - tau);
    return zone;
  }
  const HalfMoments top = half_moments(t);
  if (std::isinf(tau)) return {top.first, top.second, top.zeroth, {}};
  zone.below = half_moments(t - tau);
  zone.first = top.first - zone.below.first;
  zone.second = top.second - zone.below.second - 2.0 * tau * zone.below.first;
  zone.mass = top.zeroth - zone.below.zeroth;
  return zone;
}

// Above the mean D is tau but for what is missing of it, which is the mirrored ramp.
Zone zone_of(double t, double tau) {
  if (std::isinf(tau) || 2.0 * t <= tau) return lower_zone(t, tau);
  const Zone missing = lower_zone(tau - t, tau);
  return {tau - missing.first, tau * tau - 2.0 * tau * missing.first + missing.second, missing.mass,
          half_moments(t - tau)};
}

// P(u > 0): u grows with h, and is zero at the h returned.
double margin_of_zero(const ProximalRamp& ramp) {
  const double in_zone = ramp.rest > 0.0 ? -ramp.slope * ramp.anchor / ramp.rest : -infinity;
  return in_zone >= ramp.anchor - ramp.width ? in_zone : -ramp.slope * ramp.width;
}

Moments two_sided_moments(const ProximalRamp& ramp, double g, double gap, double s) {
  const double r = ramp.slope;
  const double square = gap * gap + s * s;
  return {.d = r * gap,
          .dd = r * r * square,
          .p = r,
          .xi_p = 0.0,
          .xi2_p = r,
          .d_p = r * r * gap,
          .xi_d_p = -r * r * s,
          .dd_p = r * r * r * square,
          .p_rest = r * ramp.rest,
          .loss = 0.5 * r * ramp.rest / g * square,
          .wrong = normal_tail((ramp.anchor - margin_of_zero(ramp) - gap) / s),
          .support = 0.0};
}

}  // namespace

HalfMoments half_moments(double t) {
  if (t < -39.0) return {};                   // below the smallest number
  if (t < -1.1) return tail_half_moments(t);  // nearer to 0 the recurrence overflows
  const double below = probability_below(t);
  const double bell = normal_density(t);
  return {below, t * below + bell, (1.0 + t * t) * below + t * bell};
}

Moments ramp_moments(const ProximalRamp& ramp, double width_g, double gap, double deviation) {
  const double s = deviation;
  if (ramp.two_sided) return two_sided_moments(ramp, width_g, gap, s);
  const double r = ramp.slope;
  const double t = gap / s;
  const double tau = ramp.width / s;
  const Zone zone = zone_of(t, tau);
  const double edge = t - tau;
  const bool endless = std::isinf(tau);
  // E[x^k 1(zone)] for k = 1, 2, and with D = t - x: these enter derivatives alone, where digits may cancel.
  const double bell = normal_density(t);
  const double edge_bell = endless ? 0.0 : normal_density(edge);
  const double x1 = edge_bell - bell;
  const double x2 = zone.mass + (endless ? 0.0 : edge * edge_bell) - t * bell;
  const double in_zone = endless ? zone.second : std::fmax(0.0, zone.second - tau * tau * zone.below.zeroth);
  Moments moments{.d = r * s * zone.first,
                  .dd = r * r * s * s * zone.second,
                  .p = r * zone.mass,
                  .xi_p = r * x1,
                  .xi2_p = r * x2,
                  .d_p = r * r * s * (t * zone.mass - x1),
                  .xi_d_p = r * r * s * (t * x1 - x2),
                  .dd_p = r * r * r * s * s * in_zone,
                  .p_rest = r * ramp.rest * zone.mass,
                  .loss = 0.5 * r * ramp.rest / width_g * s * s * in_zone,
                  .wrong = normal_tail((ramp.anchor - margin_of_zero(ramp) - gap) / s),
                  .support = ramp.rest > 0.0 ? probability_below(t) : zone.below.zeroth};
  if (!endless) {
    moments.loss += 0.5 * r * ramp.rest / width_g * ramp.width * ramp.width * zone.below.zeroth +
                    r * ramp.width / width_g * s * zone.below.first;
  }
  return moments;
}

}  // namespace sgdyn::replica
