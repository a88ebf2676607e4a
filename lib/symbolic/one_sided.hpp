// A function on both sides of a point, close enough to tell a jump from a slope.
#pragma once

#include <array>
#include <functional>
#include <span>

#include "sgdyn/symbolic/roots.hpp"

namespace sgdyn::symbolic {

/// What is evaluated at a point: the function, two derivatives, and the magnitudes that bound their rounding.
struct Sample {
  double value;
  double d1;
  double d2;
  double value_size;
  double d1_size;
  double d2_size;

  [[nodiscard]] bool finite() const;
};

/// At three distances from the point, decreasing.
struct Side {
  std::array<double, 3> distance{};  ///< negative on the left
  std::array<Sample, 3> sample{};
};

/// Of the function or of its slope.
enum class Order { value, slope };

/// A jump or kink is taken for rounding below this part of what the function, or its slope, is nearby.
inline constexpr double resolution = 0x1p-36;

/// What a change of the function, or of its slope, must exceed to be told from rounding.
struct Least {
  double value = 0.0;
  double slope = 0.0;
};

/// Near x, from samples around it: a value that vanishes at x does not say how well it is known, its surroundings do.
[[nodiscard]] Least least_near(double x, std::span<const Sample> around);

/// Samples of `at` on one side of the root, `direction` 1 or -1, outside its blur and less than half of `room` away.
[[nodiscard]] Side side_of(const std::function<Sample(double)>& at, const Root& root, double direction, double room);

/// The limit does not exist: the steps do not shrink, as those of a logarithm or pole, and exceed `least`.
[[nodiscard]] bool diverges(const Side& side, Order order, double least);

/// Limit from the right minus that from the left; 0 where the difference vanishes with the distance or is below
/// `least`.
[[nodiscard]] double jump(const Side& left, const Side& right, Order order, double least);

/// The value at the point itself differs from the limit by more than `least`.
[[nodiscard]] bool leaves(double here, const Side& side, Order order, double least);

}  // namespace sgdyn::symbolic
