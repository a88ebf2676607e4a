#include "sgdyn/theory/replica/replica.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/theory/replica/report.hpp"
#include "sgdyn/theory/replica/search.hpp"
#include "sgdyn/theory/replica/separability.hpp"

namespace sgdyn::replica {
namespace {

Problem about_minimiser(const Problem& problem) {
  Problem result = problem;
  result.question = Question::minimiser;
  return validated(result);
}

FixedPoint failed(Status status, std::string message) {
  FixedPoint point;
  point.status = status;
  point.message = std::move(message);
  return point;
}

FixedPoint solve_once(const System& system, const FixedPoint* near) {
  if (near == nullptr || near->status != Status::ok) return report(system, find_solution(system, nullptr));
  const OrderParameters start = order_parameters(*near, system);
  const bool usable = std::isfinite(start.proximal_width) && start.proximal_width > 0.0 && start.q > 0.0;
  return report(system, find_solution(system, usable ? &start : nullptr));
}

// Where the law of c is a quadrature it is made finer until it is fine enough for its own solution.
FixedPoint solve_system(const Problem& problem, std::optional<LeastLoss> limit, const FixedPoint* near) {
  constexpr double steepest = 1e4;
  double steepness = 1.0;
  FixedPoint found;
  for (int iterations = 0;; iterations = found.iterations) {
    const System system(problem, limit, Symmetry::used, steepness);
    found = solve_once(system, near);
    found.iterations += iterations;
    const double needed = needed_steepness(found, system);
    if (found.status == Status::ok ? needed <= steepness : steepness >= steepest || system.law().exact()) return found;
    if (needed > steepest) {
      found.status = Status::not_converged;
      found.message = fmt::format(
          "overlap/sqrt(noise q) is {:.3g}, too steep for the quadrature over the projections; "
          "largest is {:g}",
          needed, steepest);
      return found;
    }
    steepness = found.status == Status::ok ? 1.5 * needed : 10.0 * steepness;
    near = &found;
  }
}

// ---- ridge = 0 ----

std::string samples_per_weight(double alpha) { return fmt::format("alpha = {:.6g}", alpha); }

// A loss with its minimum at one margin: every sample reaches it below one sample a weight.
FixedPoint without_ridge_two_sided(const Problem& problem, const LeastLoss& least, const FixedPoint* near) {
  if (problem.data.alpha == 1.0) {
    return failed(
        Status::not_applicable,
        "a finite minimiser is assumed, but without a ridge its norm diverges at alpha = 1, where the samples "
        "are just as many as the weights; give loss.ridge > 0 or another alpha");
  }
  return solve_system(problem, problem.data.alpha < 1.0 ? std::optional(least) : std::nullopt, near);
}

// Least on an interval, where many weights may have every margin.
FixedPoint without_ridge_on_interval(const Problem& problem, const LeastLoss& least, const FixedPoint* near) {
  if (problem.data.alpha > 1.0) {
    FixedPoint found = solve_system(problem, std::nullopt, near);
    if (found.status != Status::not_converged) return found;
  }
  return failed(Status::not_applicable,
                fmt::format("a unique finite minimiser is assumed, but none was found at {} without a ridge: the loss "
                            "is least at every margin from {:.6g} to {:.6g}, and few samples can all be brought there; "
                            "give loss.ridge > 0",
                            samples_per_weight(problem.data.alpha), least.from, least.to));
}

bool is_separable(const Problem& problem, const Separability& threshold) {
  return threshold.always || threshold.status == Status::overflow || problem.data.alpha < threshold.alpha_star;
}

FixedPoint without_ridge(const Problem& problem, const FixedPoint* near) {
  const auto loss = make_loss(problem.loss.loss);
  const std::optional<LeastLoss> least = least_loss(*loss);
  if (least && least->single()) return without_ridge_two_sided(problem, *least, near);
  if (least && !least->one_sided()) return without_ridge_on_interval(problem, *least, near);
  const Separability threshold = separability(problem.data, problem.loss.intercept);
  if (threshold.status == Status::not_converged) return failed(threshold.status, threshold.message);
  if (!is_separable(problem, threshold)) return solve_system(problem, std::nullopt, near);
  if (least) return solve_system(problem, least, near);
  const std::string reason = threshold.always ? "the data are separable at every alpha"
                             : threshold.status == Status::overflow
                                 ? "the data are separable at every alpha up to 1e308"
                                 : fmt::format("the data are separable at {}, below alpha* = {:.6g}",
                                               samples_per_weight(problem.data.alpha), threshold.alpha_star);
  return failed(Status::not_applicable,
                "a finite minimiser is assumed, but " + reason + ", and without a ridge the " + problem.loss.loss.name +
                    " loss has no single finite minimiser along a separating direction; give loss.ridge > 0, or loss.name = \"hinge\" "
                    "for the max-margin solution that direction tends to");
}

}  // namespace

std::string_view to_string(Regime regime) {
  switch (regime) {
    case Regime::ridge: return "ridge";
    case Regime::max_margin: return "max-margin";
    case Regime::zero_weights: return "zero-weights";
    case Regime::interpolation: break;
  }
  return "interpolation";
}

std::optional<std::string> violated(const Problem& problem) {
  const Problem checked = about_minimiser(problem);
  const auto loss = make_loss(checked.loss.loss);
  if (!loss->convex()) {
    return "a convex loss is assumed, but " + std::string(loss->formula()) +
           " is not convex in the margin, so that there may be many minima";
  }
  const auto model = make_data_model(checked.data.model, checked.data.noise);
  if (!margin_is_linear(*model)) {
    return "an objective convex in w is assumed, but the margin of " + checked.data.model.name + " is not linear in w";
  }
  constexpr double least = std::numeric_limits<double>::min();
  if (loss->slope_at(-least) <= 0.0 && loss->slope_at(least) >= 0.0) {
    return "a loss that is not least at margin 0 is assumed, but " + std::string(loss->formula()) +
           " is, so that w = 0 is a minimiser whatever the data";
  }
  return std::nullopt;
}

FixedPoint solve(const Problem& given, const FixedPoint* near) {
  const Problem problem = about_minimiser(given);
  if (const auto reason = violated(problem)) throw NotApplicable("replica", *reason);
  if (problem.loss.ridge == 0.0) return without_ridge(problem, near);
  return solve_system(problem, std::nullopt, near);
}

}  // namespace sgdyn::replica
