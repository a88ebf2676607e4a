// Numbers handled together, on the vector lanes of the machine.
#pragma once

#include <array>
#include <cstddef>

namespace sgdyn {

inline constexpr std::size_t block_size = 16;
using Block = std::array<double, block_size>;

}  // namespace sgdyn
