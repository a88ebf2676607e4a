// Roots of several functions of one variable.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sgdyn/symbolic/program.hpp"

namespace sgdyn::symbolic {

/// Most roots that are told apart.
inline constexpr std::size_t max_roots = 100;

/// A function of one variable and its slope, one output each.
struct Switch {
  Program value;
  Program slope;
};

/// Where one of `functions` changes sign, leaves zero or touches it, between neighbouring points of the increasing
/// `grid`; to the nearest double where the sign changes. A function that turns back between two points, as its slope
/// shows there, is looked at where it turns, so that two roots in one cell are both found. Increasing, without
/// repetitions.
/// @throws InputError(key) when there are more than max_roots.
[[nodiscard]] std::vector<double> roots_of(const std::vector<Switch>& functions, const std::vector<double>& grid,
                                           const std::string& key);

}  // namespace sgdyn::symbolic
