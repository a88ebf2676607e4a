#include <Eigen/Cholesky>
#include <cmath>
#include <limits>

#include "sgdyn/validation/minimiser/objective.hpp"

namespace sgdyn::minimiser {
namespace {

// The unknowns without padding, the intercept last.
Eigen::VectorXd packed(const Margins& margins, const Unknowns& x) {
  Eigen::VectorXd result(margins.free_parameters());
  result.head(margins.dimension()) = x.head(margins.dimension());
  if (margins.has_intercept()) result[margins.dimension()] = x[margins.intercept_entry()];
  return result;
}

Unknowns unpacked(const Margins& margins, const Eigen::VectorXd& v) {
  Unknowns result = margins.zero();
  result.head(margins.dimension()) = v.head(margins.dimension());
  if (margins.has_intercept()) result[margins.intercept_entry()] = v[margins.dimension()];
  return result;
}

struct Step {
  Unknowns direction;
  bool definite = false;
  bool found = false;
};

// -H^-1 gradient; where H is singular (fewer samples contribute than there are unknowns) with as little added to its
// diagonal as makes it positive definite.
Step newton_step(Objective& objective, const Unknowns& gradient, Eigen::MatrixXd& hessian) {
  const Margins& margins = objective.margins();
  const Eigen::VectorXd g = packed(margins, gradient);
  double added = 0.0;
  for (int k = 0; k < 8; ++k) {
    objective.hessian(hessian);
    const double scale = hessian.trace() / static_cast<double>(hessian.rows()) + std::numeric_limits<double>::min();
    hessian.diagonal().array() += added * scale;
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factor(hessian);  // in place
    // A Hessian that is positive definite by rounding alone is singular.
    const bool usable = factor.info() == Eigen::Success && hessian.diagonal().cwiseAbs2().minCoeff() > 1e-14 * scale;
    if (usable) return {unpacked(margins, -factor.solve(g)), added == 0.0, true};
    added = added == 0.0 ? 1e-12 : added * 100.0;
  }
  return {};
}

// The length of a step along a descent direction: 1 if the derivative is small or still negative there, else where it
// vanishes. Function values, which resolve nothing near the minimum, are not asked.
double step_length(Line line) {
  constexpr double small = 0.1;
  constexpr int most = 30;
  const double start = line.derivative(0.0);
  if (!(start < 0.0)) return 0.0;
  double low = 0.0;
  double high = 1.0;
  double at_low = start;
  double at_high = line.derivative(1.0);
  if (at_high <= small * -start) return 1.0;
  for (int k = 0; k < most; ++k) {
    // False position, halving in turn: slopes jump where samples pass kinks.
    const double guess = k % 2 == 0 ? low + (high - low) * at_low / (at_low - at_high) : 0.5 * (low + high);
    const double there = line.derivative(guess);
    if (std::fabs(there) <= small * -start) return guess;
    (there < 0.0 ? low : high) = guess;
    (there < 0.0 ? at_low : at_high) = there;
  }
  return low > 0.0 ? low : high;
}

}  // namespace

NewtonEnd newton(Objective& objective, Unknowns& x, const NewtonLimits& limits, const Stopped& stopped) {
  constexpr double nearly_there = 1e-6;  // from here on only rounding keeps steps from shrinking
  const Margins& margins = objective.margins();
  NewtonEnd end{std::numeric_limits<double>::infinity(), false};
  Eigen::MatrixXd hessian;
  Unknowns gradient;
  for (int k = 0; k < limits.steps && !stopped(); ++k) {
    objective.evaluate(x, gradient);
    const Step step = newton_step(objective, gradient, hessian);
    if (!step.found) return {std::numeric_limits<double>::infinity(), false};
    const double length = step_length(objective.line(x, step.direction));
    const double before = end.step;
    end = {margins.length(step.direction) / std::fmax(margins.length(x), limits.least_length), step.definite};
    x += length * step.direction;
    if (end.step <= limits.step || length == 0.0) break;
    if (end.step <= nearly_there && end.step >= 0.5 * before) break;
  }
  return end;
}

}  // namespace sgdyn::minimiser
