#include "sgdyn/validation/minimiser/multipliers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

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
constexpr double vanishing = 1e-8;     // weights that are zero but for rounding, in units that make margins of order 1
constexpr int stages_without_weights = 2;

// Rounding of a margin, a sum of as many products as there are weights.
double resolution_of_margins(double mean_square_row, const Unknowns& x) {
  return 4.0 * std::numeric_limits<double>::epsilon() * std::sqrt(mean_square_row) * x.norm();
}

// What the gap of a constraint h >= anchor has besides the gradient, for margins times `scale`.
double gap_of_constraint(const Objective& objective, const EnvelopeTerms& terms, std::span<const double> change,
                         double scale, double anchor, double resolution) {
  double gap = 0.0;
  for (std::size_t i = 0; i < objective.h().size(); ++i) {
    const double excess = scale * objective.h()[i] - anchor;
    const double p = terms.next()[i] + (change.empty() ? 0.0 : change[i]);
    if (p > 0.0) return infinity;  // constraints only push
    if (excess > resolution) gap -= p * excess;
  }
  return gap;
}

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
    KinkedEnd best{.x = x_, .distance = infinity};
    int idle = 0;      // stages that brought nothing
    int vanished = 0;  // stages that could not tell the weights from zero
    double furthest = infinity;
    for (int stage = 0; stage < most_stages && idle < most_idle && !stopped_(); ++stage) {
      terms_.set_width(width(stage));
      if (stage < rough_stages) {
        descend_roughly();
      } else {
        const End end = finish();
        idle = end.distance < 0.5 * best.distance || best.distance > far ? 0 : idle + 1;
        if (end.distance < best.distance) best = {scale_ * x_, end.distance, end.by_step};
        if (best.distance <= wanted_distance || (idle > 0 && best.distance <= certified_distance)) break;
        furthest = std::min(furthest, end.furthest);
        const bool none = may_vanish() && end.distance > 1.0 && furthest <= vanishing * unit_;
        vanished = none ? vanished + 1 : 0;
        if (vanished == stages_without_weights) return without_weights(furthest, false);
      }
      objective_.evaluate(x_, gradient_);
      terms_.update();
    }
    const double length = margins_.length(best.x);
    if (!best.by_step || !may_vanish() || length > vanishing * unit_) return best;
    const bool by_step = furthest > vanishing * unit_;
    return without_weights(by_step ? length : furthest, by_step);
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

  // Of a stage. `furthest` is the largest length of the true weights that the gap allows.
  struct End {
    double distance = infinity;
    bool by_step = false;
    double furthest = infinity;
  };

  // The first Newton step after the multipliers have changed tells how far the last minimum was off, provided that
  // envelopes and function are no longer apart: with wide envelopes multipliers hardly change.
  End finish() {
    NewtonLimits limits{.step = exact_step, .least_length = vanishing * unit_, .steps = 1};
    const NewtonEnd next = newton(objective_, x_, limits, stopped_);
    limits.steps = most_newton_steps;
    if (!next.definite || next.step > exact_step) newton(objective_, x_, limits, stopped_);
    const GapAt at = duality_gap(objective_, terms_, problem_, x_);
    const double gap = at.gap;
    scale_ = at.scale;
    const bool settled = next.definite && next.step <= settled_step && gap <= settled_gap * at.value;
    if (problem_.ridge > 0.0) {
      const double length = margins_.length(x_);
      const double of_gap = distance_of_gap(gap, problem_.ridge, length);
      const End end{of_gap, false, length + distance_of_gap(gap, problem_.ridge, 1.0)};
      if (of_gap <= certified_distance || !settled || gap > rounding_of_gap()) return end;
      return {std::min(of_gap, next.step), next.step < of_gap, end.furthest};
    }
    if (objective_.ridge() == 0.0 && settled) return {next.step, true};
    if (settled) objective_.set_ridge(0.0);
    return {};
  }

  // What the gap is where nothing but rounding is left. Margins known to their resolution, divided by the width, make
  // multipliers that are off by as much between kinks, and their products with the samples a gradient that a small
  // ridge does not forgive.
  double rounding_of_gap() {
    const double of_multiplier = resolution() / terms_.width();
    const std::vector<double>& curvatures = objective_.curvatures();
    const auto moving = std::count_if(curvatures.begin(), curvatures.end(), [](double each) { return each > 0.0; });
    const double of_gradient =
        static_cast<double>(moving) * mean_square_row_ * of_multiplier * of_multiplier;  // squared
    return of_gradient / (2.0 * objective_.ridge());
  }

  // An intercept alone can be the minimum at any ridge, where a kink holds the samples of the more frequent label.
  [[nodiscard]] bool may_vanish() const {
    return margins_.has_intercept() && problem_.ridge > 0.0 && problem_.certificate == Certificate::gap;
  }

  // The weights are zero but for rounding, which would pass for a norm above zero: they are set to zero.
  [[nodiscard]] KinkedEnd without_weights(double furthest, bool by_step) const {
    KinkedEnd end{.x = margins_.zero(), .distance = furthest / unit_, .by_step = by_step};
    end.x[margins_.intercept_entry()] = best_intercept();
    return end;
  }

  // Where sum l(y B) is least, by bisection of its slope.
  [[nodiscard]] double best_intercept() const {
    const Eigen::VectorXd labels = margins_.labels();
    const auto positive = static_cast<double>((labels.array() > 0.0).count());
    const double negative = static_cast<double>(labels.size()) - positive;
    const auto rises = [&](double B) {
      const std::array<double, 2> h{B, -B};
      std::array<double, 2> slope{};
      problem_.proximal.slope(h, slope);
      return positive * slope[0] - negative * slope[1] > 0.0;
    };
    const double near = x_[margins_.intercept_entry()];
    double low = near - unit_of_margins();
    double high = near + unit_of_margins();
    while (true) {
      const double middle = 0.5 * (low + high);
      if (middle <= low || middle >= high) return high;
      (rises(middle) ? high : low) = middle;
    }
  }

  [[nodiscard]] double unit_of_margins() const { return unit_ * std::sqrt(mean_square_row_); }

  [[nodiscard]] double resolution() const { return resolution_of_margins(mean_square_row_, x_); }

  const Margins& margins_;
  const double mean_square_row_ = margins_.mean_square_row();
  const KinkedProblem& problem_;
  const double unit_ = problem_.unit / std::sqrt(mean_square_row_);  // of weights
  const Stopped& stopped_;
  EnvelopeTerms terms_;
  Objective objective_;
  Unknowns x_;
  double scale_ = 1.0;  // of x_, to make it feasible
  Unknowns gradient_;
};

}  // namespace

