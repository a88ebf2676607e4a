#include "sgdyn/model/least_loss.hpp"

#include <limits>

namespace sgdyn {
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

}  // namespace

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

}  // namespace sgdyn
