// What the options of a simulation may be. Sizes, data sets and realisations share the 32 bits of a stream id.
#pragma once

#include "sgdyn/core/parameters.hpp"

namespace sgdyn::sim {

inline constexpr long smallest_dimension = 2;
inline constexpr long largest_dimension = 10'000'000;
inline constexpr int fewest_runs = 2;  ///< a standard error needs two
inline constexpr int most_runs = 1'000'000;
inline constexpr int max_sizes = 64;           ///< 6 bits of a stream id
inline constexpr int max_realisations = 64;    ///< 6 bits
inline constexpr int max_data_sets = 1 << 20;  ///< 20 bits, data sets at one size
inline constexpr Range kick_range{.low = 1e-10, .high = 1.0, .low_open = false, .high_open = false};

}  // namespace sgdyn::sim
