#include "sgdyn/theory/replica/system.hpp"

#include <cmath>
#include <limits>

namespace sgdyn::replica {
namespace {

constexpr double farthest = 1e6;  // margin at which a loss is looked for its least

// Where a property that holds at `low` and not at `high` is lost.
template <class Property>
double change(const Property& holds, double low, double high) {
  while (true) {
    const double middle = 0.5 * (low + high);
    if (middle == low || middle == high) return high;
    (holds(middle) ? low : high) = middle;
  }
}

std::optional<double> anchor_of(const Loss& loss, const System::Options& options, bool from_anchor) {
  if (options.limit) return from_anchor ? std::optional(options.limit->from) : std::nullopt;
  const auto ramp = loss.proximal_ramp(1.0);
  const bool kink = ramp && !ramp->two_sided && !(ramp->slope < 1.0);
  return ramp && (kink || from_anchor) ? std::optional(ramp->anchor) : std::nullopt;
}

std::optional<ProximalRamp> ramp_of(const std::optional<LeastLoss>& limit) {
  if (!limit) return std::nullopt;
  return ProximalRamp{.anchor = limit->from, .slope = 1.0, .two_sided = !limit->one_sided()};
}

}  // namespace

System::System(const Problem& problem, const Options& options)
    : problem_(problem),
      loss_(make_loss(problem.loss.loss)),
      has_other_anchor_(anchor_of(*loss_, options, true) != anchor_of(*loss_, options, options.from_anchor)),
      law_(*make_data_model(problem.data.model, problem.data.noise), problem.loss.intercept, problem.data.noise,
           anchor_of(*loss_, options, options.from_anchor), options.symmetry, options.steepness),
      limit_(options.limit),
      moments_(*loss_, law_, ramp_of(limit_)),
      equations_(law_, moments_, problem.data.alpha, problem.loss.ridge, limit_ ? Limit::vanishing_ridge : Limit::none,
                 options.execution) {}

Equations System::with_ridge(double ridge) const {
  return Equations(law_, moments_, problem_.data.alpha, ridge, equations_.limit(), equations_.execution());
}

std::optional<LeastLoss> least_loss(const Loss& loss) {
  if (const auto kappa = loss.margin()) return LeastLoss{.from = *kappa, .to = std::numeric_limits<double>::infinity()};
  if (const auto ramp = loss.proximal_ramp(1.0); ramp && ramp->two_sided) return LeastLoss{ramp->anchor, ramp->anchor};
  const auto falls = [&loss](double h) { return loss.slope_at(h) < 0.0; };
  const auto rises = [&loss](double h) { return loss.slope_at(h) > 0.0; };
  double low = -1.0;
  double high = 1.0;
  while (!falls(low) && low > -farthest) low *= 2.0;
  while (!rises(high) && high < farthest) high *= 2.0;
  if (!falls(low) || !rises(high)) return std::nullopt;
  const double from = change(falls, low, high);
  const double to = change([&](double h) { return !rises(h); }, low, high);
  // Rounding may leave l' at zero around a flat minimum.
  constexpr double flat = 1e-6;
  if (to - from > flat * (1.0 + std::fabs(from))) return LeastLoss{from, to};
  const double single = to <= from ? to : 0.5 * (from + to);
  return LeastLoss{single, single};
}

}  // namespace sgdyn::replica
