#include "sgdyn/validation/minimiser/solve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sgdyn/model/loss.hpp"
#include "sgdyn/validation/minimiser/interpolate.hpp"
#include "sgdyn/validation/minimiser/multipliers.hpp"
#include "sgdyn/validation/minimiser/terms.hpp"

namespace sgdyn::minimiser {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int most_newton_steps = 50;

Solution judged(Solution solution) {
  if (!(solution.distance <= certified_distance) && solution.failure.empty()) {
    solution.failure = "the minimiser was not reached to the accuracy asked for";
  }
  return solution;
}

double distance_by_gradient(Objective& objective, const Unknowns& x) {
  const Margins& margins = objective.margins();
  Unknowns gradient;
  objective.evaluate(x, gradient);
  double gap = gradient.head(margins.dimension()).squaredNorm() / (2.0 * objective.ridge());
  if (margins.has_intercept()) {
    const double of_intercept = gradient[margins.intercept_entry()];
    if (of_intercept != 0.0) gap += of_intercept * of_intercept / (2.0 * objective.total_curvature());
  }
  return distance_of_gap(gap, objective.ridge(), margins.length(x));
}

// lambda = 0. `separated` tells whether some weights were met that decide every sample correctly; then it ends early if
// that means that there is no minimum.
Solution solve_without_ridge(const Loss& loss, const Margins& margins, bool has_minimum, bool& separated,
                             const Stopped& stopped) {
  constexpr double rough = 1e-6;
  LossTerms terms(loss, static_cast<std::size_t>(margins.samples()));
  Objective objective(margins, terms, 0.0);
  Solution solution{.x = margins.zero(), .distance = infinity, .fits_all = false, .failure = ""};
  Unknowns gradient;
  objective.evaluate(solution.x, gradient);
  descend(objective, solution.x,
          {.gradient = rough * gradient.norm(), .least_length = 1.0, .steps = 300, .until_separated = !has_minimum},
          stopped);
  separated = objective.separated();
  if (!(separated && !has_minimum)) {
    const NewtonEnd end = newton(objective, solution.x, 0.01 * wanted_distance, most_newton_steps, stopped);
    separated = objective.separated();
    if (end.definite) solution.distance = end.step;
  }
  return judged(std::move(solution));
}

Solution from(const KinkedEnd& end, bool fits_all) {
  return judged({.x = end.x, .distance = end.distance, .fits_all = fits_all, .failure = ""});
}

// A width at which the envelopes of all samples together curve sixty times as much as the ridge: L-BFGS then needs few
// steps.
double width_for(const Margins& margins, double ridge) {
  constexpr double stiffness = 60.0;
  return margins.mean_curvature() / (stiffness * ridge);
}

Solution solve_kinked(const Loss& loss, const Margins& margins, double ridge, const Stopped& stopped) {
  constexpr double part = 0.1;  // of the distance at which losses change: kappa or 1, for slopes of order 1
  const LossProximal proximal(loss);
  const double scale = part * loss.margin().value_or(1.0) / std::max(1e-3, std::fabs(loss.slope_at(0.0)));
  const KinkedProblem problem{.proximal = proximal,
                              .ridge = ridge,
                              .width = ridge > 0.0 ? width_for(margins, ridge) : scale,
                              .certificate = Certificate::gap};
  return from(minimise_kinked(margins, problem, stopped), false);
}

// lambda > 0: the gap of a smooth loss at slopes l'(h) is |gradient|^2 / (2 lambda N).
Solution solve_smooth(const Loss& loss, const Margins& margins, double ridge, const Stopped& stopped) {
  LossTerms terms(loss, static_cast<std::size_t>(margins.samples()));
  Objective objective(margins, terms, ridge);
  Solution solution{.x = margins.zero(), .distance = infinity, .fits_all = false, .failure = ""};
  descend(objective, solution.x, {.gradient = 0.1 * wanted_distance * ridge, .steps = 300}, stopped);
  solution.distance = distance_by_gradient(objective, solution.x);
  if (!(solution.distance <= 0.5 * certified_distance) && !stopped()) {
    newton(objective, solution.x, 0.01 * wanted_distance, most_newton_steps, stopped);
    solution.distance = distance_by_gradient(objective, solution.x);
  }
  // With hardly a ridge Newton's method may find no sample with any curvature, which multipliers cure.
  if (!(solution.distance <= certified_distance) && !stopped()) return solve_kinked(loss, margins, ridge, stopped);
  return judged(std::move(solution));
}

// The shortest weights with all margins at least `anchor`. The ridge is that of 1/2 |weights|^2, whatever the samples
// are.
Solution solve_separable(double anchor, const Margins& margins, const Stopped& stopped) {
  const Constraint constraint(anchor);
  const KinkedProblem problem{.proximal = constraint,
                              .ridge = 1.0,
                              .width = width_for(margins, 1.0),
                              .certificate = Certificate::scaled_gap,
                              .anchor = anchor};
  return from(minimise_kinked(margins, problem, stopped), true);
}

// The margin at which a loss has its minimum, by bisection; nothing where l' has one sign.
std::optional<double> minimum_of(const Loss& loss) {
  if (const auto ramp = loss.proximal_ramp(1.0)) return ramp->two_sided ? std::optional(ramp->anchor) : std::nullopt;
  constexpr double far = 1e6;
  double low = -far;
  double high = far;
  if (loss.slope_at(low) >= 0.0 || loss.slope_at(high) <= 0.0) return std::nullopt;
  while (high - low > 4e-16 * std::max(std::fabs(low), std::fabs(high))) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    (loss.slope_at(middle) > 0.0 ? high : low) = middle;
  }
  return high;
}

