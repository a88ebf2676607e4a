// From expressions to instructions. Internal to lib/symbolic.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sgdyn/symbolic/program.hpp"

namespace sgdyn::symbolic::detail {

struct Compiled {
  std::vector<Instruction> code;
  std::size_t slots = 0;  ///< blocks of memory it needs
};

/// Blocks are numbered: inputs, the block of zeros, outputs, then memory.
[[nodiscard]] Compiled compile(const Graph& graph, std::span<const NodeId> outputs, std::size_t inputs);

}  // namespace sgdyn::symbolic::detail
