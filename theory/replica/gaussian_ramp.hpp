// Moments of a proximal point of piecewise linear form under a Gaussian margin, in closed form.
#pragma once

#include "sgdyn/model/loss.hpp"
#include "sgdyn/theory/replica/moments.hpp"

namespace sgdyn::replica {

/// E[(t - x)_+^n] for n = 0, 1, 2 and x ~ N(0, 1): Phi(t), t Phi(t) + phi(t), (1 + t^2) Phi(t) + t phi(t), each with a
/// relative error below 2e-15, or that of a rounding of t where t is far out (replica.E8).
struct HalfMoments {
  double zeroth = 0.0;
  double first = 0.0;
  double second = 0.0;
};
[[nodiscard]] HalfMoments half_moments(double t);

/// The moments of replica.E7 for h ~ N(anchor - gap, deviation^2); nothing cancels, however narrow the ramp is.
[[nodiscard]] Moments ramp_moments(const ProximalRamp& ramp, double width_g, double gap, double deviation);

}  // namespace sgdyn::replica
