#include "sgdyn/theory/replica/system.hpp"

#include <cmath>
#include <limits>

namespace sgdyn::replica {
namespace {

double derivative(const Loss& loss, double h) {
  double slope = 0.0;
  loss.d1({&h, 1}, {&slope, 1});
  return slope;
}

std::optional<double> kink_of(const Loss& loss) {
  const auto ramp = loss.proximal_ramp(1.0);
  if (!ramp || ramp->two_sided || ramp->slope < 1.0) return std::nullopt;
  return ramp->anchor;
}

std::optional<ProximalRamp> ramp_of(const std::optional<LeastLoss>& limit) {
  if (!limit) return std::nullopt;
  return ProximalRamp{.anchor = limit->from, .slope = 1.0, .two_sided = !limit->one_sided};
}

}  // namespace

System::System(const Problem& problem, std::optional<LeastLoss> limit, Symmetry symmetry, double steepness)
    : problem_(problem),
      loss_(make_loss(problem.loss.loss)),
      law_(*make_data_model(problem.data.model, problem.data.noise), problem.loss.intercept, problem.data.noise,
           limit ? std::nullopt : kink_of(*loss_), symmetry, steepness),
      limit_(limit),
      moments_(*loss_, law_, ramp_of(limit)),
      equations_(law_, moments_, problem.data.alpha, problem.loss.ridge, limit ? Limit::vanishing_ridge : Limit::none) {
}

Equations System::with_ridge(double ridge) const {
  return Equations(law_, moments_, problem_.data.alpha, ridge, equations_.limit());
}

std::optional<LeastLoss> least_loss(const Loss& loss) {
  if (const auto kappa = loss.margin()) return LeastLoss{.from = *kappa, .one_sided = true};
  if (const auto ramp = loss.proximal_ramp(1.0); ramp && ramp->two_sided) return LeastLoss{.from = ramp->anchor};
  // l' grows: its root is where the sign changes.
  constexpr double farthest = 1e6;
  double low = -1.0;
  double high = 1.0;
  while (derivative(loss, low) > 0.0 && low > -farthest) low *= 2.0;
  while (derivative(loss, high) < 0.0 && high < farthest) high *= 2.0;
  if (!(derivative(loss, low) < 0.0) || !(derivative(loss, high) > 0.0)) return std::nullopt;
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    if (middle == low || middle == high) break;
    (derivative(loss, middle) < 0.0 ? low : high) = middle;
  }
  const double width = 1e-9 * (1.0 + std::fabs(low));
  const bool alone = derivative(loss, low - width) < 0.0 && derivative(loss, high + width) > 0.0;
  return alone ? std::optional<LeastLoss>({.from = 0.5 * (low + high)}) : std::nullopt;
}

}  // namespace sgdyn::replica
