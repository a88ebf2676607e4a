#include "sgdyn/validation/minimiser/solve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sgdyn/model/least_loss.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/validation/minimiser/interpolate.hpp"
#include "sgdyn/validation/minimiser/multipliers.hpp"
#include "sgdyn/validation/minimiser/terms.hpp"

namespace sgdyn::minimiser {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::string_view by_descent = "L-BFGS";
constexpr std::string_view by_newton = "L-BFGS and Newton's method";
constexpr std::string_view by_multipliers = "method of multipliers by L-BFGS and Newton's method";
constexpr std::string_view by_cholesky = "Cholesky factorisation";
constexpr NewtonLimits newton_limits{.step = 0.01 * wanted_distance, .steps = 50};

Solution judged(Solution solution) {
  if (!(solution.distance <= certified_distance) && solution.failure.empty()) {
    solution.failure = "the minimiser was not reached to the accuracy asked for";
  }
  return solution;
}

double distance_by_gradient(Objective& objective, const Unknowns& x) {
  return distance_of_gap(gap_of_gradient(objective, x), objective.ridge(), objective.margins().length(x));
}

// lambda = 0. `separated` tells whether some weights were met that decide every sample correctly; then it ends early if
// that means that there is no minimum.
Solution solve_without_ridge(const Loss& loss, const Margins& margins, bool has_minimum, bool& separated,
                             const Stopped& stopped) {
  constexpr double rough = 1e-6;
  LossTerms terms(loss, static_cast<std::size_t>(margins.samples()));
  Objective objective(margins, terms, 0.0);
  Solution solution{.x = margins.zero(), .distance = infinity, .method = by_descent, .failure = ""};
  Unknowns gradient;
  objective.evaluate(solution.x, gradient);
  descend(objective, solution.x,
          {.gradient = rough * gradient.norm(), .least_length = 1.0, .steps = 300, .until_separated = !has_minimum},
          stopped);
  separated = objective.separated();
  if (!(separated && !has_minimum)) {
    const NewtonEnd end = newton(objective, solution.x, newton_limits, stopped);
    separated = objective.separated();
    if (end.definite) solution.distance = end.step;
    solution.by_step = true;
    solution.method = by_newton;
  }
  return judged(std::move(solution));
}

Solution from(const KinkedEnd& end, bool fits_all) {
  return judged({.x = end.x,
                 .distance = end.distance,
                 .by_step = end.by_step,
                 .fits_all = fits_all,
                 .method = by_multipliers,
                 .failure = ""});
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
                              .unit = loss.margin().value_or(1.0),
                              .certificate = Certificate::gap};
  return from(minimise_kinked(margins, problem, stopped), false);
}

// lambda > 0: the gap of a smooth loss at slopes l'(h) is |gradient|^2 / (2 lambda N).
Solution solve_smooth(const Loss& loss, const Margins& margins, double ridge, const Stopped& stopped) {
  LossTerms terms(loss, static_cast<std::size_t>(margins.samples()));
  Objective objective(margins, terms, ridge);
  Solution solution{.x = margins.zero(), .distance = infinity, .method = by_descent, .failure = ""};
  descend(objective, solution.x, {.gradient = 0.1 * wanted_distance * ridge, .steps = 300}, stopped);
  solution.distance = distance_by_gradient(objective, solution.x);
  if (!(solution.distance <= 0.5 * certified_distance) && !stopped()) {
    newton(objective, solution.x, newton_limits, stopped);
    solution.method = by_newton;
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
                              .unit = anchor,
                              .certificate = Certificate::scaled_gap,
                              .anchor = anchor};
  return from(minimise_kinked(margins, problem, stopped), true);
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

// lambda -> 0 with as few samples as can all be brought to where the loss is least. Of the weights that bring them
// somewhere into an interval none but the shortest are meant, which interpolate no single margin.
Solution solve_interpolating(const LeastLoss& least, const Margins& margins) {
  if (!least.single()) {
    return {.x = margins.zero(),
            .distance = infinity,
            .failure =
                "the loss is least at all margins of an interval, and without a ridge no more samples than "
                "unknowns leave no single minimiser"};
  }
  Interpolation found = interpolate(margins, least.from);
  return judged({.x = std::move(found.x),
                 .distance = found.distance,
                 .by_step = true,
                 .fits_all = true,
                 .method = by_cholesky,
                 .failure = ""});
}

Solution solve_limit(const Loss& loss, const Margins& margins, const Stopped& stopped) {
  if (const auto kappa = loss.margin()) return solve_limit_with_margin(loss, *kappa, margins, stopped);
  const std::optional<LeastLoss> least = least_loss(loss);
  if (least && margins.samples() <= margins.free_parameters()) return solve_interpolating(*least, margins);
  if (!loss.smooth()) return solve_kinked(loss, margins, 0.0, stopped);
  bool separated = false;
  Solution solution = solve_without_ridge(loss, margins, least.has_value(), separated, stopped);
  if (separated && !least) solution.failure = "the data are separable, and without a ridge the loss has no minimum";
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
