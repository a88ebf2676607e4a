#include "sgdyn/theory/replica/separability.hpp"

#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/theory/replica/gaussian_ramp.hpp"

namespace sgdyn::replica {
namespace {

double density(double t) { return std::exp(-0.5 * t * t) / std::sqrt(2.0 * std::numbers::pi); }

// log of E[(s xi - mu)_+^2] / (Delta (1 - m^2)), which is -log(alpha*) where it is smallest, with its derivatives with
// respect to (m, B).
struct LogRatio {
  double value = 0.0;
  Eigen::Vector2d slope = Eigen::Vector2d::Zero();
  Eigen::Matrix2d curvature = Eigen::Matrix2d::Zero();
};

LogRatio log_ratio(const MarginLaw& law, double m, double b) {
  const double Delta = law.noise();
  double G = 0.0;
  Eigen::Vector2d g = Eigen::Vector2d::Zero();
  Eigen::Matrix2d H = Eigen::Matrix2d::Zero();
  for (const Part& part : law.parts()) {
    const double spread = part.variance - Delta;
    const double s = std::sqrt(part.variance * m * m + Delta * (1.0 - m * m));
    const double mu = part.signal * m + part.label * b;
    const HalfMoments k = half_moments(-mu / s);
    const double bell = density(mu / s);
    const Eigen::Vector2d mu_slope(part.signal, part.label);
    const Eigen::Vector2d s_slope(spread * m / s, 0.0);
    const double s_curvature = spread / s - s_slope[0] * s_slope[0] / s;
    G += part.weight * s * s * k.second;
    g += part.weight * (-2.0 * s * k.first * mu_slope + 2.0 * s * k.zeroth * s_slope);
    H += part.weight * (2.0 * k.zeroth * mu_slope * mu_slope.transpose() -
                        2.0 * bell * (mu_slope * s_slope.transpose() + s_slope * mu_slope.transpose()) +
                        2.0 * (k.zeroth + mu / s * bell) * s_slope * s_slope.transpose());
    H(0, 0) += part.weight * 2.0 * s * k.zeroth * s_curvature;
  }
  const double rest = 1.0 - m * m;
  LogRatio result;
  result.value = std::log(G) - std::log(Delta * rest);
  result.slope = g / G + Eigen::Vector2d(2.0 * m / rest, 0.0);
  result.curvature = H / G - g * g.transpose() / (G * G);
  result.curvature(0, 0) += 2.0 / rest + 4.0 * m * m / (rest * rest);
  return result;
}

struct Minimum {
  double m = 0.5;
  double b = 0.0;
  LogRatio at;
  bool found = false;
};

// Newton's method, downhill along the gradient where the curvature is not positive, every step cut until it descends.
Minimum minimise(const MarginLaw& law) {
  Minimum best;
  best.at = log_ratio(law, best.m, best.b);
  for (int i = 0; i < 200 && std::isfinite(best.at.value); ++i) {
    Eigen::Matrix2d curvature = best.at.curvature;
    if (!law.has_intercept()) curvature.row(1) = curvature.col(1).transpose() = Eigen::RowVector2d(0.0, 1.0);
    Eigen::Vector2d slope = best.at.slope;
    if (!law.has_intercept()) slope[1] = 0.0;
    const bool bowl = curvature(0, 0) > 0.0 && curvature.determinant() > 0.0;
    const Eigen::Vector2d step = bowl ? Eigen::Vector2d(-curvature.inverse() * slope) : Eigen::Vector2d(-slope);
    bool better = false;
    for (double cut = 1.0; cut > 1e-14 && !better; cut *= 0.5) {
      const double m = best.m + cut * step[0];
      const double b = best.b + cut * step[1];
      if (m <= -1.0 || m >= 1.0) continue;
      const LogRatio trial = log_ratio(law, m, b);
      better =
          trial.value < best.at.value || (trial.value == best.at.value && trial.slope.norm() < best.at.slope.norm());
      if (better) best = {.m = m, .b = b, .at = trial};
    }
    if (!better) break;
  }
  const double slope = law.has_intercept() ? best.at.slope.norm() : std::fabs(best.at.slope[0]);
  best.found = std::isfinite(best.at.value) && slope < 1e-6;
  return best;
}

// Without spread along v, and every mean on its own side: w = v alone separates.
bool separated_by_signal(const MarginLaw& law) {
  return std::all_of(law.parts().begin(), law.parts().end(),
                     [](const Part& part) { return part.variance == 0.0 && part.signal >= 0.0; });
}

}  // namespace

Separability separability(const DataSpec& data, Intercept intercept) {
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
  result.alpha_star = std::exp(-minimum.at.value);
  result.overlap = minimum.m;
  result.intercept = law.has_intercept() ? minimum.b : 0.0;
  if (!std::isfinite(result.alpha_star) || !std::isfinite(minimum.at.value)) {
    result.status = Status::overflow;
    result.message = "alpha* is beyond the largest number, about 1.8e308";
  } else if (!minimum.found) {
    result.status = Status::not_converged;
    result.message = "the maximum that defines alpha* was not found";
  }
  return result;
}

}  // namespace sgdyn::replica
