#include "sgdyn/theory/replica/relax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sgdyn::replica {
namespace {

constexpr double good_enough = 1e-3;  // of the root, relative to the step it is looked for with

// A root of `value(coordinate)`, which changes sign once, near `start`: steps that double until the sign changes,
// then bisection. `rising` says which way.
template <class F>
double monotone_root(F value, double start, double step, bool rising) {
  const double sign = rising ? 1.0 : -1.0;
  double at = start;
  const double first = sign * value(at);
  if (first == 0.0 || !std::isfinite(first)) return start;
  const double direction = first < 0.0 ? 1.0 : -1.0;
  double low = at;
  double length = step;
  bool found = false;
  for (int i = 0; i < 40 && !found; ++i, length *= 2.0) {
    low = at;
    at += direction * length;
    const double now = sign * value(at);
    if (!std::isfinite(now)) return low;
    found = (now < 0.0) != (first < 0.0);
  }
  if (!found) return start;
  while (std::fabs(at - low) > good_enough * step) {
    const double middle = 0.5 * (at + low);
    if (middle == at || middle == low) break;
    const double now = sign * value(middle);
    ((now < 0.0) == (first < 0.0) ? low : at) = middle;
  }
  return 0.5 * (at + low);
}

class Relaxation {
 public:
  Relaxation(const Equations& equations, const Unknowns& x) : equations_(equations), x_(x) {}

  void sweep() {
    if (equations_.law().has_intercept()) solve(3, 3, spread(), false);
    solve(0, 0, 0.5, true);
    solve(1, 1, spread(), true);
    evaluate();
    // Solved for m and q, the rest held.
    const double stiffness = residuals_.slope(1, 1);
    const double q = std::exp(x_[2]) - residuals_.value[2];
    const double m = x_[1] - residuals_.value[1] / linear_stiffness(stiffness);
    if (std::isfinite(m)) x_[1] += 0.5 * (m - x_[1]);
    if (q > 0.0 && std::isfinite(q)) x_[2] += 0.5 * (std::log(q) - x_[2]);
  }

  [[nodiscard]] const Unknowns& x() const { return x_; }
  [[nodiscard]] int evaluations() const { return evaluations_; }

 private:
  void evaluate() {
    equations_.evaluate(x_, residuals_);
    ++evaluations_;
  }

  // A slope that is never too small to divide by.
  [[nodiscard]] double linear_stiffness(double slope) const {
    return std::max(slope, 1e-3 * residuals_.largest_term[1] / std::max(std::fabs(x_[1]), 1e-12));
  }

  [[nodiscard]] double spread() const {
    const OrderParameters at = equations_.at(x_);
    return std::max(0.1 * equations_.law().deviation(equations_.law().parts().front(), at), 1e-12);
  }

  void solve(Eigen::Index unknown, Eigen::Index equation, double step, bool rising) {
    x_[unknown] = monotone_root(
        [&](double value) {
          if (equations_.stopped()) return std::numeric_limits<double>::quiet_NaN();
          x_[unknown] = value;
          evaluate();
          return residuals_.value[equation];
        },
        x_[unknown], step, rising);
  }

  const Equations& equations_;
  Unknowns x_;
  Residuals residuals_;
  int evaluations_ = 0;
};

}  // namespace

Unknowns relax(const Equations& equations, const Unknowns& x, int sweeps, int& iterations) {
  Relaxation relaxation(equations, x);
  for (int i = 0; i < sweeps && !equations.stopped(); ++i) relaxation.sweep();
  iterations += relaxation.evaluations();
  return relaxation.x();
}

}  // namespace sgdyn::replica
