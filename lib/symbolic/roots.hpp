// Roots of several functions of one variable.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sgdyn/symbolic/program.hpp"

namespace sgdyn::symbolic {

/// Most roots that are told apart.
inline constexpr std::size_t max_roots = 100;

/// Where one of the `count` outputs of `functions` changes sign, leaves zero or touches it, between neighbouring points
/// of the increasing `grid`; to the nearest double where the sign changes. Increasing, without repetitions.
/// @throws InputError(key) when there are more than max_roots.
[[nodiscard]] std::vector<double> roots_of(const Program& functions, std::size_t count, const std::vector<double>& grid,
                                           const std::string& key);

}  // namespace sgdyn::symbolic
