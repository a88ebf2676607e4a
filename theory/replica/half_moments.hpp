// Averages of powers of what a standard normal number lacks to a threshold.
#pragma once

#include <cstddef>

#include "sgdyn/numerics/block.hpp"

namespace sgdyn::replica {

/// E[(t - x)_+^n] for n = 0, 1, 2 and x ~ N(0, 1): Phi(t), t Phi(t) + phi(t), (1 + t^2) Phi(t) + t phi(t), each with a
/// relative error below 5e-15, or that of a rounding of t where t is far out (replica.E8).
struct HalfMoments {
  double zeroth = 0.0;
  double first = 0.0;
  double second = 0.0;
};
[[nodiscard]] HalfMoments half_moments(double t);
/// Those of t, from those of -|t|: (t - x)_+^n + (-1)^n (x - t)_+^n = (t - x)^n.
inline HalfMoments reflected(double t, const HalfMoments& tail) {
  const bool above = t > 0.0;
  return {above ? 1.0 - tail.zeroth : tail.zeroth, above ? t + tail.first : tail.first,
          above ? 1.0 + t * t - tail.second : tail.second};
}

/// Those of t = -|x|, and phi(x).
struct Tails {
  Block zeroth;
  Block first;
  Block second;
  Block bell;

  [[nodiscard]] HalfMoments at(std::size_t i) const { return {zeroth[i], first[i], second[i]}; }
};
/// Of the first `count` of a block: several times faster than one by one.
void tail_moments(const Block& x, std::size_t count, Tails& out);

}  // namespace sgdyn::replica
