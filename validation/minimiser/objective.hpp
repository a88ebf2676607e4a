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
  /// The sum of the curvatures of the last evaluation: the second derivative in the intercept.
  [[nodiscard]] double total_curvature();
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
  double step = 0.0;      ///< |last step of the weights| / |weights|; infinite where none could be made
  bool definite = false;  ///< the last Hessian was positive definite as it stood
};

/// Newton's method with exact line searches, from x, until a step is at most `tolerance` relative to the weights, that
/// step included, or rounding keeps steps from getting smaller, or after `most` steps.
NewtonEnd newton(Objective& objective, Unknowns& x, double tolerance, int most, const Stopped& stopped);

/// Steps L-BFGS remembers, each of two vectors like x.
inline constexpr int descent_memory = 10;

}  // namespace sgdyn::minimiser
