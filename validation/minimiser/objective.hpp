// The smooth convex function that is minimised at every stage, and the two methods that minimise it.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

#include "sgdyn/validation/minimiser/margins.hpp"
#include "sgdyn/validation/minimiser/terms.hpp"

namespace sgdyn::minimiser {

class Line;

/// F(x) = sum_mu term(h_mu) + ridge/2 |weights|^2. Refers to margins and terms.
class Objective {
 public:
  /// `ridge` is lambda N, since |w|^2 = N |weights|^2.
  Objective(const Margins& margins, Terms& terms, double ridge);

  double evaluate(const double* x, Unknowns& gradient);
  double evaluate(const Unknowns& x, Unknowns& gradient) { return evaluate(x.data(), gradient); }

  /// The lower half of the second derivatives where evaluate() was last called; free_parameters() square.
  void hessian(Eigen::MatrixXd& out);

  [[nodiscard]] const Margins& margins() const { return margins_; }
  [[nodiscard]] double ridge() const { return ridge_; }
  void set_ridge(double ridge) { ridge_ = ridge; }
  [[nodiscard]] Line line(const Unknowns& x, const Unknowns& direction) const;
  /// At the last evaluation.
  [[nodiscard]] const std::vector<double>& h() const { return h_; }
  /// The curvatures of the last evaluation, whose sum is the second derivative in the intercept.
  [[nodiscard]] const std::vector<double>& curvatures();
  /// Whether at some point evaluated so far every margin was positive, which proves that the data are separable.
  [[nodiscard]] bool separated() const { return separated_; }
  [[nodiscard]] int evaluations() const { return evaluations_; }

 private:
  const Margins& margins_;
  Terms& terms_;
  double ridge_;
  std::vector<double> h_, slope_, curvature_;
  bool separated_ = false;
  int evaluations_ = 0;
};

/// F along a straight line, one product with the matrix for any number of points: F'(s) = d/ds F(x + s direction).
class Line {
 public:
  Line(const Objective& objective, Terms& terms, const Unknowns& x, const Unknowns& direction);

  double derivative(double s);

 private:
  Terms& terms_;
  std::vector<double> h_, change_, moved_, slope_;
  double ridge_slope_, ridge_curvature_;
};

/// A change of the slopes p_mu of the terms that makes them feasible in the dual problem.
struct DualRepair {
  std::vector<double> change;  ///< of p_mu; empty if there is none
  double cost = 0.0;           ///< in dual value, besides that of the margins moving away from where p_mu is the slope
};

/// With an intercept the dual value of slopes p_mu is finite only where g_B = sum p_mu y_mu vanishes, the entry of the
/// intercept in `gradient`, of F where evaluate() was last called. It does for p_mu - g_B c_mu y_mu with sum c_mu = 1.
/// For c_mu = k_mu/K, k_mu the curvatures of the terms and K their sum, the dual value falls to second order by
///     sum_mu (g_B c_mu)^2/(2 k_mu) = g_B^2/(2 K),
/// and what the weights' equation is left with is g_w - g_B sum_mu c_mu x_mu in place of g_w. `gradient` is left with
/// that, and zero for the intercept.
[[nodiscard]] DualRepair balance_intercept(Objective& objective, Unknowns& gradient);

/// The duality gap of x and the slopes of smooth terms there, with a ridge: what is left of the gradient is
/// lambda N times the distance to the weights of those multipliers.
[[nodiscard]] double gap_of_gradient(Objective& objective, const Unknowns& x);

using Stopped = std::function<bool()>;

/// When L-BFGS ends: at |gradient| <= gradient * (|x| + least_length), after so many steps, when `stopped`, or where
/// function values resolve no descent any more.
struct DescentLimits {
  double gradient = 0.0;
  double least_length = 0.0;
  int steps = 2000;
  bool until_separated = false;  ///< also as soon as separated()
};

/// L-BFGS (Liu & Nocedal 1989) from x, which is left at the last iterate.
void descend(Objective& objective, Unknowns& x, const DescentLimits& limits, const Stopped& stopped);

/// What Newton's method is left with.
struct NewtonEnd {
  /// |last step of the weights| / max(|weights|, least_length); infinite where none could be made.
  double step = 0.0;
  bool definite = false;  ///< the last Hessian was positive definite as it stood
};

/// When Newton's method ends: at |step of the weights| <= step * max(|weights|, least_length), that step included,
/// where rounding keeps steps from getting smaller, or after so many.
struct NewtonLimits {
  double step = 0.0;
  double least_length = 0.0;
  int steps = 50;
};

/// Newton's method with exact line searches, from x.
NewtonEnd newton(Objective& objective, Unknowns& x, const NewtonLimits& limits, const Stopped& stopped);

/// Steps L-BFGS remembers, each of two vectors like x.
inline constexpr int descent_memory = 10;

}  // namespace sgdyn::minimiser
