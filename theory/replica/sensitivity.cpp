#include "sgdyn/theory/replica/sensitivity.hpp"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <stdexcept>

#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/theory/replica/report.hpp"

namespace sgdyn::replica {
namespace {

constexpr double relative_step = 1e-3;  // of central differences of fourth order: errors of about 1e-12

/// One number of the problem that may be moved.
struct Parameter {
  std::string key;
  std::function<double&(Problem&)> of;
  double room = 0.0;  ///< to the nearest end of its range
};

double room(const Range& range, double value) { return std::min(value - range.low, range.high - value); }

void add(std::vector<Parameter>& all, const std::string& table, std::span<const ParameterInfo> known,
         const Component& component, Component& (*of)(Problem&)) {
  for (const ParameterInfo& info : known) {
    const std::string key(info.key);
    const double value = component.parameters.at(key);
    all.push_back(
        {table + "." + key, [=](Problem& p) -> double& { return of(p).parameters.at(key); }, room(info.range, value)});
  }
}

std::vector<Parameter> parameters(const Problem& problem) {
  std::vector<Parameter> all{{"data.alpha", [](Problem& p) -> double& { return p.data.alpha; }, problem.data.alpha},
                             {"data.noise", [](Problem& p) -> double& { return p.data.noise; }, problem.data.noise},
                             {"loss.ridge", [](Problem& p) -> double& { return p.loss.ridge; }, problem.loss.ridge}};
  add(all, "data", find_component(known_data_models(), problem.data.model.name, "data.model").parameters,
      problem.data.model, [](Problem& p) -> Component& { return p.data.model; });
  add(all, "loss", find_component(known_losses(), problem.loss.loss.name, "loss.name").parameters, problem.loss.loss,
      [](Problem& p) -> Component& { return p.loss.loss; });
  return all;
}

// Of a function of one number at 0, from its values at -2, -1, 1 and 2 steps.
template <class Vector>
Vector derivative(const std::array<Vector, 4>& values, double step) {
  return (8.0 * (values[2] - values[1]) - (values[3] - values[0])) / (12.0 * step);
}
constexpr std::array<double, 4> offsets{-2.0, -1.0, 1.0, 2.0};

using Reported = Eigen::Matrix<double, 7, 1>;

Reported reported(const FixedPoint& point) {
  Reported values;
  values << point.overlap, point.norm, point.response, point.intercept, point.objective, point.training_loss,
      point.generalisation_error;
  return values;
}

Problem moved(const Problem& problem, const Parameter& parameter, double by) {
  Problem result = problem;
  parameter.of(result) += by;
  return result;
}

double step_for(const Parameter& parameter, const Problem& problem) {
  Problem copy = problem;
  const double value = std::fabs(parameter.of(copy));
  const double usual = relative_step * (value > 0.0 ? value : 1.0);
  return std::min(usual, 0.1 * parameter.room);
}

// The equations at a solution. A parameter may break the symmetry that makes the intercept zero, so that none is used;
// the quadrature over the projections is as fine as the solution needs.
class AtSolution {
 public:
  AtSolution(const Problem& problem, const FixedPoint& point) : problem_(problem), point_(point) {
    constexpr double to_spare = 1.5;
    steepness_ = to_spare * std::fabs(point.overlap) / std::sqrt(problem.data.noise * point.q);
  }

  // By differences: the equations and what is reported move with the parameter, and with the unknowns.
  [[nodiscard]] Sensitivity with_respect_to(const Parameter& parameter) const {
    const System here(problem_, options());
    const NewtonResult at = solution_in(here);
    const double step = step_for(parameter, problem_);
    std::array<Unknowns, 4> force;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      const System there(moved(problem_, parameter, offsets[i] * step), options());
      Residuals moved_residuals;
      there.equations().evaluate(unknowns(here, there, at.x), moved_residuals);
      force[i] = moved_residuals.value;
    }
    const Unknowns slope = -at.residuals.slope.partialPivLu().solve(derivative(force, step));
    std::array<Reported, 4> along;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      const System there(moved(problem_, parameter, offsets[i] * step), options());
      along[i] = reported(report_at(there, unknowns(here, there, at.x) + offsets[i] * step * slope));
    }
    const Reported result = derivative(along, step);
    return {parameter.key, result[0], result[1], result[2], result[3], result[4], result[5], result[6]};
  }

