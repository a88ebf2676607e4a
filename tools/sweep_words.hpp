// How the keys of a sweep are called in headings, legends and on axes.
#pragma once

#include <string>

#include "sgdyn/core/problem.hpp"
#include "sweep.hpp"

namespace sgdyn::tools {

/// The symbol of a key, as descriptions of problems have it: "\u03b1" for data.alpha, else the key without its table.
[[nodiscard]] std::string symbol_of_key(const std::string& key);

/// "\u03b1, samples per weight"
[[nodiscard]] std::string axis_label(const std::string& key);

/// The problem without what varies; with `optimise` the ridge is said to be optimal.
[[nodiscard]] std::string describe_fixed(const Problem& problem, const SweepGrid& grid, bool optimise);

/// The same, with the range of what varies.
[[nodiscard]] std::string describe_sweep(const Problem& problem, const SweepGrid& grid, bool optimise);

}  // namespace sgdyn::tools
