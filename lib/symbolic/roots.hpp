// Roots of several functions of one variable.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sgdyn/symbolic/program.hpp"

namespace sgdyn::symbolic {

/// Most roots that are told apart.
inline constexpr std::size_t max_roots = 100;

/// Where one of `functions` (one variable, one output each) changes sign, leaves zero or touches it, between
/// neighbouring points of the increasing `grid`; to the nearest double where the sign changes. Increasing, without
/// repetitions.
/// @throws InputError(key) when there are more than max_roots.
[[nodiscard]] std::vector<double> roots_of(const std::vector<Program>& functions, const std::vector<double>& grid,
                                           const std::string& key);

}  // namespace sgdyn::symbolic
