// What can be made out of an expression: its derivative, a bound of its rounding error, what it depends on.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sgdyn/symbolic/graph.hpp"

namespace sgdyn::symbolic {

/// Partial derivative of `id`, almost everywhere: at a kink or jump it is that of one of the branches, and the delta
/// function at a jump is left out. @throws NotFinite, TooLarge
[[nodiscard]] NodeId derivative(Graph& graph, NodeId id, std::size_t variable);

/// The expression with every sum replaced by the sum of absolute values. Times the machine precision it estimates the
/// rounding error of `id`. @throws TooLarge
[[nodiscard]] NodeId magnitude(Graph& graph, NodeId id);

/// Nodes on which `outputs` depend, themselves included, increasing.
[[nodiscard]] std::vector<NodeId> reachable(const Graph& graph, std::span<const NodeId> outputs);

}  // namespace sgdyn::symbolic
