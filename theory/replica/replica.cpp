#include "sgdyn/theory/replica/replica.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
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

// One problem, with where to begin and whom to ask.
class Solver {
 public:
  Solver(const Problem& problem, const Loss& loss, const FixedPoint* near, const Execution& execution)
      : problem_(problem), loss_(loss), near_(near), execution_(execution) {}

  [[nodiscard]] FixedPoint run() const {
    FixedPoint found = problem_.loss.ridge > 0.0 ? with_equations(std::nullopt) : without_ridge();
    if (found.status != Status::ok && execution_.stopped()) {
      return failed(Status::interrupted, "interrupted before the solution was found");
    }
    return found;
  }

 private:
  // Where the law of c is a quadrature it is made finer until it is fine enough for its own solution.
  [[nodiscard]] FixedPoint with_equations(std::optional<LeastLoss> limit) const {
    constexpr double first = 5.0;     // at most this needs no more nodes than the usual quadrature has
    constexpr double steepest = 1e4;  // hundreds of megabytes for a loss without closed form
    constexpr double to_spare = 1.5;  // the finer quadrature moves the solution a little
    // Too coarse an average may have no solution to learn from; but a search without end takes long on fine ones.
    constexpr double unsolved = 10.0;
    constexpr double steepest_unsolved = 1e3;
    const FixedPoint* near = near_;
    double steepness = first;
    bool from_anchor = false;
    FixedPoint found;
    for (int iterations = 0;; iterations = found.iterations) {
      const System system(
          problem_, {.limit = limit, .steepness = steepness, .from_anchor = from_anchor, .execution = &execution_});
      found = solve_once(system, near);
      found.iterations += iterations;
      const bool solved = found.status == Status::ok;
      if (!solved && system.has_other_reference() && !execution_.stopped()) {
        from_anchor = true;
        continue;
      }
      const double needed = needed_steepness(found, system);
      if (solved ? needed <= steepness : steepness >= steepest_unsolved || system.law().exact()) return found;
      if (execution_.stopped()) return found;
      if (solved && needed > steepest) {
        found.status = Status::not_converged;
        found.message = fmt::format(
            "overlap/sqrt(noise q) is {:.3g}, too steep for the quadrature over the projections; largest is {:g}",
            needed, steepest);
        return found;
      }
      steepness = solved ? std::min(to_spare * needed, steepest) : unsolved * steepness;
      near = &found;
    }
  }

  // A loss with its minimum at one margin: every sample reaches it below one sample a weight.
  [[nodiscard]] FixedPoint least_at_one_margin(const LeastLoss& least) const {
    if (problem_.data.alpha == 1.0) {
      return failed(
          Status::not_applicable,
          "a finite minimiser is assumed, but without a ridge its norm diverges at alpha = 1, where the samples "
          "are just as many as the weights; give loss.ridge > 0 or another alpha");
    }
    return with_equations(problem_.data.alpha < 1.0 ? std::optional(least) : std::nullopt);
  }

  // Least on an interval, where many weights may have every margin.
  [[nodiscard]] FixedPoint least_on_interval(const LeastLoss& least) const {
    if (problem_.data.alpha > 1.0) {
      FixedPoint found = with_equations(std::nullopt);
      if (found.status == Status::ok) return found;
    }
    return failed(
        Status::not_applicable,
        fmt::format("a unique finite minimiser is assumed, but none was found at alpha = {:.6g} without a ridge: the "
                    "loss is least at every margin from {:.6g} to {:.6g}, and few samples can all be brought there; "
                    "give loss.ridge > 0",
                    problem_.data.alpha, least.from, least.to));
  }

  [[nodiscard]] bool is_separable(const Separability& threshold) const {
    return threshold.always || threshold.status == Status::overflow || problem_.data.alpha < threshold.alpha_star;
  }

