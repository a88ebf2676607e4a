#include "sgdyn/theory/replica/sensitivity.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <boost/math/tools/roots.hpp>
#include <cmath>
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

// At ridge 0 there is room on one side alone, but the equations are linear in the ridge.
double step_for(const Parameter& parameter, const Problem& problem) {
  Problem copy = problem;
  const double value = std::fabs(parameter.of(copy));
  const double usual = relative_step * (value > 0.0 ? value : 1.0);
  return std::min(usual, 0.1 * parameter.room);
}

Sensitivity sensitivity(const Problem& problem, const FixedPoint& point, const Parameter& parameter) {
  // A parameter may break the symmetry that makes the intercept zero.
  const double steepness = 1.5 * point.overlap / std::sqrt(problem.data.noise * point.q);
  const System here(problem, std::nullopt, Symmetry::ignored, steepness);
  const Unknowns x = here.equations().unknowns(order_parameters(point, here));
  Residuals residuals;
  here.equations().evaluate(x, residuals);
  const double step = step_for(parameter, problem);

  // Unknowns at the same order parameters, whose intercept may be counted from elsewhere, plus `change`.
  const auto unknowns = [&](const System& system, const Unknowns& change) -> Unknowns {
    return system.equations().unknowns(order_parameters(point, system)) + change;
  };
  std::array<Unknowns, 4> force;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const System there(moved(problem, parameter, offsets[i] * step), std::nullopt, Symmetry::ignored, steepness);
    Residuals moved_residuals;
    there.equations().evaluate(unknowns(there, Unknowns::Zero(x.size())), moved_residuals);
    force[i] = moved_residuals.value;
  }
  const Unknowns slope = -residuals.slope.partialPivLu().solve(derivative(force, step));
  std::array<Reported, 4> along;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const System there(moved(problem, parameter, offsets[i] * step), std::nullopt, Symmetry::ignored, steepness);
    along[i] = reported(report_at(there, unknowns(there, offsets[i] * step * slope)));
  }
  const Reported result = derivative(along, step);
  return {parameter.key, result[0], result[1], result[2], result[3], result[4], result[5], result[6]};
}

void require_smooth(const FixedPoint& point) {
  if (point.status == Status::ok && point.regime == Regime::ridge) return;
  throw std::invalid_argument("replica: sensitivities need a solution at a ridge, or without a limit");
}

// ---- the best ridge ----

constexpr double first_decade = -8.0;
constexpr double last_decade = 8.0;

class RidgeSearch {
 public:
  explicit RidgeSearch(const Problem& problem) : problem_(problem), scale_(problem.data.noise) {}

  // d(error)/d(log ridge), relative to the error; zero within rounding.
  double slope(double log_ridge) {
    at(log_ridge);
    if (point_.status != Status::ok || point_.regime != Regime::ridge) return 0.0;
    const double ridge = problem_.loss.ridge;
    const auto all = parameters(problem_);
    const auto found = std::find_if(all.begin(), all.end(), [](const Parameter& p) { return p.key == "loss.ridge"; });
    const double relative =
        ridge * sensitivity(problem_, point_, *found).generalisation_error / point_.generalisation_error;
    return std::fabs(relative) < rounding ? 0.0 : relative;
  }

  const FixedPoint& at(double log_ridge) {
    problem_.loss.ridge = scale_ * std::exp(log_ridge);
    const FixedPoint last = point_;
    point_ = solve(problem_, started_ ? &last : nullptr);
    started_ = true;
    return point_;
  }
  [[nodiscard]] const FixedPoint& point() const { return point_; }
  [[nodiscard]] double ridge() const { return problem_.loss.ridge; }

 private:
  static constexpr double rounding = 1e-9;

  Problem problem_;
  double scale_;
  FixedPoint point_;
  bool started_ = false;
};

// The root of a slope that is negative at `low` and positive at `high`.
double root_between(RidgeSearch& search, double low, double high) {
  std::uintmax_t most = 100;
  const auto close = [](double a, double b) { return std::fabs(a - b) < 1e-10; };
  const auto [a, b] =
      boost::math::tools::toms748_solve([&](double x) { return search.slope(x); }, low, high, close, most);
  return 0.5 * (a + b);
}

}  // namespace

std::vector<Sensitivity> sensitivities(const Problem& given, const FixedPoint& point) {
  require_smooth(point);
  Problem problem = given;
  problem.question = Question::minimiser;
  problem = validated(problem);
  std::vector<Sensitivity> all;
  for (const Parameter& parameter : parameters(problem)) {
    if (!(step_for(parameter, problem) > 0.0)) continue;  // ridge 0 cannot be lowered
    all.push_back(sensitivity(problem, point, parameter));
  }
  return all;
}

BestRidge best_ridge(const Problem& given, const Execution& execution) {
  Problem problem = given;
  problem.question = Question::minimiser;
  problem = validated(problem);
  RidgeSearch search(problem);
  const double decade = std::log(10.0);
  BestRidge best;
  best.point.generalisation_error = 2.0;  // more than any
  const auto consider = [&](std::optional<double> ridge, const std::string& reason) {
    const FixedPoint& point = search.point();
    if (point.status != Status::ok || !(point.generalisation_error < best.point.generalisation_error)) return;
    best = {.ridge = ridge, .reason = reason, .point = point};
  };
  // From large ridges, where the start is known well, to small ones.
  double above = search.slope(last_decade * decade);
  if (above <= 0.0) consider(std::nullopt, "the error falls, or stays, however large the ridge becomes");
  for (double k = last_decade - 1.0; k >= first_decade; k -= 1.0) {
    if (execution.stopped()) {
      best.point.status = Status::interrupted;
      best.point.message = "interrupted before every ridge was looked at";
      return best;
    }
    const double below = search.slope(k * decade);
    if (below < 0.0 && above > 0.0) {
      (void)search.at(root_between(search, k * decade, (k + 1.0) * decade));
      consider(search.ridge(), "");
      (void)search.at(k * decade);
    }
    if (below != 0.0) above = below;
  }
  if (above >= 0.0) consider(std::nullopt, "the error falls, or stays, however small the ridge becomes");
  if (best.point.generalisation_error > 1.0) best.point = search.point();
  return best;
}

}  // namespace sgdyn::replica
