#include "sgdyn/theory/replica/report.hpp"

#include <fmt/format.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <utility>

namespace sgdyn::replica {
namespace {

void add_averages(const System& system, const std::vector<Moments>& moments, FixedPoint& point) {
  double p_rest = 0.0;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const double weight = system.law().parts()[i].weight;
    point.training_loss += weight * moments[i].loss;
    p_rest += weight * moments[i].p_rest;
  }
  point.training_loss *= system.alpha();
  point.stability = point.ridge_times_response + system.alpha() * p_rest;
}

void add_proportions(const System& system, const OrderParameters& at, FixedPoint& point) {
  const Proportions found = proportions(system.loss(), system.law(), at);
  point.training_accuracy = 1.0 - found.wrong;
  if (system.loss().margin()) point.support_fraction = found.support;
}

void add_limit(const System& system, FixedPoint& point) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const LeastLoss& least = *system.limit();
  point.regime = least.one_sided() ? Regime::max_margin : Regime::interpolation;
  point.response = point.proximal_width = infinity;
  point.training_loss = system.alpha() * system.loss().value_at(least.from);
  // Every margin is where the loss is least.
  point.training_accuracy = least.from > 0.0 ? 1.0 : 0.0;
  if (system.loss().margin()) point.support_fraction = 0.0;
}

// w = 0 and B at the kink.
FixedPoint at_kink(const System& system, const NewtonResult& result) {
  FixedPoint point;
  point.regime = Regime::zero_weights;
  point.iterations = result.iterations;
  point.intercept = system.law().reference() + system.equations().at(result.x).intercept;
  for (const Part& part : system.law().parts()) {
    const double h = part.label * point.intercept;
    point.training_loss += system.alpha() * part.weight * system.loss().value_at(h);
    point.training_accuracy += h > 0.0 ? part.weight : 0.0;
  }
  point.objective = point.training_loss;
  point.generalisation_error = 1.0 - point.training_accuracy;
  return point;
}

FixedPoint describe(const System& system, const Unknowns& x, const Residuals& residuals) {
  const OrderParameters at = system.equations().at(x);
  FixedPoint point;
  point.overlap = at.overlap;
  point.q = at.q;
  point.norm = at.q + at.overlap * at.overlap;
  point.intercept = system.law().has_intercept() ? system.law().reference() + at.intercept : 0.0;
  point.residual = residuals.relative();
  point.generalisation_error = system.law().probability_below(0.0, at);
  if (system.limit()) {
    point.ridge_times_response = at.proximal_width;  // theta
  } else {
    point.proximal_width = at.proximal_width;
    point.response = at.proximal_width / system.law().noise();
    point.ridge_times_response = system.ridge() * point.response;
  }
  add_averages(system, residuals.moments, point);
  if (system.limit()) {
    add_limit(system, point);
  } else {
    add_proportions(system, at, point);
  }
  point.objective = point.training_loss + 0.5 * system.ridge() * point.norm;
  return point;
}

// Relative, when every equation is off by two roundings of its largest term.
double error_of_norm(const Residuals& residuals, const FixedPoint& point) {
  constexpr double two_roundings = std::numeric_limits<double>::epsilon();
  const Unknowns change =
      residuals.slope.partialPivLu().inverse().cwiseAbs() * (two_roundings * residuals.largest_term);
  return (point.q * change[2] + 2.0 * std::fabs(point.overlap) * change[1]) / point.norm;
}

bool finite(const FixedPoint& point) {
  bool all = true;
  for (const double value : {point.overlap, point.norm, point.ridge_times_response, point.intercept, point.objective,
                             point.training_loss, point.training_accuracy, point.generalisation_error}) {
    all = all && std::isfinite(value);
  }
  return all;
}

void fail(FixedPoint& point, Status status, std::string message) {
  point.status = status;
  point.message = std::move(message);
}

void judge(const NewtonResult& result, FixedPoint& point) {
  constexpr double nearly = 1e-9;
  constexpr double worst_rounding = 1e-6;
  if (!result.converged && point.residual < nearly) {
    return fail(
        point, Status::not_converged,
        fmt::format("the equations of state could be solved to a relative residual of {:.2g} alone, beyond which "
                    "rounding hides the solution",
                    point.residual));
  }
  if (!result.converged) {
    const std::string best = std::isfinite(point.residual)
                                 ? fmt::format(": the best has a relative residual of {:.2g}", point.residual)
                                 : "";
    return fail(
        point, Status::not_converged,
        fmt::format("no solution of the equations of state was found{} after {} evaluations", best, point.iterations));
  }
  if (!finite(point)) {
    return fail(point, Status::overflow, "the solution is beyond the largest number, about 1.8e308");
  }
  if (!(point.rounding < worst_rounding)) {
    return fail(point, Status::not_converged,
                fmt::format("the problem is too near to one without a solution: rounding may change the norm by {:.2g} "
                            "of its value",
                            point.rounding));
  }
}

}  // namespace

FixedPoint report(const System& system, const NewtonResult& result) {
  if (result.collapsed) return at_kink(system, result);
  FixedPoint point = describe(system, result.x, result.residuals);
  point.iterations = result.iterations;
  point.rounding = error_of_norm(result.residuals, point);
  judge(result, point);
  return point;
}

FixedPoint report_at(const System& system, const Unknowns& x) {
  Residuals residuals;
  system.equations().evaluate(x, residuals);
  return describe(system, x, residuals);
}

OrderParameters order_parameters(const FixedPoint& point, const System& system) {
  return {.proximal_width = system.limit() ? point.ridge_times_response : point.proximal_width,
          .overlap = point.overlap,
          .q = point.q,
          .intercept = point.intercept - system.law().reference()};
}

double needed_steepness(const FixedPoint& point, const System& system) {
  return system.law().needed_steepness(order_parameters(point, system));
}

}  // namespace sgdyn::replica