GapAt duality_gap(Objective& objective, const EnvelopeTerms& terms, const KinkedProblem& problem, const Unknowns& x) {
  const Margins& margins = objective.margins();
  const Eigen::Index n = margins.dimension();
  const double ridge = objective.ridge();
  const double resolution = resolution_of_margins(margins.mean_square_row(), x);
  Unknowns gradient;
  GapAt at{.value = objective.evaluate(x, gradient)};
  const DualRepair repair = balance_intercept(objective, gradient);
  if (problem.certificate == Certificate::gap) {
    at.gap = terms.gap(objective.h(), repair.change, resolution);
  } else {
    const double least = *std::min_element(objective.h().begin(), objective.h().end());
    if (!(least > 0.0)) return {.value = at.value, .gap = infinity};
    at.scale = std::max(1.0, problem.anchor / least);
    at.gap = gap_of_constraint(objective, terms, repair.change, at.scale, problem.anchor, resolution);
    gradient.head(n) += (at.scale - 1.0) * ridge * x.head(n);
  }
  at.gap += repair.cost;
  if (ridge > 0.0) at.gap += gradient.head(n).squaredNorm() / (2.0 * ridge);
  return at;
}

double distance_of_gap(double gap, double ridge, double length) {
  const double distance = std::sqrt(2.0 * gap / ridge);
  return distance == 0.0 ? 0.0 : distance / length;
}

KinkedEnd minimise_kinked(const Margins& margins, const KinkedProblem& problem, const Stopped& stopped) {
  return Method(margins, problem, stopped).run();
}

}  // namespace sgdyn::minimiser