  // Without differences, however small the ridge: it is a factor of known terms, and by the minimum the objective
  // moves with the ridge as C/2 alone.
  [[nodiscard]] Sensitivity with_respect_to_ridge() const {
    const System here(problem_, options());
    const NewtonResult at = solution_in(here);
    const Unknowns slope = ridge_tangent(here.equations(), at);
    Sensitivity result{.parameter = "loss.ridge"};
    result.overlap = slope[1];
    result.norm = point_.q * slope[2] + 2.0 * point_.overlap * slope[1];
    result.response = point_.response * slope[0];
    result.intercept = here.law().has_intercept() ? slope[3] : 0.0;
    result.objective = 0.5 * point_.norm;
    result.training_loss = -0.5 * problem_.loss.ridge * result.norm;
    result.generalisation_error = error_slope(here, at.x, slope).value;
    return result;
  }

  // d(error)/d(ridge); zero where it cannot be told from rounding.
  [[nodiscard]] double error_slope_with_ridge() const {
    constexpr double rounding = 1e-13;
    const System here(problem_, options());
    const NewtonResult at = solution_in(here);
    const Slope slope = error_slope(here, at.x, ridge_tangent(here.equations(), at));
    return std::fabs(slope.value) > rounding * slope.terms ? slope.value : 0.0;
  }

 private:
  [[nodiscard]] System::Options options() const { return {.symmetry = Symmetry::ignored, .steepness = steepness_}; }

  [[nodiscard]] NewtonResult solution_in(const System& here) const {
    NewtonResult at;
    at.x = here.equations().unknowns(order_parameters(point_, here));
    here.equations().evaluate(at.x, at.residuals);
    return at;
  }

  [[nodiscard]] Slope error_slope(const System& here, const Unknowns& x, const Unknowns& slope) const {
    const double intercept = here.law().has_intercept() ? slope[3] : 0.0;
    const OrderParameters change{.overlap = slope[1], .q = point_.q * slope[2], .intercept = intercept};
    return here.law().error_slope(here.equations().at(x), change);
  }

  // Where a kink moves with the parameter, so does an intercept near it: samples there see a small change. Else it is
  // the intercept itself that stays, wherever it is counted from.
  [[nodiscard]] Unknowns unknowns(const System& here, const System& there, const Unknowns& x) const {
    const double reference = here.law().reference();
    const bool near = std::fabs(point_.intercept - reference) < std::fabs(point_.intercept);
    if (near && reference * there.law().reference() > 0.0) return x;
    return there.equations().unknowns(order_parameters(point_, there));
  }

  const Problem& problem_;
  const FixedPoint& point_;
  double steepness_ = 0.0;
};

void require_smooth(const FixedPoint& point) {
  if (point.status == Status::ok && point.regime == Regime::ridge) return;
  throw std::invalid_argument("replica: sensitivities need a solution at a ridge, or without a limit");
}

// ---- the best ridge ----

constexpr double first_decade = -8.0;
constexpr double last_decade = 8.0;
constexpr double stride = 0.5;  // decades

struct Visit {
  double log_ridge = 0.0;  // of ridge/Delta
  double slope = 0.0;      // d(error)/d(log ridge)
};

class RidgeSearch {
 public:
  RidgeSearch(const Problem& problem, const Execution& execution)
      : problem_(problem), scale_(problem.data.noise), execution_(execution) {}

  /// d(error)/d(log ridge): zero within rounding and where w = 0; nothing without a solution.
  std::optional<double> slope(double log_ridge) {
    const FixedPoint& point = at(log_ridge);
    if (point.status != Status::ok) return std::nullopt;
    if (point.regime != Regime::ridge) return 0.0;
    return problem_.loss.ridge * AtSolution(problem_, point).error_slope_with_ridge();
  }

  const FixedPoint& at(double log_ridge) {
    problem_.loss.ridge = ridge_at(log_ridge);
    const FixedPoint last = point_;
    point_ = solve(problem_, started_ ? &last : nullptr, execution_);
    started_ = true;
    return point_;
  }
  /// Of the last ridge.
  [[nodiscard]] const FixedPoint& point() const { return point_; }
  [[nodiscard]] double ridge() const { return problem_.loss.ridge; }
  [[nodiscard]] double ridge_at(double log_ridge) const { return scale_ * std::exp(log_ridge); }

  [[nodiscard]] FixedPoint without_ridge() const {
    Problem problem = problem_;
    problem.loss.ridge = 0.0;
    return solve(problem, nullptr, execution_);
  }

  /// The root of a slope that is negative at `low` and positive at `high`; what cannot be solved counts as flat.
  double root_between(const Visit& low, const Visit& high) {
    std::uintmax_t most = 100;
    const auto close = [](double a, double b) { return std::fabs(a - b) < 1e-10; };
    const auto of = [this](double log_ridge) { return slope(log_ridge).value_or(0.0); };
    const auto [a, b] =
        boost::math::tools::toms748_solve(of, low.log_ridge, high.log_ridge, low.slope, high.slope, close, most);
    return 0.5 * (a + b);
  }

