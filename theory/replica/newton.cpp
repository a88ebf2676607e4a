#include "sgdyn/theory/replica/newton.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sgdyn::replica {
namespace {

constexpr double rounding = 1e-15;  // residuals that no step can be told to have shrunk
constexpr double smallest_cut = 1e-6;
constexpr double nearly_solved = 1e-12;   // within reach of rounding
constexpr double longest_log_step = 3.0;  // of log g and log q

Unknowns newton_step(const Residuals& at) {
  Slopes matrix = at.slope;
  Unknowns right = -at.value;
  for (Eigen::Index i = 0; i < right.size(); ++i) {
    matrix.row(i) /= at.largest_term[i];
    right[i] /= at.largest_term[i];
  }
  return matrix.partialPivLu().solve(right);
}

// The part of the step that keeps the logarithms and the overlap within reach of the linear model.
double first_cut(const Equations& equations, const Unknowns& x, const Unknowns& step) {
  const OrderParameters at = equations.at(x);
  const double size = std::sqrt(at.overlap * at.overlap + at.q);
  double cut = 1.0;
  cut = std::min(cut, longest_log_step / std::fabs(step[0]));
  cut = std::min(cut, longest_log_step / std::fabs(step[2]));
  return std::min(cut, longest_log_step * size / std::fabs(step[1]));
}

double merit(const Residuals& at) {
  double sum = 0.0;
  for (Eigen::Index i = 0; i < at.value.size(); ++i) {
    const double part = at.value[i] / at.largest_term[i];
    sum += part * part;
  }
  return std::sqrt(sum);
}

// Where an overlap or an intercept is nearly the margin wanted, neighbouring doubles of it differ by more than what is
// accepted: the best of them is taken.
void try_neighbours(const Equations& equations, NewtonResult& result) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr int most_rounds = 3;
  Residuals trial;
  for (int round = 0; round < most_rounds && result.residuals.relative() > accepted_residual; ++round) {
    for (Eigen::Index i = 0; i < result.x.size(); ++i) {
      for (const double direction : {-infinity, infinity}) {
        Unknowns next = result.x;
        next[i] = std::nextafter(next[i], direction);
        equations.evaluate(next, trial);
        ++result.iterations;
        if (!(trial.relative() < result.residuals.relative())) continue;
        result.x = next;
        std::swap(result.residuals, trial);
      }
    }
  }
}

}  // namespace

NewtonResult newton(const Equations& equations, const Unknowns& start, int most_iterations, double enough) {
  NewtonResult result;
  result.x = start;
  equations.evaluate(start, result.residuals);
  result.iterations = 1;
  double best = merit(result.residuals);
  Residuals trial;
  while (result.iterations < most_iterations && std::isfinite(best) && best > enough && !equations.stopped()) {
    const Unknowns step = newton_step(result.residuals);
    if (!step.allFinite()) break;
    bool better = false;
    for (double cut = first_cut(equations, result.x, step); cut > smallest_cut && !better; cut *= 0.5) {
      const Unknowns next = result.x + cut * step;
      equations.evaluate(next, trial);
      ++result.iterations;
      const double reached = merit(trial);
      better = reached < best;
      if (better) {
        best = reached;
        result.x = next;
        std::swap(result.residuals, trial);
      } else if (result.residuals.relative() <= accepted_residual) {
        result.converged = result.residuals.accurate;
        return result;
      }
      if (result.iterations >= most_iterations) break;
    }
    if (!better || best <= rounding) break;
  }
  const double reached = result.residuals.relative();
  if (reached > accepted_residual && reached < nearly_solved) try_neighbours(equations, result);
  result.converged = result.x.allFinite() && result.residuals.accurate &&
                     result.residuals.relative() <= std::max(enough, accepted_residual);
  return result;
}

// The ridge enters replica.E1 and E3 alone.
Unknowns ridge_tangent(const Equations& equations, const NewtonResult& at) {
  const OrderParameters state = equations.at(at.x);
  Unknowns change = Unknowns::Zero(at.x.size());
  change[0] = state.proximal_width / equations.law().noise();
  change[1] = state.proximal_width * state.overlap;
  return -at.residuals.slope.partialPivLu().solve(change);
}

}  // namespace sgdyn::replica
