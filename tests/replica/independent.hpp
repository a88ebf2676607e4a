// Eq. (6) of THEORY evaluated a second time, in extended precision and by other means: the margin integrated by
// Gauss-Legendre on panels cut at every kink, the proximal point by bisection and Newton's method, the mean of c given
// the field instead of Stein's lemma, and for the perceptron the law of the margin in closed form. Nothing of
// theory/replica is used but the reported numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numbers>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "replica/problems.hpp"
#include "sgdyn/theory/replica/replica.hpp"

namespace sgdyn::replica_tests {

using Real = long double;

/// A place where l' jumps.
struct Jump {
  Real u = 0, below = 0, above = 0;  ///< l' on either side
};

struct Proximal {
  Real u = 0, slope = 0;  ///< the point, and l' there (of the kink: the force that holds it)
  Real p = 0;             ///< 1 - du/dh
};

/// A convex loss as a function of the margin.
struct PlainLoss {
  std::function<Real(Real)> value, d1, d2;
  std::vector<Jump> jumps{};
  std::vector<Real> landmarks{};  ///< where it is not analytic, or curves on ever shorter scales as g grows
  Real comb = 0.75L;              ///< over which it hardly curves elsewhere; infinite for straight and quadratic pieces
  /// Of curved losses near their least value, where u - anchor has no digits left: the value as a function of l'.
  std::function<Real(Real)> value_of_slope{};
  std::function<Proximal(Real, Real)> closed_form{};  ///< the proximal point of (h, g), where bisection is not enough
};

inline constexpr Real straight = std::numeric_limits<Real>::infinity();

inline PlainLoss hinge_like(Real kappa) {
  return {[=](Real u) { return u < kappa ? kappa - u : 0; },
          [=](Real u) { return u < kappa ? Real(-1) : 0; },
          [](Real) { return Real(0); },
          {{kappa, -1, 0}},
          {},
          straight};
}

inline PlainLoss logistic_of(Real slope) {
  return {
      [=](Real u) { return u > 0 ? std::log1p(std::exp(-slope * u)) : std::log1p(std::exp(slope * u)) - slope * u; },
      [=](Real u) { return -slope / (1 + std::exp(slope * u)); },
      [=](Real u) { return slope * slope / ((1 + std::exp(slope * u)) * (1 + std::exp(-slope * u))); },
      {},
      {},
      0.75L / slope};
}

/// The formulas that are checked, as functions.
inline PlainLoss plain_formula(const std::string& formula) {
  if (formula == "abs(1-h)") {
    return {[](Real u) { return std::fabs(1 - u); },
            [](Real u) { return u < 1 ? Real(-1) : Real(1); },
            [](Real) { return Real(0); },
            {{1, -1, 1}},
            {},
            straight};
  }
  if (formula == "(1-h)^4") {
    return {[](Real u) { return std::pow(1 - u, 4); },
            [](Real u) { return -4 * (1 - u) * (1 - u) * (1 - u); },
            [](Real u) { return 12 * (1 - u) * (1 - u); },
            {},
            {1},
            0.75L,
            [](Real slope) { return std::pow(std::cbrt(std::fabs(slope) / 4), 4); }};
  }
  if (formula == "log(1+exp(-3*h))") return logistic_of(3);
  if (formula == "max(0,1-h)^1.5") {  // l'' has a pole at 1; as a function of h the proximal point is smooth
    return {[](Real u) { return u < 1 ? (1 - u) * std::sqrt(1 - u) : 0; },
            [](Real u) { return u < 1 ? -1.5L * std::sqrt(1 - u) : 0; },
            [](Real u) { return u < 1 ? 0.75L / std::sqrt(1 - u) : 0; },
            {},
            {1},
            0.75L,
            [](Real slope) { return std::pow(slope / -1.5L, 3); },
            [](Real h, Real g) -> Proximal {
              if (h >= 1) return {h, 0, 0};
              const Real w = 2 * (1 - h) / (1.5L * g + std::sqrt(2.25L * g * g + 4 * (1 - h)));  // sqrt(1 - u)
              return {1 - w * w, -1.5L * w, 1.5L * g / (2 * w + 1.5L * g)};
            }};
  }
  if (formula == "max(max(0,1-h),2*(0.2-h))") {
    const Real middle = 2 * Real(0.2) - 1;  // where both lines meet
    return {[](Real u) {
              return std::max({Real(0), 1 - u, 2 * (Real(0.2) - u)});
            },
            [=](Real u) { return u < middle ? Real(-2)
                                 : u < 1    ? Real(-1)
                                            : Real(0); },
            [](Real) { return Real(0); },
            {{middle, -2, -1}, {1, -1, 0}},
            {},
            straight};
  }
  throw std::invalid_argument(formula);
}

inline PlainLoss plain_loss(const Case& c) {
  const Real kappa = c.margin;
  if (c.loss == "square") {
    return {[](Real u) { return (1 - u) * (1 - u) / 2; },
            [](Real u) { return u - 1; },
            [](Real) { return Real(1); },
            {},
            {},
            straight,
            [](Real slope) { return slope * slope / 2; }};
  }
  if (c.loss == "hinge") return hinge_like(kappa);
  if (c.loss == "squared-hinge") {
    return {[=](Real u) { return u < kappa ? (kappa - u) * (kappa - u) / 2 : 0; },
            [=](Real u) { return u < kappa ? u - kappa : 0; },
            [=](Real u) { return u < kappa ? Real(1) : 0; },
            {},
            {kappa},
            straight,
            [](Real slope) { return slope * slope / 2; }};
  }
  return c.loss == "formula" ? plain_formula(c.formula) : logistic_of(1);
}

/// u - h + g l'(u) = 0, bracketed from the start.
inline Proximal proximal(const PlainLoss& loss, Real h, Real g) {
  if (loss.closed_form) return loss.closed_form(h, g);
  for (const Jump& jump : loss.jumps) {
    if (h >= jump.u + g * jump.below && h <= jump.u + g * jump.above) return {jump.u, (h - jump.u) / g, 1};
  }
  // l' grows: the root lies between h and h - g l'(h).
  Real low = h, high = h, reach = -g * loss.d1(h);
  if (reach > 0) high += reach;
  if (reach < 0) low += reach;
  Real u = (low + high) / 2;
  for (int i = 0; i < 400 && low < high; ++i) {
    const Real F = u - h + g * loss.d1(u);
    (F < 0 ? low : high) = u;
    const Real newton = u - F / (1 + g * loss.d2(u));
    if (std::fabs(newton - u) <= 1e-19L * (std::fabs(u) + std::fabs(h))) break;
    u = newton > low && newton < high && i % 6 != 5 ? newton : (low + high) / 2;
  }
  const Real stiff = g * loss.d2(u);
  return {u, stiff > 1 ? (h - u) / g : loss.d1(u), stiff / (1 + stiff)};
}

/// The law of the margin of one population: density, and E[y c | h].
struct Population {
  Real weight = 1, label = 1;
  Real low = 0, high = 0;                            ///< beyond them lies nothing
  Real scale = 1;                                    ///< over which the density varies
  std::function<std::array<Real, 2>(Real)> density;  ///< {p(h), p(h) E[y c | h]}
};

inline Real normal_density(Real t) { return std::exp(-t * t / 2) / std::sqrt(2 * std::numbers::pi_v<Real>); }
inline Real normal_tail(Real t) { return std::erfc(t / std::numbers::sqrt2_v<Real>) / 2; }

inline constexpr Real far_out = 13;  // standard deviations: 6e-39 of the samples are beyond

inline std::vector<Population> populations(const Case& c, Real m, Real q, Real B) {
  const Real Delta = c.noise;
  std::vector<Population> all;
  if (c.perceptron) {  // |c| half normal (chi = 0) or Rayleigh (chi = 1); h = |c| m + s xi
    const Real s = std::sqrt(Delta * q), T = std::hypot(m, s);
    const bool rayleigh = c.chi == 1.0;
    const Real z = rayleigh ? Real(1) : std::sqrt(std::numbers::pi_v<Real> / 2);
    all.push_back({.low = -far_out * s, .high = far_out * T + 2 * m, .scale = std::min(s, T), .density = [=](Real h) {
                     // exp(-c^2/2) N(h; c m, s^2) = N(h; 0, T^2) sqrt(2 pi) N(c; mean, width^2)
                     const Real mean = m * h / (T * T), width = s / T, t = mean / width;
                     const Real J0 = normal_tail(-t), J1 = t * J0 + normal_density(t), J2 = J0 + t * J1;
                     const Real height = normal_density(h / T) / T * std::sqrt(2 * std::numbers::pi_v<Real>) / z;
                     return rayleigh ? std::array<Real, 2>{height * width * J1, height * width * width * J2}
                                     : std::array<Real, 2>{height * J0, height * width * J1};
                   }});
    return all;
  }
  const Real C = q + m * m, s = std::sqrt(Delta * C);
  for (const Real y : {Real(1), Real(-1)}) {
    const Real mean = m + y * B;
    all.push_back({.weight = y > 0 ? Real(c.fraction) : 1 - Real(c.fraction),
                   .label = y,
                   .low = mean - far_out * s,
                   .high = mean + far_out * s,
                   .scale = s,
                   .density = [=](Real h) {
                     const Real p = normal_density((h - mean) / s) / s;
                     return std::array<Real, 2>{p, p * (1 + m / C * (h - mean))};
                   }});
  }
  return all;
}

struct Averages {
  Real p = 0, square = 0, signal = 0, signal_size = 0, slope = 0, label = 0, label_size = 0, loss = 0;
};

/// Margins at which something happens on scales shorter than that of the density.
inline std::vector<Real> cuts(const PlainLoss& loss, const Population& law, Real g) {
  std::vector<Real> edges{law.low, law.high};
  for (Real h = law.low; h < law.high; h += law.scale / 2) edges.push_back(h);
  for (const Jump& jump : loss.jumps) {
    edges.push_back(jump.u + g * jump.below);
    edges.push_back(jump.u + g * jump.above);
  }
  const auto image = [&](Real u) { edges.push_back(u + g * loss.d1(u)); };
  for (const Real at : loss.landmarks) {
    image(at);
    if (loss.comb == straight) continue;
    for (Real off = 1024; off > 1e-13L; off /= 2) {
      image(at - off);
      image(at + off);
    }
  }
  for (Real u = -48; loss.comb < straight && u <= 48; u += loss.comb) image(u);
  std::erase_if(edges, [&](Real h) { return !(h >= law.low && h <= law.high); });
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

struct Legendre {
  static constexpr std::size_t count = 16;
  std::array<Real, count> node{}, weight{};

  Legendre() {
    for (std::size_t k = 0; k < count; ++k) {
      Real x = std::cos(std::numbers::pi_v<Real> * (Real(k) + 0.75L) / (count + 0.5L)), slope = 0;
      for (int i = 0; i < 50; ++i) {
        Real before = 1, now = x;
        for (std::size_t n = 2; n <= count; ++n) {
          const Real next = ((2 * Real(n) - 1) * x * now - (Real(n) - 1) * before) / Real(n);
          before = now;
          now = next;
        }
        slope = count * (x * now - before) / (x * x - 1);
        const Real step = now / slope;
        x -= step;
        if (std::fabs(step) < 1e-19L) break;
      }
      node[k] = x;
      weight[k] = 2 / ((1 - x * x) * slope * slope);
    }
  }
};

inline Averages averages(const Case& c, Real g, Real m, Real q, Real B) {
  static const Legendre rule;
  const PlainLoss loss = plain_loss(c);
  Averages sum;
  for (const Population& law : populations(c, m, q, B)) {
    Real label = 0;
    const std::vector<Real> edges = cuts(loss, law, g);
    for (std::size_t i = 1; i < edges.size(); ++i) {
      const Real half = (edges[i] - edges[i - 1]) / 2, middle = (edges[i] + edges[i - 1]) / 2;
      for (std::size_t k = 0; k < Legendre::count; ++k) {
        const Real h = middle + half * rule.node[k];
        const auto [density, projected] = law.density(h);
        const Real w = law.weight * half * rule.weight[k];
        const Proximal at = proximal(loss, h, g);
        sum.p += w * density * at.p;
        sum.square += w * density * at.slope * at.slope;
        sum.signal += w * projected * at.slope;
        sum.signal_size += w * std::fabs(projected * at.slope);
        sum.slope += w * density * at.slope;
        label += w * density * at.slope;
        sum.loss += w * density * (loss.value_of_slope ? loss.value_of_slope(at.slope) : loss.value(at.u));
      }
    }
    sum.label += law.label * label;
    sum.label_size = std::max(sum.label_size, std::fabs(label));
  }
  return sum;
}

/// The worst violation of eq. (6) by the reported numbers, each relative to the largest term of its equation.
struct Violation {
  double worst = 0.0;
  std::string where;

  void add(const char* what, Real difference, Real size) {
    if (std::isnan(worst)) return;
    const double relative = static_cast<double>(std::fabs(difference) / size);
    if (relative <= worst) return;
    worst = relative;  // NaN too
    where = what;
  }
};

/// l'' has a pole at the kink, so that rounding of u there moves du/dh by its square root; where 1 - u is small the
/// loss is known relative to the objective alone.
inline bool has_pole(const Case& c) { return c.formula == "max(0,1-h)^1.5"; }

inline Violation violation(const Case& c, const replica::FixedPoint& found) {
  const Real g = found.proximal_width, V = found.response, m = found.overlap, q = found.q, B = found.intercept;
  const Real lambda = c.ridge, alpha = c.alpha, Delta = c.noise;
  const Averages k = averages(c, g, m, q, B);
  Violation result;
  result.add("width", g - Delta * V, g);
  result.add("norm", q + m * m - found.norm, found.norm);
  // V = 1/(lambda + alpha Delta E[Lambda''/(1 + Delta V Lambda'')]), Lambda''/(...) = p/(Delta V)
  result.add("V", lambda * V + alpha * k.p - 1, std::max({Real(1), lambda * V, alpha * k.p}));
  result.add("q", q - alpha * Delta * V * V * k.square, q);
  // lambda m = -alpha E[c Lambda']
  result.add("m", lambda * m + alpha * k.signal, std::max(lambda * m, alpha * k.signal_size));
  // two clusters, usable at lambda -> 0: m = -alpha V E[y Lambda']
  if (!c.perceptron) result.add("m (Stein)", m + alpha * V * k.slope, m);
  if (c.intercept && B != 0) result.add("B", k.label, k.label_size);
  // The part of the objective to which a loss need be known: of formulas it is a quadrature of rounded values.
  const Real negligible = has_pole(c) ? 1.0L : c.loss == "formula" ? 1e-10L : 1e-16L;
  result.add("loss", alpha * k.loss - found.training_loss,
             std::max(alpha * k.loss, negligible * Real(found.objective)));
  result.add("objective", alpha * k.loss + lambda / 2 * (q + m * m) - found.objective, found.objective);
  if (!c.perceptron) {
    const Real s = std::sqrt(Delta * (q + m * m)), rho = c.fraction;
    const Real error = rho * normal_tail((m + B) / s) + (1 - rho) * normal_tail((m - B) / s);
    const Real condition = 1 + (m + std::fabs(B)) * (m + std::fabs(B)) / (s * s);  // of the tail
    result.add("error", (error - found.generalisation_error) / condition, error);
  } else if (c.chi == 0.0) {
    const Real error = std::atan2(std::sqrt(Delta * q), m) / std::numbers::pi_v<Real>;
    result.add("error", error - found.generalisation_error, error);
  }
  return result;
}

/// What is left of a relative residual of 1e-14 and averages of a few 1e-15 (so much theory/replica promises), plus the
/// rounding of the reported numbers themselves: B to a double where the margin varies over s, and m to one where the
/// margin varies over sqrt(Delta q) (perceptron), moves the averages by epsilon |.|/s. The step of a sample, at most g
/// times a slope of order 1 and no longer than a margin and the way to kappa, is rounded in the same way.
inline double tolerance(const Case& c, const replica::FixedPoint& found) {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  const double s = std::sqrt(c.noise * (c.perceptron ? found.q : found.norm));
  const double margins = std::fabs(found.overlap) + std::fabs(found.intercept) + c.margin;
  const double step = std::min(found.proximal_width, margins + static_cast<double>(far_out) * s);
  return (has_pole(c) ? 1e-11 : 1e-13) + 8.0 * epsilon * (margins + step) / s;
}

// ---- zero weights: replica.E14 ----

/// E[clip(t - xi, low, high)^n], n = 1, 2, and P(low < t - xi < high), by parts.
struct Clipped {
  Real first = 0, second = 0, inside = 0;
};

inline Clipped clipped(Real t, Real low, Real high) {
  const auto tail = [](Real v) { return normal_tail(-v); };
  // Integrals of Phi(v) and of v Phi(v).
  const auto first = [&](Real v) { return v * tail(v) + normal_density(v); };
  const auto second = [&](Real v) { return ((v * v - 1) * tail(v) + v * normal_density(v)) / 2; };
  const Real a = t - high, b = t - low, I = first(b) - first(a);
  return {low + I, low * low + 2 * (t * I - second(b) + second(a)), tail(b) - tail(a)};
}

/// Where a function that rises crosses zero, by bisection.
template <class F>
Real crossing(const F& value, Real low, Real high) {
  for (int i = 0; i < 90; ++i) {
    const Real middle = (low + high) / 2;
    (value(middle) < 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// Forces -l' at a kink: `push` above it, `pull` below; `opposite` is that at minus its margin.
struct KinkForces {
  Real margin = 0, push = 0, pull = 0, opposite = 0;
};

/// The kink at which the forces of both labels can balance, if there is one.
inline std::optional<KinkForces> balancing_kink(const Case& c) {
  if (!c.intercept || c.perceptron) return std::nullopt;
  const Real rare = std::min(c.fraction, 1 - c.fraction), ratio = rare / (1 - rare);
  const PlainLoss loss = plain_loss(c);
  for (const Jump& jump : loss.jumps) {
    const KinkForces kink{jump.u, -jump.above, -jump.below, -loss.d1(-jump.u)};
    if (kink.push < ratio * kink.opposite && ratio * kink.opposite < kink.pull) return kink;
  }
  return std::nullopt;
}

/// lambda V in the limit of small weights: a root in (t, tau). At most zero where the weights vanish.
inline Real small_weights_response(const Case& c, const KinkForces& kink) {
  const Real rare = std::min(c.fraction, 1 - c.fraction), frequent = 1 - rare, alpha = c.alpha, Delta = c.noise;
  const auto at = [&](Real t, Real tau) { return clipped(t, tau * kink.push, tau * kink.pull); };
  const auto balanced = [&](Real tau) {
    return crossing([&](Real t) { return frequent * at(t, tau).first - rare * kink.opposite * tau; },
                    std::min(Real(0), tau * kink.push) - 15, tau * kink.pull + 15);
  };
  const auto excess = [&](Real log_tau) {
    const Real tau = std::exp(log_tau), r = kink.opposite * tau, m = 2 * alpha * rare * r / Delta;
    return alpha * (frequent * at(balanced(tau), tau).second + rare * r * r) + Delta * m * m - 1;
  };
  const Real tau = std::exp(crossing(excess, -25, 10));
  return 1 - alpha * frequent * at(balanced(tau), tau).inside;
}

/// The alpha from which on the weights vanish.
inline double collapse(Case c) {
  const auto kink = balancing_kink(c);
  return static_cast<double>(std::exp(crossing(
      [&](Real log_alpha) {
        c.alpha = static_cast<double>(std::exp(log_alpha));
        return -small_weights_response(c, *kink);
      },
      std::log(Real(0.1)), std::log(Real(1e4)))));
}

/// The objective at w = 0 with B = +-kappa for the more frequent label.
inline double objective_without_weights(const Case& c, const KinkForces& kink) {
  const PlainLoss loss = plain_loss(c);
  const Real rare = std::min(c.fraction, 1 - c.fraction);
  return static_cast<double>(c.alpha * ((1 - rare) * loss.value(kink.margin) + rare * loss.value(-kink.margin)));
}

}  // namespace sgdyn::replica_tests
