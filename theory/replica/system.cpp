#include "sgdyn/theory/replica/system.hpp"

#include <cmath>

namespace sgdyn::replica {
namespace {

std::optional<double> anchor_of(const Loss& loss, const System::Options& options, bool from_anchor) {
  if (options.limit) return from_anchor ? std::optional(options.limit->from) : std::nullopt;
  const auto ramp = loss.proximal_ramp(1.0);
  const bool kink = ramp && !ramp->two_sided && !(ramp->slope < 1.0);
  return ramp && (kink || from_anchor) ? std::optional(ramp->anchor) : std::nullopt;
}

std::optional<ProximalRamp> ramp_of(const std::optional<LeastLoss>& limit) {
  if (!limit) return std::nullopt;
  return ProximalRamp{.anchor = limit->from, .slope = 1.0, .two_sided = !limit->one_sided()};
}

}  // namespace

System::System(const Problem& problem, const Options& options)
    : problem_(problem),
      loss_(make_loss(problem.loss.loss)),
      has_other_anchor_(anchor_of(*loss_, options, true) != anchor_of(*loss_, options, options.from_anchor)),
      law_(*make_data_model(problem.data.model, problem.data.noise), problem.loss.intercept, problem.data.noise,
           anchor_of(*loss_, options, options.from_anchor), options.symmetry, options.steepness),
      limit_(options.limit),
      moments_(*loss_, law_, ramp_of(limit_)),
      equations_(law_, moments_, problem.data.alpha, problem.loss.ridge, limit_ ? Limit::vanishing_ridge : Limit::none,
                 options.execution) {}

Equations System::with_ridge(double ridge) const {
  return Equations(law_, moments_, problem_.data.alpha, ridge, equations_.limit(), equations_.execution());
}

}  // namespace sgdyn::replica
