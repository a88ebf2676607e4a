#include "sgdyn/validation/minimiser/multipliers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sgdyn::minimiser {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int rough_stages = 4;
constexpr int most_stages = 30;
constexpr int most_idle = 6;
constexpr int most_newton_steps = 60;
constexpr double exact_step = 1e-10;  // relative, of the last Newton step

class Method {
 public:
  Method(const Margins& margins, const KinkedProblem& problem, const Stopped& stopped)
      : margins_(margins),
        problem_(problem),
        stopped_(stopped),
        terms_(problem.proximal, static_cast<std::size_t>(margins.samples())),
        objective_(margins, terms_, problem.ridge),
        x_(margins.zero()) {}

  KinkedEnd run() {
    KinkedEnd best{x_, infinity};
    int idle = 0;  // stages that brought nothing
    for (int stage = 0; stage < most_stages && idle < most_idle && !stopped_(); ++stage) {
      terms_.set_width(problem_.width * relative_width(stage));
      if (stage < rough_stages) {
        descend_roughly();
      } else {
        const double distance = finish();
        idle = distance < 0.5 * best.distance ? 0 : idle + 1;
        if (distance < best.distance) best = {x_, distance};
        if (best.distance <= wanted_distance || (idle > 0 && best.distance <= certified_distance)) break;
      }
      objective_.evaluate(x_, gradient_);
      terms_.update();
    }
    return best;
  }

 private:
  // 1 to 1/64 for L-BFGS, then down by fives to where rounding of margins/width would show.
  static double relative_width(int stage) {
    const double rough = std::pow(0.25, std::min(stage, rough_stages - 1));
    return std::max(1e-8, rough * std::pow(0.2, std::max(0, stage - rough_stages + 1)));
  }

  void descend_roughly() {
    constexpr double rough = 1e-4;
    objective_.evaluate(x_, gradient_);
    DescentLimits limits{.gradient = rough * problem_.ridge, .steps = 100};
    if (problem_.ridge == 0.0) limits = {.gradient = rough * gradient_.norm(), .least_length = 1.0, .steps = 100};
    descend(objective_, x_, limits, stopped_);
  }

  double finish() {
    if (problem_.certificate == Certificate::next_newton_step) {
      const NewtonEnd next = newton(objective_, x_, exact_step, 1, stopped_);
      if (next.definite && next.step <= wanted_distance) return next.step;
    }
    newton(objective_, x_, exact_step, most_newton_steps, stopped_);
    return problem_.certificate == Certificate::next_newton_step ? infinity : distance_by_gap();
  }

  double distance_by_gap() {
    const Eigen::Index n = margins_.dimension();
    double value = 0.0;
    objective_.evaluate(x_, gradient_);
    const double curvature = objective_.total_curvature();
    if (problem_.certificate == Certificate::gap) {
      value = terms_.gap(objective_.h(), resolution());
    } else {
      const double least = *std::min_element(objective_.h().begin(), objective_.h().end());
      if (!(least > 0.0)) return infinity;
      const double scale = std::max(1.0, problem_.anchor / least);
      for (std::size_t i = 0; i < objective_.h().size(); ++i) {
        const double excess = scale * objective_.h()[i] - problem_.anchor;
        if (excess > resolution()) value -= terms_.next()[i] * excess;
      }
      gradient_.head(n) += (scale - 1.0) * problem_.ridge * x_.head(n);
      x_ *= scale;
    }
    value += gradient_.head(n).squaredNorm() / (2.0 * problem_.ridge);
    if (margins_.has_intercept()) {
      const double of_intercept = gradient_[margins_.intercept_entry()];
      value += curvature > 0.0 ? of_intercept * of_intercept / (2.0 * curvature) : infinity;
    }
    return distance_of_gap(value, problem_.ridge, margins_.length(x_));
  }

  // Rounding of a margin, a sum of as many products as there are weights.
  [[nodiscard]] double resolution() const {
    return 4.0 * std::numeric_limits<double>::epsilon() * std::sqrt(mean_square_row_) * x_.norm();
  }

  const Margins& margins_;
  const double mean_square_row_ = margins_.mean_square_row();
  const KinkedProblem& problem_;
  const Stopped& stopped_;
  EnvelopeTerms terms_;
  Objective objective_;
  Unknowns x_;
  Unknowns gradient_;
};

}  // namespace

double distance_of_gap(double gap, double ridge, double length) {
  const double distance = std::sqrt(2.0 * gap / ridge);
  return distance == 0.0 ? 0.0 : distance / length;
}

KinkedEnd minimise_kinked(const Margins& margins, const KinkedProblem& problem, const Stopped& stopped) {
  return Method(margins, problem, stopped).run();
}

}  // namespace sgdyn::minimiser
