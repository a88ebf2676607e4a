#include "sgdyn/theory/replica/gaussian_ramp.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "sgdyn/numerics/block.hpp"
#include "sgdyn/numerics/vector_math.hpp"
#include "sgdyn/theory/replica/half_moments.hpp"

namespace sgdyn::replica {
namespace {

// A block of ramps in units of their deviations: D(x) = min(tau, (t - x)_+), with slope and scale taken out, and
// averages over the zone t - tau < x < t. A zone whose middle is above the mean is mirrored: there D is tau but for
// what is missing of it, which is a ramp from tau - t on.
struct Ramps {
  Block t;
  Block tau;
  Block top;     // t, or that of the mirrored ramp
  Block edge;    // top - tau
  Block first;   // E[D]
  Block second;  // E[D^2]
  Block mass;    // P(zone)
  Tails at_top;
  Tails at_edge;
};

// Where a zone is so narrow that what is below it cannot be subtracted: E[D^n] is tau^n Phi(edge) and the integral of
// D^n phi over the zone, by Gauss-Legendre with 8 nodes.
void narrow_zones(std::size_t count, Ramps& at) {
  constexpr std::array<double, 4> nodes{0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
  constexpr std::array<double, 4> weights{0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                                          0.1012285362903763};
  constexpr double narrow = 0.5;
  constexpr double height = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  const auto is_narrow = [&at](std::size_t i) { return at.tau[i] * std::max(1.0, std::fabs(at.top[i])) < narrow; };
  bool any = false;
  for (std::size_t i = 0; i < count; ++i) any = any || is_narrow(i);
  if (!any) return;
  Block first{};
  Block second{};
  Block mass{};
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    for (const double node : {-nodes[k], nodes[k]}) {
#pragma omp simd
      for (std::size_t i = 0; i < count; ++i) {
        const double D = 0.5 * at.tau[i] * (1.0 + node);
        const double x = at.top[i] - D;
        const double bell = 0.5 * height * weights[k] * at.tau[i] * std::exp(-0.5 * x * x);
        mass[i] += bell;
        first[i] += D * bell;
        second[i] += D * D * bell;
      }
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_narrow(i)) continue;
    at.mass[i] = mass[i];
    at.first[i] = at.tau[i] * at.at_edge.zeroth[i] + first[i];
    at.second[i] = at.tau[i] * at.tau[i] * at.at_edge.zeroth[i] + second[i];
  }
}

// Zones without end are never mirrored; what is below one with an end is subtracted.
void fill_zones(std::size_t count, bool endless, Ramps& at) {
  tail_moments(at.top, count, at.at_top);
  if (!endless) tail_moments(at.edge, count, at.at_edge);
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    const HalfMoments top = reflected(at.top[i], at.at_top.at(i));
    at.mass[i] = top.zeroth;
    at.first[i] = top.first;
    at.second[i] = top.second;
  }
  if (endless) return;
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    at.mass[i] -= at.at_edge.zeroth[i];
    at.first[i] -= at.at_edge.first[i];
    at.second[i] -= at.at_edge.second[i] + 2.0 * at.tau[i] * at.at_edge.first[i];
  }
  narrow_zones(count, at);
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
          .loss = 0.5 * r * ramp.rest / g * square};
}

// E[x^k 1(zone)] for k = 1, 2, and with D = t - x: these enter derivatives alone, where digits may cancel.
struct InZone {
  double x1 = 0.0;
  double x2 = 0.0;
  double square = 0.0;  // E[D^2 1(zone)]
};

Moments moments_of(const ProximalRamp& ramp, double g, double s, double t, double first, double second, double mass,
                   const InZone& zone) {
  const double r = ramp.slope;
  return {.d = r * s * first,
          .dd = r * r * s * s * second,
          .p = r * mass,
          .xi_p = r * zone.x1,
          .xi2_p = r * zone.x2,
          .d_p = r * r * s * (t * mass - zone.x1),
          .xi_d_p = r * r * s * (t * zone.x1 - zone.x2),
          .dd_p = r * r * r * s * s * zone.square,
          .p_rest = r * ramp.rest * mass,
          .loss = 0.5 * r * ramp.rest / g * s * s * second};
}

Moments endless_moments(const ProximalRamp& ramp, double g, double s, const Ramps& at, std::size_t i) {
  const double t = at.t[i];
  const double bell = at.at_top.bell[i];
  const InZone zone{.x1 = -bell, .x2 = at.mass[i] - t * bell, .square = at.second[i]};
  return moments_of(ramp, g, s, t, at.first[i], at.second[i], at.mass[i], zone);
}

Moments bounded_moments(const ProximalRamp& ramp, double g, double s, const Ramps& at, std::size_t i) {
  const double t = at.t[i];
  const double tau = at.tau[i];
  const double top = at.top[i];
  const bool mirrored = top != t;
  const double edge = t - tau;
  const double bell = mirrored ? at.at_edge.bell[i] : at.at_top.bell[i];
  const double edge_bell = mirrored ? at.at_top.bell[i] : at.at_edge.bell[i];
  double first = at.first[i];
  double second = at.second[i];
  HalfMoments below = at.at_edge.at(i);  // of t - tau
  if (mirrored) {
    second = tau * tau - 2.0 * tau * first + second;
    first = tau - first;
    below = reflected(-top, at.at_top.at(i));
  }
  const double in_zone = std::max(0.0, second - tau * tau * below.zeroth);
  const InZone zone{.x1 = edge_bell - bell, .x2 = at.mass[i] + edge * edge_bell - t * bell, .square = in_zone};
  Moments moments = moments_of(ramp, g, s, t, first, second, at.mass[i], zone);
  moments.loss += ramp.slope / g * ramp.width * s * below.first;  // beyond the ramp the loss is a line
  return moments;
}

}  // namespace

void ramp_moments(const ProximalRamp& ramp, double width_g, const Block& gap, const Block& deviation,
                  std::span<Moments> out) {
  if (ramp.two_sided) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = two_sided_moments(ramp, width_g, gap[i], deviation[i]);
    return;
  }
  const bool endless = std::isinf(ramp.width);
  Ramps at;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = gap[i] / deviation[i];
    const double tau = ramp.width / deviation[i];
    at.t[i] = t;
    at.tau[i] = tau;
    at.top[i] = !endless && 2.0 * t > tau ? tau - t : t;
    at.edge[i] = at.top[i] - tau;
  }
  fill_zones(out.size(), endless, at);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = endless ? endless_moments(ramp, width_g, deviation[i], at, i)
                     : bounded_moments(ramp, width_g, deviation[i], at, i);
  }
}

Moments ramp_moments(const ProximalRamp& ramp, double width_g, double gap, double deviation) {
  Block gaps;
  Block deviations;
  gaps[0] = gap;
  deviations[0] = deviation;
  Moments one;
  ramp_moments(ramp, width_g, gaps, deviations, {&one, 1});
  return one;
}

}  // namespace sgdyn::replica
