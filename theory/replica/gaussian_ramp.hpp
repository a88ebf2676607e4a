// Moments of a proximal point of piecewise linear form under a Gaussian margin, in closed form.
#pragma once

#include <span>

#include "sgdyn/model/loss.hpp"
#include "sgdyn/theory/replica/moments.hpp"

namespace sgdyn::replica {

/// The moments of replica.E7 for h ~ N(anchor - gap, deviation^2), one for each gap and its deviation; nothing cancels,
/// however narrow the ramp is. Equal lengths.
void ramp_moments(const ProximalRamp& ramp, double width_g, std::span<const double> gap,
                  std::span<const double> deviation, std::span<Moments> out);
[[nodiscard]] Moments ramp_moments(const ProximalRamp& ramp, double width_g, double gap, double deviation);

}  // namespace sgdyn::replica
