// The standard normal law.
#pragma once

#include <cmath>
#include <numbers>
#include <span>

namespace sgdyn {

/// out[i] = Phi^{-1}(u[i]) for 0 < u < 1; relative error below 1e-15 of the rational approximation AS 241
/// (Wichura 1988, PPND16) plus rounding. Arrays of equal length, may be the same array.
void normal_quantile(std::span<const double> u, std::span<double> out);

/// phi(t).
inline double normal_density(double t) { return std::exp(-0.5 * t * t) / std::sqrt(2.0 * std::numbers::pi); }
/// Q(t) = 1 - Phi(t), of full relative precision however small.
inline double normal_tail(double t) { return 0.5 * std::erfc(t / std::numbers::sqrt2); }

}  // namespace sgdyn
