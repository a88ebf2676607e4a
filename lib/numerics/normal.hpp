// The standard normal law, in blocks.
#pragma once

#include <span>

namespace sgdyn {

/// out[i] = Phi^{-1}(u[i]) for 0 < u < 1; relative error below 1e-15 of the rational approximation AS 241
/// (Wichura 1988, PPND16) plus rounding. Arrays of equal length, may be the same array.
void normal_quantile(std::span<const double> u, std::span<double> out);

}  // namespace sgdyn
