// The averages of replica.E7 for a loss whose proximal point has no closed form.
#pragma once

#include <span>
#include <vector>

#include "sgdyn/model/loss.hpp"
#include "sgdyn/theory/replica/margin_law.hpp"
#include "sgdyn/theory/replica/margin_moments.hpp"
#include "sgdyn/theory/replica/moments.hpp"

namespace sgdyn::replica {

/// Adds to `out`, one entry a part. Gauss-Kronrod rules of 41 nodes on panels at most five standard deviations wide,
/// halved until the 20-point rule inside each differs by less than 1e-15 of the totals of d, d^2 and p, or by less than
/// rounding of u and of the derivatives of l may do: the proximal points of one panel serve all parts. No panel spans
/// the image of a break of the loss. With Precision::coarse panels are ten deviations wide and never halved. False when
/// panels could be halved no further; with Precision::full alone.
[[nodiscard]] bool integrate(const Loss& loss, std::span<const Break> breaks, const MarginLaw& law,
                             const OrderParameters& at, Precision precision, std::vector<Moments>& out);

}  // namespace sgdyn::replica
