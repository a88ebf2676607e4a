#include "sgdyn/theory/replica/stand_in.hpp"

#include <algorithm>
#include <cmath>

#include "sgdyn/theory/replica/margin_moments.hpp"
#include "sgdyn/theory/replica/newton.hpp"
#include "sgdyn/theory/replica/start.hpp"

namespace sgdyn::replica {
namespace {

constexpr double close = 1e-2;  // residuals that are small enough
constexpr double fall = 10.0;   // of the ridge, while the tangent moves by one
constexpr double smallest_step = 1e-2;
constexpr int most_evaluations = 12;
constexpr int easy = 4;          // evaluations
constexpr double settled = 0.1;  // steps of the tangent
constexpr int most_rounds = 60;

// Where l' is -force, by bisection within a distance that no typical sample exceeds.
double where_pulled(const Loss& loss, double force, double steepest) {
  constexpr int bisections = 12;
  double low = -8.0;
  double high = 8.0;
  if (!(force < steepest)) return low;
  while (loss.slope_at(low) > -force && low > -1e6) low *= 2.0;
  while (loss.slope_at(high) < -force && high < 1e6) high *= 2.0;
  for (int i = 0; i < bisections; ++i) {
    const double middle = 0.5 * (low + high);
    (loss.slope_at(middle) < -force ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

StandIn tangent_at(const Loss& loss, double u, double steepest) {
  const double curvature = std::max(loss.curvature_at(u), 1e-300);
  return {.anchor = u - loss.slope_at(u) / curvature, .curvature = curvature, .steepest = steepest};
}

// E[d^2]/E[d] over g: the force on the samples that matter.
double typical_force(const MarginLaw& law, const Residuals& at, double g) {
  double d = 0.0;
  double dd = 0.0;
  for (std::size_t i = 0; i < at.moments.size(); ++i) {
    d += law.parts()[i].weight * at.moments[i].d;
    dd += law.parts()[i].weight * at.moments[i].dd;
  }
  return dd / d / g;
}

// On the path.
struct Stop {
  double ridge = 0.0;
  double u = 0.0;         // where the tangent touches
  double wanted_u = 0.0;  // where it should
  Unknowns x;
  Unknowns slope;  // d x/d log(ridge)
};

}  // namespace

OrderParameters stand_in_fixed_point(const Loss& loss, const MarginLaw& law, double alpha, double given_ridge,
                                     int& iterations) {
  const double ridge = std::max(given_ridge, negligible_ridge(law, alpha));
  const double far_slope = -loss.slope_at(-1e6);
  const double steepest = far_slope < 1e3 * -loss.slope_at(0.0) ? far_slope : std::numeric_limits<double>::infinity();
  Stop next;
  next.ridge = std::max(ridge, law.noise() * alpha);
  OrderParameters start = guess(loss, law, alpha, next.ridge);
  Stop last;
  double step = 1.0;
  for (int round = 0; round < most_rounds && step > smallest_step; ++round) {
    const MarginMoments moments(loss, law, tangent_at(loss, next.u, steepest));
    const Equations equations(law, moments, alpha, next.ridge);
    const NewtonResult found = newton(equations, equations.unknowns(start), most_evaluations, close);
    iterations += found.iterations;
    if (found.converged) {
      next.x = found.x;
      next.slope = next.ridge * ridge_tangent(equations, found);
      const double g = equations.at(found.x).proximal_width;
      next.wanted_u = where_pulled(loss, typical_force(law, found.residuals, g), steepest);
      last = next;
      start = equations.at(found.x);
      if (last.ridge == ridge && std::fabs(last.wanted_u - last.u) < settled) break;
      if (found.iterations <= easy) step *= 2.0;
    } else {
      if (round == 0) break;
      step *= 0.5;
    }
    next.u = last.u + std::clamp(last.wanted_u - last.u, -step, step);
    next.ridge = std::max(ridge, last.ridge * std::pow(fall, -step));
    start = equations.at(last.x + std::log(next.ridge / last.ridge) * last.slope);
  }
  return start;
}

}  // namespace sgdyn::replica