// Whether the data are separable, found out by minimising a loss that is smooth and zero beyond kappa.
bool separable_by_descent(double kappa, const Margins& margins, const Stopped& stopped) {
  const auto loss = make_loss({"squared-hinge", {{"margin", kappa}}});
  bool separated = false;
  (void)solve_without_ridge(*loss, margins, false, separated, stopped);
  return separated;
}

// lambda -> 0 of a loss that is zero from kappa on.
Solution solve_limit_with_margin(const Loss& loss, double kappa, const Margins& margins, const Stopped& stopped) {
  if (!loss.smooth()) {
    if (separable_by_descent(kappa, margins, stopped)) return solve_separable(kappa, margins, stopped);
    return solve_kinked(loss, margins, 0.0, stopped);
  }
  bool separated = false;
  Solution plain = solve_without_ridge(loss, margins, false, separated, stopped);
  return separated ? solve_separable(kappa, margins, stopped) : plain;
}

Solution solve_limit(const Loss& loss, const Margins& margins, const Stopped& stopped) {
  if (const auto kappa = loss.margin()) return solve_limit_with_margin(loss, *kappa, margins, stopped);
  const std::optional<double> minimum = minimum_of(loss);
  if (minimum && margins.samples() <= margins.free_parameters()) {
    Interpolation interpolation = interpolate(margins, *minimum);
    return judged(
        {.x = std::move(interpolation.x), .distance = interpolation.distance, .fits_all = true, .failure = ""});
  }
  if (!loss.smooth()) return solve_kinked(loss, margins, 0.0, stopped);
  bool separated = false;
  Solution solution = solve_without_ridge(loss, margins, minimum.has_value(), separated, stopped);
  if (separated && !minimum) solution.failure = "the data are separable, and without a ridge the loss has no minimum";
  return solution;
}

}  // namespace

Solution solve(const Task& task, const sim::DataSet& data, const Stopped& stopped) {
  const Margins margins(data, task.intercept);
  if (task.ridge == 0.0) return solve_limit(*task.loss, margins, stopped);
  const double ridge = task.ridge * static_cast<double>(margins.dimension());
  if (task.loss->smooth()) return solve_smooth(*task.loss, margins, ridge, stopped);
  return solve_kinked(*task.loss, margins, ridge, stopped);
}

}  // namespace sgdyn::minimiser
