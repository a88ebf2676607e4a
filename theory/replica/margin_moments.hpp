// The averages of replica.E7 for every part of the law of the margin.
#pragma once

#include <optional>
#include <vector>

#include "sgdyn/model/loss.hpp"
#include "sgdyn/theory/replica/margin_law.hpp"
#include "sgdyn/theory/replica/moments.hpp"
#include "sgdyn/theory/replica/proximal.hpp"
#include "sgdyn/theory/replica/stand_in.hpp"

namespace sgdyn::replica {

/// How well averages are taken that need a quadrature: coarse is good to some 1e-4, leaves out E[l(u)], and
/// is several times faster.
enum class Precision { full, coarse };

class MarginMoments {
 public:
  /// With `limit` the proximal point is that ramp whatever its width: the limit of infinite width (replica.E12).
  MarginMoments(const Loss& loss, const MarginLaw& law, std::optional<ProximalRamp> limit = std::nullopt)
      : loss_(loss), law_(law), limit_(limit), breaks_(breaks_of(loss)) {}
  /// With the proximal point of another loss.
  MarginMoments(const Loss& loss, const MarginLaw& law, const StandIn& stand_in)
      : loss_(loss), law_(law), stand_in_(stand_in) {}

  /// One entry a part of the law: in closed form where the loss has its proximal point in one, else by quadrature
  /// with relative errors of a few 1e-16 of the sums over all parts. False where a quadrature fell short of that.
  [[nodiscard]] bool evaluate(const OrderParameters& at, std::vector<Moments>& out,
                              Precision precision = Precision::full) const;
  /// No quadrature is needed.
  [[nodiscard]] bool closed_form() const { return limit_ || stand_in_ || loss_.proximal_ramp(1.0); }

 private:
  const Loss& loss_;
  const MarginLaw& law_;
  std::optional<ProximalRamp> limit_;
  std::optional<StandIn> stand_in_;
  std::vector<Break> breaks_;
};

/// P(u < 0), and P(u < kappa) for losses with a margin kappa, of all parts together.
struct Proportions {
  double wrong = 0.0;
  double support = 0.0;
};
[[nodiscard]] Proportions proportions(const Loss& loss, const MarginLaw& law, const OrderParameters& at);

}  // namespace sgdyn::replica
