// A fixed point as the record that comparisons and results take.
#include <string>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/theory/replica/bayes.hpp"
#include "sgdyn/theory/replica/replica.hpp"

namespace sgdyn::replica {
namespace {

Series exactly(double value) {
  Series series;
  series.mean = Eigen::VectorXd::Constant(1, value);
  series.standard_error = Eigen::VectorXd::Zero(1);
  return series;
}

Estimate number(double value) { return {.value = value, .standard_error = 0.0, .reason = ""}; }

Estimate unless_limit(const FixedPoint& point, double value) {
  if (point.regime == Regime::ridge || point.regime == Regime::zero_weights) return number(value);
  return Estimate::unavailable("it grows as 1/ridge when the ridge goes to 0; their product is ridge_times_response");
}

Series support_fraction(const FixedPoint& point, const Loss& loss) {
  if (!loss.margin()) {
    return Series::unavailable("the " + std::string(loss.name()) +
                               " loss has no margin beyond which a sample stops contributing");
  }
  if (!loss.smooth() || point.regime == Regime::max_margin) {
    return Series::unavailable("a finite part of the samples has its margin at kappa exactly");
  }
  return exactly(*point.support_fraction);
}

Estimate stability(const FixedPoint& point) {
  if (point.stability) return number(*point.stability);
  return Estimate::unavailable("w = 0 at a kink of the loss has no derivative");
}

}  // namespace

Observables to_observables(const FixedPoint& point, const Problem& problem) {
  Observables result;
  result.producer = "replica";
  result.of_minimiser = true;
  result.status = point.status;
  result.message = point.message;
  const Theory described = theory();
  result.assumptions = described.assumptions;
  if (point.status == Status::not_applicable || point.status == Status::interrupted) return result;
  result.steps = {0};
  result.time = {0.0};
  result.series = {{"overlap", exactly(point.overlap)},
                   {"norm", exactly(point.norm)},
                   {"training_loss", exactly(point.training_loss)},
                   {"objective", exactly(point.objective)},
                   {"training_accuracy", exactly(point.training_accuracy)},
                   {"generalisation_error", exactly(point.generalisation_error)},
                   {"intercept", exactly(point.intercept)},
                   {"support_fraction", support_fraction(point, *make_loss(problem.loss.loss))}};
  result.numbers = {{"response", unless_limit(point, point.response)},
                    {"proximal_width", unless_limit(point, point.proximal_width)},
                    {"ridge_times_response", number(point.ridge_times_response)},
                    {"bayes_error", bayes_error(problem.data)},
                    {"stability", stability(point)},
                    {"residual", number(point.residual)},
                    {"rounding", number(point.rounding)},
                    {"iterations", number(point.iterations)}};
  result.settings["regime"] = to_string(point.regime);
  return result;
}

Theory theory() {
  return {.name = "replica",
          .summary = "replica-symmetric fixed point: the minimiser of a convex objective as N -> infinity",
          .answers = Question::minimiser,
          .assumptions = {"N -> infinity at fixed alpha = M/N", "inputs Gaussian orthogonal to the signal direction",
                          "samples independent", "loss convex in the margin, margin linear in w"},
          .violated = violated,
          .prepare = [](const Problem& problem, OptionTable& table, const Execution& execution) {
            table.finish();
            // Solved at once: where the minimiser is not finite nothing else should take any time.
            const FixedPoint point = solve(problem, nullptr, execution);
            if (point.status == Status::not_applicable) throw NotApplicable("replica", point.message);
            return [problem, point] { return to_observables(point, problem); };
          }};
}

}  // namespace sgdyn::replica
