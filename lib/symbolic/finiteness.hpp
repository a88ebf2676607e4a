// Why an expression has no finite value at a point: a number grew too large on the way, or there is none.
#pragma once

#include <cstdint>
#include <span>

#include "sgdyn/symbolic/graph.hpp"

namespace sgdyn::symbolic {

/// In increasing order of how bad it is.
enum class Finiteness : std::uint8_t {
  finite,
  overflow,  ///< an exponential, a sum or a product became larger than any number
  undefined  ///< a pole, or a logarithm or root outside its domain
};

/// Of all `outputs`, functions of variable 0, the worst at x. Branches that are not taken do not count.
[[nodiscard]] Finiteness finiteness(const Graph& graph, std::span<const NodeId> outputs, double x);

}  // namespace sgdyn::symbolic