 private:
  Problem problem_;
  double scale_;
  const Execution& execution_;
  FixedPoint point_;
  bool started_ = false;
};

// From large ridges, where the start is known well, to small ones; the deepest minimum, and the ends of the range.
class BestRidgeWalk {
 public:
  BestRidgeWalk(const Problem& problem, const Execution& execution) : search_(problem, execution) {}

  void run() {
    const double decade = std::log(10.0);
    const int count = static_cast<int>((last_decade - first_decade) / stride);
    for (int i = 0; i <= count; ++i) visit((last_decade - stride * i) * decade);
    if (above_ && above_->slope > 0.0) {
      const FixedPoint point = search_.at(above_->log_ridge);
      consider(point, std::nullopt, at_end("small", "down to", "below"));
      consider(search_.without_ridge(), 0.0, "");
    }
  }

  /// Nothing where no ridge had a solution.
  [[nodiscard]] const std::optional<BestRidge>& best() const { return best_; }
  [[nodiscard]] const FixedPoint& failure() const { return failure_; }

 private:
  void visit(double log_ridge) {
    const std::optional<double> slope = search_.slope(log_ridge);
    const FixedPoint point = search_.point();
    if (!slope) {
      failure_ = point;
      failed_last_ = true;
      return;
    }
    // Nothing above falls: the least of what is above is at its upper end.
    if (!above_ && *slope <= 0.0) {
      consider(point, std::nullopt, at_end("large", "up to", "above"));
    }
    failed_last_ = false;
    if (*slope == 0.0) return;
    const Visit here{log_ridge, *slope};
    if (above_ && here.slope < 0.0 && above_->slope > 0.0) consider_minimum(here, *above_);
    above_ = here;
    above_point_ = point;
  }

  // Of an end of the range, or of where solutions are found.
  [[nodiscard]] std::string at_end(const char* small, const char* until, const char* beyond) const {
    if (failed_last_) {
      return fmt::format("the error falls {} {:.3g}, {} which no solution was found", until, search_.ridge(), beyond);
    }
    return fmt::format("the error falls, or stays, however {} the ridge becomes (looked at {} {:.3g})", small, until,
                       search_.ridge());
  }

  // Between two ridges; where there is no solution in between, the better of them.
  void consider_minimum(const Visit& below, const Visit& above) {
    const FixedPoint least = search_.at(search_.root_between(below, above));
    consider(least, search_.ridge(), "");
    const double high = search_.ridge_at(above.log_ridge);
    const FixedPoint point = search_.at(below.log_ridge);
    if (least.status == Status::ok) return;
    const std::string reason = fmt::format(
        "no solution was found at ridges between {:.3g} and {:.3g}, where the error is least", search_.ridge(), high);
    consider(point, std::nullopt, reason);
    consider(above_point_, std::nullopt, reason);
  }

  void consider(const FixedPoint& point, std::optional<double> ridge, const std::string& reason) {
    if (point.status != Status::ok) return;
    if (best_ && !(point.generalisation_error < best_->point.generalisation_error)) return;
    best_ = BestRidge{.ridge = ridge, .reason = reason, .point = point};
  }

  RidgeSearch search_;
  std::optional<Visit> above_;  // the last that was not flat
  FixedPoint above_point_;
  std::optional<BestRidge> best_;
  FixedPoint failure_;
  bool failed_last_ = false;
};

}  // namespace

std::vector<Sensitivity> sensitivities(const Problem& given, const FixedPoint& point) {
  require_smooth(point);
  Problem problem = given;
  problem.question = Question::minimiser;
  problem = validated(problem);
  const AtSolution at(problem, point);
  std::vector<Sensitivity> all;
  for (const Parameter& parameter : parameters(problem)) {
    if (parameter.key == "loss.ridge") {
      all.push_back(at.with_respect_to_ridge());
    } else if (step_for(parameter, problem) > 0.0) {
      all.push_back(at.with_respect_to(parameter));
    }
  }
  return all;
}

BestRidge best_ridge(const Problem& given, const Execution& execution) {
  Problem problem = given;
  problem.question = Question::minimiser;
  problem = validated(problem);
  BestRidgeWalk walk(problem, execution);
  walk.run();
  const FixedPoint& failure = walk.failure();
  BestRidge result =
      walk.best().value_or(BestRidge{.ridge = std::nullopt, .reason = failure.message, .point = failure});
  if (execution.stopped()) {
    result.point.status = Status::interrupted;
    result.point.message = "interrupted before every ridge was looked at";
    // A ridge not looked at may be better, and the error may rise again beyond the last one.
    result.ridge.reset();
    result.reason = result.point.message;
  }
  return result;
}

}  // namespace sgdyn::replica
