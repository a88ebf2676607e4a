// The symmetric alpha-stable laws: the limits of sums whose terms have no variance.
#pragma once

#include <span>

namespace sgdyn {

/// Draws of the standard symmetric stable law of `index` in (0, 2], characteristic function exp(-|k|^index): N(0, 2) at
/// index 2, Cauchy at index 1. out[i] is made from the two independent uniforms u_angle[i], u_size[i] in (0, 1) by the
/// method of Chambers, Mallows and Stuck (JASA 71, 340, 1976); at index 2 that is Box and Muller's. Arrays of equal
/// length; out may be one of the others. Infinite where the draw passes the largest double (index below about 0.03).
void symmetric_stable(double index, std::span<const double> u_angle, std::span<const double> u_size,
                      std::span<double> out);

}  // namespace sgdyn
