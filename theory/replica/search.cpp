#include "sgdyn/theory/replica/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sgdyn/theory/replica/collapse.hpp"
#include "sgdyn/theory/replica/relax.hpp"
#include "sgdyn/theory/replica/stand_in.hpp"
#include "sgdyn/theory/replica/start.hpp"

namespace sgdyn::replica {
namespace {

Unknowns first_guess(const System& system, const Equations& equations) {
  return equations.unknowns(guess(system.loss(), system.law(), system.alpha(), equations.ridge()));
}

std::optional<SmallWeights> small_weights(const System& system, double ridge) {
  return small_weights(system.loss(), system.law(), system.alpha(), ridge);
}

// Evaluations at one ridge of a path after which a shorter step is taken.
constexpr int hasty = 15;
constexpr int patient = 100;

// Attempts at one problem, which share the count of evaluations.
class Search {
 public:
  explicit Search(const System& system) : system_(system) {}

  bool from(const Equations& equations, const Unknowns& start, int most = 60) {
    if (!equations.closed_form()) {
      constexpr double enough = 1e-4;
      const NewtonResult coarse = newton(equations.with(Precision::coarse), start, most, enough);
      iterations_ += coarse.iterations;
      // Wide laws have solutions of their own where averages are coarse.
      if (coarse.converged && exactly_from(equations, coarse.x, most)) return true;
    }
    return exactly_from(equations, start, most);
  }

  bool exactly_from(const Equations& equations, const Unknowns& start, int most = 60) {
    NewtonResult found = newton(equations, start, most);
    iterations_ += found.iterations;
    const bool converged = found.converged;
    if (converged || nearer(found)) result_ = std::move(found);
    return converged;
  }

  bool from_stand_in() {
    const Equations& equations = system_.equations();
    const OrderParameters start =
        stand_in_fixed_point(system_.loss(), system_.law(), system_.alpha(), system_.ridge(), iterations_);
    return std::isfinite(start.overlap) && start.q > 0.0 && from(equations, equations.unknowns(start));
  }

  bool relaxed() {
    const Equations& equations = system_.equations();
    Unknowns x = first_guess(system_, equations);
    for (int round = 0; round < 4; ++round) {
      x = relax(equations, x, 4, iterations_);
      if (from(equations, x, 30)) return true;
    }
    return false;
  }

  // From the nearest larger ridge at which a start is good enough, down to the one asked for: each solution and its
  // tangent are the start of the next. The step in log(ridge) grows while Newton's method follows and shrinks where it
  // does not.
  bool along_ridge(Precision precision, int most) {
    const double target = std::max(system_.ridge(), negligible_ridge(system_.law(), system_.alpha()));
    double ridge = target;
    NewtonResult at;
    for (double factor = 10.0; ridge < largest_ridge && !at.converged; factor *= 10.0) {
      ridge *= factor;
      at = on_path(ridge, start_at(ridge), precision, most);
    }
    double step = std::log(10.0);
    while (at.converged && ridge > target && step > smallest_step && !system_.equations().stopped()) {
      const double next = std::max(target, ridge * std::exp(-step));
      NewtonResult trial = on_path(
          next, at.x + std::log(next / ridge) * ridge * ridge_tangent(system_.with_ridge(ridge), at), precision, most);
      if (!trial.converged) {
        step *= 0.5;
        continue;
      }
      if (trial.iterations <= easy) step *= 2.0;
      at = std::move(trial);
      ridge = next;
    }
    return at.converged && ridge == target && exactly_from(system_.equations(), at.x);
  }

  void add_iterations(int evaluations) { iterations_ += evaluations; }

  void collapse(const OrderParameters& at) {
    result_.x = system_.equations().unknowns(at);
    result_.collapsed = true;
  }

  [[nodiscard]] NewtonResult finish() {
    result_.iterations = iterations_;
    return std::move(result_);
  }

 private:
  static constexpr double largest_ridge = 1e40;  // beyond is no start that a smaller one has not
  static constexpr double smallest_step = 1e-3;  // in log(ridge)
  static constexpr int easy = 6;                 // evaluations after which a longer step is tried

  [[nodiscard]] Unknowns start_at(double ridge) const {
    const auto small = small_weights(system_, ridge);
    const Equations equations = system_.with_ridge(ridge);
    return small && !small->collapsed ? equations.unknowns(small->at) : first_guess(system_, equations);
  }

  NewtonResult on_path(double ridge, const Unknowns& start, Precision precision, int most) {
    constexpr double enough = 1e-6;
    NewtonResult found = newton(system_.with_ridge(ridge).with(precision), start, most, enough);
    iterations_ += found.iterations;
    return found;
  }

  // Than the best of the failures so far.
  [[nodiscard]] bool nearer(const NewtonResult& found) const {
    return result_.x.size() == 0 || !(result_.residuals.relative() <= found.residuals.relative());
  }

  const System& system_;
  NewtonResult result_;
  int iterations_ = 0;
};

// The limit of vanishing ridge, from the same problem with less and less of it.
NewtonResult find_limit(const System& system, const OrderParameters* near) {
  const Equations& equations = system.equations();
  Search search(system);
  if (near != nullptr && search.from(equations, equations.unknowns(*near), 30)) return search.finish();
  OrderParameters start = guess(system.loss(), system.law(), system.alpha(), 0.0);
  start.proximal_width = 0.5;  // lambda V, which lies between 0 and 1
  if (search.from(equations, equations.unknowns(start))) return search.finish();
  Problem problem = system.problem();
  for (double ridge = 1e-2; ridge > 1e-14; ridge *= 0.1) {
    problem.loss.ridge = ridge;
    const System with_ridge(problem, {.execution = equations.execution()});
    const NewtonResult nearby = find_solution(with_ridge, nullptr);
    search.add_iterations(nearby.iterations);
    if (!nearby.converged) continue;
    start = with_ridge.equations().at(nearby.x);
    start.intercept += with_ridge.law().reference() - system.law().reference();
    start.proximal_width *= ridge / system.law().noise();
    if (search.from(equations, equations.unknowns(start))) break;
  }
  return search.finish();
}

}  // namespace

NewtonResult find_solution(const System& system, const OrderParameters* near) {
  if (system.limit()) return find_limit(system, near);
  const Equations& equations = system.equations();
  Search search(system);
  if (near != nullptr && search.from(equations, equations.unknowns(*near), 30)) return search.finish();
  if (!equations.closed_form() && search.from_stand_in()) return search.finish();
  if (search.from(equations, first_guess(system, equations))) return search.finish();
  if (const auto small = small_weights(system, system.ridge())) {
    if (small->collapsed) {
      search.collapse(small->at);
      return search.finish();
    }
    if (search.from(equations, equations.unknowns(small->at))) return search.finish();
  }
  if (search.along_ridge(Precision::coarse, hasty) || search.along_ridge(Precision::full, hasty) ||
      search.along_ridge(Precision::full, patient))
    return search.finish();
  (void)search.relaxed();
  return search.finish();
}

}  // namespace sgdyn::replica
