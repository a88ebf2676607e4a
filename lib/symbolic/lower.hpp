// From the formula as written to the simplified expression.
#pragma once

#include <string>

#include "sgdyn/symbolic/graph.hpp"
#include "sgdyn/symbolic/syntax.hpp"

namespace sgdyn::symbolic {

/// Largest constant exponent, in absolute value.
inline constexpr double max_exponent = 1000.0;

/// Adds the expression of `tree` to `graph`. @throws InputError(key) with a caret for a constant part that is not
/// finite (1/0, log(-1), 10^999), for an exponent beyond max_exponent, and for an expression that grows too large.
[[nodiscard]] NodeId lower(const SyntaxTree& tree, Graph& graph, const std::string& key);

}  // namespace sgdyn::symbolic
