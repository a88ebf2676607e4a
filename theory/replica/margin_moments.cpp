#include "sgdyn/theory/replica/margin_moments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "sgdyn/numerics/block.hpp"
#include "sgdyn/theory/replica/gaussian_ramp.hpp"
#include "sgdyn/theory/replica/quadrature.hpp"

namespace sgdyn::replica {

bool MarginMoments::evaluate(const OrderParameters& at, std::vector<Moments>& out, Precision precision) const {
  const std::vector<Part>& parts = law_.parts();
  const double g = limit_ ? 1.0 : at.proximal_width;
  const std::optional<ProximalRamp> ramp = limit_      ? limit_
                                           : stand_in_ ? std::optional(stand_in_->proximal_ramp(g))
                                                       : loss_.proximal_ramp(g);
  if (!ramp) {
    out.assign(parts.size(), {});
    return integrate(loss_, breaks_, law_, at, precision, out);
  }
  out.resize(parts.size());
  Block gap;
  Block deviation;
  for (std::size_t begin = 0; begin < parts.size(); begin += block_size) {
    const std::size_t count = std::min(block_size, parts.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      gap[i] = law_.gap(ramp->anchor, parts[begin + i], at);
      deviation[i] = law_.deviation(parts[begin + i], at);
    }
    ramp_moments(*ramp, g, gap, deviation, std::span(out).subspan(begin, count));
  }
  return true;
}

Proportions proportions(const Loss& loss, const MarginLaw& law, const OrderParameters& at) {
  // u grows with h, and is a at h = a + g l'(a).
  const auto margin_of = [&](double u) { return u + at.proximal_width * loss.slope_at(u); };
  Proportions result;
  result.wrong = law.probability_below(margin_of(0.0), at);
  if (const auto kappa = loss.margin()) {
    // Just below a kink; elsewhere l' is zero at kappa, and g may be so large that it matters how near.
    const double edge = loss.smooth() ? *kappa : std::nextafter(*kappa, -std::numeric_limits<double>::infinity());
    result.support = law.probability_below(margin_of(edge), at);
  }
  return result;
}

}  // namespace sgdyn::replica
