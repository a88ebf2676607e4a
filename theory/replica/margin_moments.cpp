#include "sgdyn/theory/replica/margin_moments.hpp"

#include "sgdyn/theory/replica/gaussian_ramp.hpp"
#include "sgdyn/theory/replica/quadrature.hpp"

namespace sgdyn::replica {

bool MarginMoments::evaluate(const OrderParameters& at, std::vector<Moments>& out, Precision precision) const {
  const std::vector<Part>& parts = law_.parts();
  out.assign(parts.size(), {});
  const double g = limit_ ? 1.0 : at.proximal_width;
  const std::optional<ProximalRamp> ramp = limit_      ? limit_
                                           : stand_in_ ? std::optional(stand_in_->proximal_ramp(g))
                                                       : loss_.proximal_ramp(g);
  if (!ramp) return integrate(loss_, breaks_, law_, at, precision, out);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out[i] = ramp_moments(*ramp, g, law_.gap(ramp->anchor, parts[i], at), law_.deviation(parts[i], at));
  }
  return true;
}

}  // namespace sgdyn::replica