  [[nodiscard]] std::string why_separable(const Separability& threshold) const {
    if (threshold.always) return "the data are separable at every alpha";
    if (threshold.status == Status::overflow) return "the data are separable at every alpha up to 1e308";
    return fmt::format("the data are separable at alpha = {:.6g}, below alpha* = {:.6g}", problem_.data.alpha,
                       threshold.alpha_star);
  }

  [[nodiscard]] FixedPoint without_ridge() const {
    if (falls_without_bound(loss_)) return unbounded_loss();
    const std::optional<LeastLoss> least = least_loss(loss_);
    if (least && least->single()) return least_at_one_margin(*least);
    if (least && !least->one_sided()) return least_on_interval(*least);
    const Separability threshold = separability(problem_.data, problem_.loss.intercept);
    if (threshold.status == Status::not_converged) return failed(threshold.status, threshold.message);
    if (!is_separable(threshold)) return near_threshold(with_equations(std::nullopt), threshold);
    if (least) return near_threshold(with_equations(least), threshold);
    return failed(Status::not_applicable,
                  "a finite minimiser is assumed, but " + why_separable(threshold) + ", and without a ridge the " +
                      problem_.loss.loss.name +
                      " loss has no single finite minimiser along a separating direction; give loss.ridge > 0, or "
                      "loss.name = \"hinge\" for the max-margin solution that direction tends to");
  }

  // Where the norm diverges, or nearly.
  [[nodiscard]] FixedPoint near_threshold(FixedPoint found, const Separability& threshold) const {
    constexpr double near = 1e-3;
    const double distance = problem_.data.alpha / threshold.alpha_star - 1.0;
    if (found.status == Status::not_converged && std::fabs(distance) < near) {
      found.message +=
          fmt::format("; alpha is {:.2g} of itself from alpha* = {:.9g}, where solutions change without bound",
                      std::fabs(distance), threshold.alpha_star);
    }
    return found;
  }

  static bool falls_without_bound(const Loss& loss) {
    constexpr double far = 1e6;
    constexpr double steep_enough = 1e-9;  // of the slope on the other side: less may vanish beyond
    return loss.slope_at(far) < -steep_enough * std::fabs(loss.slope_at(-far));
  }

  // Its gain on the samples that w classifies well may outweigh the rest along some direction.
  [[nodiscard]] FixedPoint unbounded_loss() const {
    FixedPoint found = with_equations(std::nullopt);
    if (found.status == Status::ok) return found;
    return failed(Status::not_applicable,
                  "a finite minimiser is assumed, but none was found without a ridge: " + std::string(loss_.formula()) +
                      " falls without bound as the margin grows; give loss.ridge > 0");
  }

  const Problem& problem_;
  const Loss& loss_;
  const FixedPoint* near_;
  const Execution& execution_;
};

std::optional<std::string> violated_by(const Problem& problem, const Loss& loss) {
  if (!loss.convex()) {
    return "a convex loss is assumed, but " + std::string(loss.formula()) +
           " is not convex in the margin, so that there may be many minima";
  }
  const auto model = make_data_model(problem.data.model, problem.data.noise);
  if (!margin_is_linear(*model)) {
    return "an objective convex in w is assumed, but the margin of " + problem.data.model.name + " is not linear in w";
  }
  constexpr double least = std::numeric_limits<double>::min();
  if (loss.slope_at(-least) <= 0.0 && loss.slope_at(least) >= 0.0) {
    return "a loss that is not least at margin 0 is assumed, but " + std::string(loss.formula()) +
           " is, so that w = 0 is a minimiser whatever the data";
  }
  return std::nullopt;
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
  return violated_by(checked, *make_loss(checked.loss.loss));
}

FixedPoint solve(const Problem& given, const FixedPoint* near, const Execution& execution) {
  const Problem problem = about_minimiser(given);
  const auto loss = make_loss(problem.loss.loss);
  if (const auto reason = violated_by(problem, *loss)) throw NotApplicable("replica", *reason);
  return Solver(problem, *loss, near, execution).run();
}

}  // namespace sgdyn::replica
