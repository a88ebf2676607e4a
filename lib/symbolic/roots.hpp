// Roots of several functions of one variable.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sgdyn/symbolic/program.hpp"

namespace sgdyn::symbolic {

/// Most roots that are told apart.
inline constexpr std::size_t max_roots = 100;

/// A function of one variable, its slope, and the magnitude that bounds its rounding, one output each.
struct Switch {
  Program value;
  Program slope;
  Program size;
};

struct Root {
  double x = 0.0;
  double blur = 0.0;  ///< within this distance rounding decides the sign, as where the function touches zero
};

/// Where one of `functions` changes sign, leaves zero or touches it, between neighbouring points of the increasing
/// `grid`; to the nearest double where the sign changes. A function that turns back between two points, as its slope
/// shows there, is looked at where it turns, so that two roots in one cell are both found. Increasing; what is
/// closer than 1e-12 or its blur is one root.
/// @throws InputError(key) when there are more than max_roots.
[[nodiscard]] std::vector<Root> roots_of(const std::vector<Switch>& functions, const std::vector<double>& grid,
                                         const std::string& key);

}  // namespace sgdyn::symbolic
