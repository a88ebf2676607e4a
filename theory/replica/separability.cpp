#include "sgdyn/theory/replica/separability.hpp"

#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <string>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/numerics/normal.hpp"
#include "sgdyn/theory/replica/half_moments.hpp"

namespace sgdyn::replica {
namespace {

// F = E[(s xi - mu)_+^2]/Delta for weights with |w_perp|^2/N = 1, as a function of the overlap a and of the intercept
// in units of sqrt(Delta), with its derivatives. mu is linear in them and s convex: F is convex, and 1/alpha* its
// minimum.
struct Misfit {
  double value = 0.0;
  Eigen::Vector2d slope = Eigen::Vector2d::Zero();
  Eigen::Matrix2d curvature = Eigen::Matrix2d::Zero();
};

Misfit misfit(const MarginLaw& law, const Eigen::Vector2d& x) {
  const double Delta = law.noise();
  const double a = x[0];
  Misfit F;
  for (const Part& part : law.parts()) {
    const double s = std::sqrt(part.variance * a * a + Delta);
    const Eigen::Vector2d mu_slope(part.signal, part.label * std::sqrt(Delta));
    const double mu = mu_slope.dot(x);
    const HalfMoments k = half_moments(-mu / s);
    const double bell = normal_density(mu / s);
    const Eigen::Vector2d s_slope(part.variance * a / s, 0.0);
    const double weight = part.weight / Delta;
    F.value += weight * s * s * k.second;
    F.slope += weight * (-2.0 * s * k.first * mu_slope + 2.0 * s * k.zeroth * s_slope);
    F.curvature += weight * (2.0 * k.zeroth * mu_slope * mu_slope.transpose() -
                             2.0 * bell * (mu_slope * s_slope.transpose() + s_slope * mu_slope.transpose()) +
                             2.0 * (k.zeroth + mu / s * bell) * s_slope * s_slope.transpose());
    F.curvature(0, 0) += weight * 2.0 * k.zeroth * part.variance * Delta / (s * s);
  }
  if (!law.has_intercept()) {
    F.slope[1] = 0.0;
    F.curvature.row(1) = F.curvature.col(1).transpose() = Eigen::RowVector2d(0.0, 1.0);
  }
  return F;
}

struct Minimum {
  Eigen::Vector2d x = Eigen::Vector2d(0.5, 0.0);
  Misfit at;
  bool found = false;
};

// Newton's method for log F where that is convex too, else for F; every step is cut until it descends. What is left to
// gain, relative to F, is half the decrement.
Minimum minimise(const MarginLaw& law) {
  constexpr double close = 1e-13;
  Minimum best;
  best.at = misfit(law, best.x);
  for (int i = 0; i < 500 && best.at.value > 0.0; ++i) {
    const Eigen::Vector2d slope = best.at.slope / best.at.value;
    const Eigen::Matrix2d convex = best.at.curvature / best.at.value;
    const Eigen::Matrix2d of_log = convex - slope * slope.transpose();
    const bool bowl = of_log(0, 0) > 0.0 && of_log.determinant() > 0.0;
    const Eigen::Vector2d step = -(bowl ? of_log : convex).inverse() * slope;
    const double decrement = -step.dot(slope);
    best.found = bowl && decrement < close;
    bool better = false;
    for (double cut = 1.0; cut > 1e-10 && !better; cut *= 0.5) {
      const Eigen::Vector2d x = best.x + cut * step;
      const Misfit trial = misfit(law, x);
      better = trial.value < best.at.value;
      if (better) best = {.x = x, .at = trial, .found = best.found};
    }
    if (!better) break;
  }
  return best;
}

// Without spread along v, and every mean on its own side: w = v alone separates.
bool separated_by_signal(const MarginLaw& law) {
  return std::all_of(law.parts().begin(), law.parts().end(),
                     [](const Part& part) { return part.variance == 0.0 && part.signal >= 0.0; });
}

}  // namespace

Separability separability(const DataSpec& given, Intercept intercept) {
  Problem problem;
  problem.data = given;
  problem.question = Question::separability;
  const DataSpec data = validated(problem).data;
  const auto model = make_data_model(data.model, data.noise);
  if (!margin_is_linear(*model)) {
    throw NotApplicable("separability", "a decision by the sign of a field linear in w is assumed, but the margin of " +
                                            data.model.name + " is not linear in w");
  }
  const MarginLaw law(*model, intercept, data.noise, std::nullopt);
  Separability result;
  result.always = separated_by_signal(law);
  if (result.always) return result;
  const Minimum minimum = minimise(law);
  const double length = std::hypot(1.0, minimum.x[0]);
  result.alpha_star = 1.0 / minimum.at.value;
  result.overlap = minimum.x[0] / length;
  result.intercept = law.has_intercept() ? std::sqrt(data.noise) * minimum.x[1] / length : 0.0;
  if (std::isinf(result.alpha_star)) {
    result.status = Status::overflow;
    result.message = "alpha* is beyond the largest number, about 1.8e308";
  } else if (!minimum.found) {
    result.status = Status::not_converged;
    result.message = "the maximum that defines alpha* was not found";
  }
  return result;
}

}  // namespace sgdyn::replica
