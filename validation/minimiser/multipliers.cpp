#include "sgdyn/validation/minimiser/multipliers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sgdyn::minimiser {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int rough_stages = 4;
constexpr int most_stages = 40;
constexpr int most_idle = 6;
constexpr double far = 1e-2;  // with wide envelopes of a small ridge the distance says little
constexpr int most_newton_steps = 60;
constexpr double settled_step = 1e-8;  // between stages when nothing moves any more
constexpr double settled_gap = 1e-9;   // relative to the function
constexpr double faint = 1e-7;         // the ridge that leads to where there is none, relative to the curvature
constexpr double exact_step = 1e-10;   // relative, of the last Newton step

class Method {
 public:
  Method(const Margins& margins, const KinkedProblem& problem, const Stopped& stopped)
      : margins_(margins),
        problem_(problem),
        stopped_(stopped),
        terms_(problem.proximal, static_cast<std::size_t>(margins.samples())),
        objective_(margins, terms_, problem.ridge > 0.0 ? problem.ridge : faint * margins.mean_curvature()),
        x_(margins.zero()) {}

  KinkedEnd run() {
    KinkedEnd best{x_, infinity};
    int idle = 0;  // stages that brought nothing
    for (int stage = 0; stage < most_stages && idle < most_idle && !stopped_(); ++stage) {
      terms_.set_width(width(stage));
      if (stage < rough_stages) {
        descend_roughly();
      } else {
        const double distance = finish();
        idle = distance < 0.5 * best.distance || best.distance > far ? 0 : idle + 1;
        if (distance < best.distance) best = {scale_ * x_, distance};
        if (best.distance <= wanted_distance || (idle > 0 && best.distance <= certified_distance)) break;
      }
      objective_.evaluate(x_, gradient_);
      terms_.update();
    }
    return best;
  }

 private:
  // Falls by fours for L-BFGS, then by fives to where rounding of margins/width would show in the multipliers.
  [[nodiscard]] double width(int stage) const {
    constexpr double resolved = 1e-8;
    const double rough = std::pow(0.25, std::min(stage, rough_stages - 1));
    const double width = problem_.width * rough * std::pow(0.2, std::max(0, stage - rough_stages + 1));
    const double largest_margin = largest(objective_.h());
    const double largest_multiplier = largest(terms_.next());
    return largest_multiplier > 0.0 ? std::max(width, resolved * largest_margin / largest_multiplier) : width;
  }

  static double largest(const std::vector<double>& values) {
    double result = 0.0;
    for (const double each : values) result = std::max(result, std::fabs(each));
    return result;
  }

  void descend_roughly() {
    constexpr double rough = 1e-4;
    objective_.evaluate(x_, gradient_);
    DescentLimits limits{.gradient = rough * problem_.ridge, .least_length = 0.0, .steps = 100};
    if (problem_.ridge == 0.0) limits = {.gradient = rough * gradient_.norm(), .least_length = 1.0, .steps = 100};
    descend(objective_, x_, limits, stopped_);
  }

  // The first Newton step after the multipliers have changed tells how far the last minimum was off, provided that
  // envelopes and function are no longer apart: with wide envelopes multipliers hardly change.
  double finish() {
    const NewtonEnd next = newton(objective_, x_, exact_step, 1, stopped_);
    if (!next.definite || next.step > exact_step) newton(objective_, x_, exact_step, most_newton_steps, stopped_);
    const double value = objective_.evaluate(x_, gradient_);
    const double gap = duality_gap();
    const bool settled = next.definite && next.step <= settled_step && gap <= settled_gap * value;
    const double of_step = settled ? next.step : infinity;
    if (problem_.ridge > 0.0) {
      const double of_gap = distance_of_gap(gap, problem_.ridge, margins_.length(x_));
      return of_gap > certified_distance ? std::min(of_gap, of_step) : of_gap;
    }
    if (objective_.ridge() == 0.0) return of_step;
    if (settled) objective_.set_ridge(0.0);
    return infinity;
  }

  // At the last evaluation, whose gradient it spoils, for the weights times scale_. Without a ridge that of the
  // function alone.
  double duality_gap() {
    const Eigen::Index n = margins_.dimension();
    const double ridge = objective_.ridge();
    double gap =
        problem_.certificate == Certificate::gap ? terms_.gap(objective_.h(), resolution()) : scale_to_anchor();
    if (ridge > 0.0) gap += gradient_.head(n).squaredNorm() / (2.0 * ridge);
    if (margins_.has_intercept()) {
      const double of_intercept = gradient_[margins_.intercept_entry()];
      const double curvature = objective_.total_curvature();
      if (of_intercept != 0.0) gap += of_intercept * of_intercept / (2.0 * curvature);
    }
    return gap;
  }

  // Finds the scale that makes every margin at least `anchor`, and what the gap then has besides the gradient. The
  // weights themselves stay: their margins are what the next multipliers are made of.
  double scale_to_anchor() {
    const Eigen::Index n = margins_.dimension();
    const double least = *std::min_element(objective_.h().begin(), objective_.h().end());
    if (!(least > 0.0)) return infinity;
    const double scale = std::max(1.0, problem_.anchor / least);
    double gap = 0.0;
    for (std::size_t i = 0; i < objective_.h().size(); ++i) {
      const double excess = scale * objective_.h()[i] - problem_.anchor;
      if (excess > resolution()) gap -= terms_.next()[i] * excess;
    }
    gradient_.head(n) += (scale - 1.0) * objective_.ridge() * x_.head(n);
    scale_ = scale;
    return gap;
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
  double scale_ = 1.0;  // of x_, to make it feasible
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
