// Moments of a proximal point of piecewise linear form under a Gaussian margin, in closed form.
#pragma once

#include <span>

#include "sgdyn/model/loss.hpp"
#include "sgdyn/numerics/block.hpp"
#include "sgdyn/theory/replica/moments.hpp"

namespace sgdyn::replica {

/// The moments of replica.E7 for h ~ N(anchor - gap, deviation^2). Nothing cancels in those of d, d^2, p and the loss,
/// however narrow the ramp is; the others, which enter derivatives, may lose digits.
[[nodiscard]] Moments ramp_moments(const ProximalRamp& ramp, double width_g, double gap, double deviation);
/// For the first out.size() of a block, several times faster than one by one.
void ramp_moments(const ProximalRamp& ramp, double width_g, const Block& gap, const Block& deviation,
                  std::span<Moments> out);

}  // namespace sgdyn::replica
