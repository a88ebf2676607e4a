#include "sgdyn/symbolic/one_sided.hpp"

#include <algorithm>
#include <cmath>

namespace sgdyn::symbolic {
namespace {

double of(const Sample& sample, Order order) { return order == Order::value ? sample.value : sample.d1; }

/// The value at the point that the tangent at distance k leads to: over any distance a slope would look like a jump.
double limit(const Side& side, Order order, std::size_t k) {
  const Sample& sample = side.sample[k];
  const double slope = order == Order::value ? sample.d1 : sample.d2;
  return of(sample, order) - (std::isfinite(slope) ? slope * side.distance[k] : 0.0);
}

}  // namespace

bool Sample::finite() const { return std::isfinite(value) && std::isfinite(d1); }

Side side_of(const std::function<Sample(double)>& at, const Root& root, double direction, double room) {
  const double scale = std::max(1.0, std::fabs(root.x));
  const double wanted = std::max(0x1p-40 * scale, 2.0 * root.blur);
  const double far = std::min(0.5 * room, std::clamp(0x1p-20 * scale, 0x1p8 * wanted, 0x1p20 * wanted));
  const double near = std::min(wanted, 0x1p-8 * far);
  const std::array<double, 3> distances{far, std::sqrt(far * near), near};
  Side side;
  for (std::size_t k = 0; k < distances.size(); ++k) {
    const double there = root.x + direction * distances[k];
    side.distance[k] = there - root.x;
    side.sample[k] = at(there);
  }
  return side;
}

Least least_near(double x, std::span<const Sample> around) {
  constexpr double rounding = 0x1p-46;
  const double scale = std::max(1.0, std::fabs(x));
  Least least;
  for (const Sample& sample : around) {
    if (!sample.finite()) continue;
    const double value = std::max(sample.value_size, std::fabs(sample.value));
    const double slope = std::max(sample.d1_size, std::fabs(sample.d1));
    least.value = std::max(least.value, resolution * value);
    // A slope that would not change the value by its rounding over the distance to zero is none.
    least.slope = std::max({least.slope, resolution * slope, rounding * value / scale});
  }
  return least;
}

bool diverges(const Side& side, Order order, double least) {
  const double first = std::fabs(of(side.sample[0], order) - of(side.sample[1], order));
  const double second = std::fabs(of(side.sample[1], order) - of(side.sample[2], order));
  return second > 0.6 * first && second > least;
}

double jump(const Side& left, const Side& right, Order order, double least) {
  const double near = limit(right, order, 2) - limit(left, order, 2);
  const double far = limit(right, order, 1) - limit(left, order, 1);
  return std::fabs(near) > least && std::fabs(near) > 0.6 * std::fabs(far) ? near : 0.0;
}

bool leaves(double here, const Side& side, Order order, double least) {
  const double near = std::fabs(here - limit(side, order, 2));
  const double far = std::fabs(here - limit(side, order, 1));
  return near > least && near > 0.6 * far;
}

}  // namespace sgdyn::symbolic
