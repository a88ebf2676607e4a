// Properties of a function of one variable that no derivative shows: kinks, jumps, poles, convexity, flat tails.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sgdyn/symbolic/graph.hpp"

namespace sgdyn::symbolic {

struct Shape {
  bool smooth = true;                 ///< the first derivative has no jump
  bool convex = true;                 ///< it nowhere decreases
  std::optional<double> flat_beyond;  ///< the least x beyond which it is zero, where there is such a kink
  std::vector<double> breaks;         ///< increasing: it is analytic everywhere else
};

/// A function of variable 0 and its derivatives, in one graph.
struct FunctionOfOne {
  NodeId value = 0;
  NodeId d1 = 0;
  NodeId d2 = 0;
  std::string variable;  ///< its name, for messages
  std::string text;      ///< as it was written, for messages
};

/// Largest |x| looked at.
inline constexpr double scan_range = 1e8;

/// Looks at 0 <= |x| <= scan_range on a grid (spacing 1/64 up to 32, then 1 %, and geometric down to 1e-12) for roots
/// of whatever switches branches or vanishes in a denominator, logarithm or root, refines them to the nearest double
/// and takes one-sided limits there. Two roots of one switch inside one grid cell are found if its slope
/// has changed sign there, more of them may be missed. Where numbers overflow from some |x| >= 10 to the end of
/// the grid, the range ends.
/// A jump or kink is found if it exceeds `resolution` of the function or its slope nearby (one_sided.hpp). Smaller
/// ones, as in `h^2+1e-13*abs(h-3)`, are taken for the rounding of a continuous formula, which may be that large.
/// @throws InputError(key) naming an x at which the function or its slope is not finite or the function jumps.
[[nodiscard]] Shape examine(Graph& graph, const FunctionOfOne& function, const std::string& key);

}  // namespace sgdyn::symbolic
