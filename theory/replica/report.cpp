#include "sgdyn/theory/replica/report.hpp"

#include <fmt/format.h>

#include <limits>

namespace sgdyn::replica {
namespace {

double value(const Loss& loss, double h) {
  double result = 0.0;
  loss.value({&h, 1}, {&result, 1});
  return result;
}

void add_averages(const System& system, const std::vector<Moments>& moments, FixedPoint& point) {
  double square_slope = 0.0;
  double support = 0.0;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const double weight = system.law().parts()[i].weight;
    point.training_loss += weight * moments[i].loss;
    point.training_accuracy += weight * moments[i].correct;
    support += weight * moments[i].support;
    square_slope += weight * moments[i].p_p;
  }
  point.training_loss *= system.alpha();
  point.stability = 1.0 - system.alpha() * square_slope;
  if (system.loss().margin()) point.support_fraction = support;
}

void add_limit(const System& system, FixedPoint& point) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const LeastLoss& least = *system.limit();
  point.regime = least.one_sided() ? Regime::max_margin : Regime::interpolation;
  point.response = point.proximal_width = infinity;
  point.training_loss = system.alpha() * value(system.loss(), least.from);
  // Every margin is where the loss is least.
  point.training_accuracy = least.from > 0.0 ? 1.0 : 0.0;
  if (point.support_fraction) point.support_fraction = 0.0;
}

// w = 0 and B at the kink.
FixedPoint at_kink(const System& system, const NewtonResult& result) {
  FixedPoint point;
  point.regime = Regime::zero_weights;
  point.iterations = result.iterations;
  OrderParameters at = system.equations().at(result.x);
  point.intercept = system.law().reference() + at.intercept;
  at.overlap = at.q = 0.0;
  for (const Part& part : system.law().parts()) {
    const double h = part.label * point.intercept;
    point.training_loss += system.alpha() * part.weight * value(system.loss(), h);
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
  point.generalisation_error = system.law().error(at);
  add_averages(system, residuals.moments, point);
  if (system.limit()) {
    point.response_times_ridge = at.proximal_width;  // theta
    add_limit(system, point);
    point.objective = point.training_loss;
  } else {
    point.proximal_width = at.proximal_width;
    point.response = at.proximal_width / system.law().noise();
    point.response_times_ridge = system.ridge() * point.response;
    point.objective = point.training_loss + 0.5 * system.ridge() * point.norm;
  }
  return point;
}

}  // namespace

FixedPoint report(const System& system, const NewtonResult& result) {
  if (result.collapsed) return at_kink(system, result);
  FixedPoint point = describe(system, result.x, result.residuals);
  point.iterations = result.iterations;
  if (!result.converged) {
    point.status = Status::not_converged;
    point.message = fmt::format(
        "no solution of the equations of state was found: the best has a relative residual of {:.2g} after {} "
        "evaluations",
        point.residual, point.iterations);
  }
  return point;
}

FixedPoint report_at(const System& system, const Unknowns& x) {
  Residuals residuals;
  system.equations().evaluate(x, residuals);
  return describe(system, x, residuals);
}

OrderParameters order_parameters(const FixedPoint& point, const System& system) {
  return {.proximal_width = system.limit() ? point.response_times_ridge : point.proximal_width,
          .overlap = point.overlap,
          .q = point.q,
          .intercept = point.intercept - system.law().reference()};
}

double needed_steepness(const FixedPoint& point, const System& system) {
  return system.law().needed_steepness(order_parameters(point, system));
}

}  // namespace sgdyn::replica
