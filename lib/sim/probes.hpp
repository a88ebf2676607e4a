// Responses measured by perturbing copies that see the same minibatches, instead of by derivatives of the update: what
// is measured is what the algorithm does.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/aligned_array.hpp"
#include "sgdyn/sim/copies.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/states.hpp"

namespace sgdyn::sim {

/// A perturbation is eps sigma with independent signs sigma_i on the N - 1 directions orthogonal to v (the response of
/// the theory is that of those; v is one direction of N). Copies with both signs give
///   R_eps = sum_i sigma_i (w+_i - w-_i) / (2 eps (N - 1)),
/// whose mean over sigma is the trace of the response divided by N - 1, up to a bias of order eps^2 that the two sizes
/// extrapolate away: R = (4 R_{eps/2} - R_eps) / 3. A field eps sigma enters every update from t_w on as dt eps sigma;
/// the same quotient is then chi(t, t_w) = sum over t_w <= u < t of dt(u) R(t, u).
class Probes {
 public:
  /// `kick` is eps in units of the root mean square weight; for a field, of that divided by the longest displacement a
  /// unit field can cause, so that neither moves the weights by more than `kick` times themselves. Keeps references.
  Probes(const Problem& problem, const Copies& copies, double kick, std::size_t dimension);

  /// Draws the signs of every realisation. Replicas and probes of a realisation share them, so that in a linear problem
  /// chi is the sum of the responses to the last bit but rounding.
  void draw(std::uint64_t seed, TrajectoryKey key);
  /// Makes the copies that begin at w(step). Between updates.
  void launch(int step, States& states);
  /// Adds the fields to the update of step `step`, between States::drift() and States::finish().
  void push(int step, double dt, States& states) const;
  /// One number a probe, responses to kicks before those to fields, each ascending in t' or t_w, averaged over the
  /// realisations: zero before the copies begin. At their beginning a kick has the response 1 and a field 0, exactly.
  [[nodiscard]] Eigen::VectorXd responses(int step, const States& states) const;

 private:
  [[nodiscard]] Eigen::Map<const Eigen::VectorXd> signs(int realisation) const;
  void make_copies(std::size_t probe, int realisation, States& states);
  [[nodiscard]] double& size_of(std::size_t probe, int realisation);
  [[nodiscard]] double size_of(std::size_t probe, int realisation) const;
  [[nodiscard]] double response(std::size_t probe, int realisation, const States& states) const;

  const Copies& copies_;
  std::size_t dimension_;
  std::size_t stride_;
  std::vector<double> kicks_;   // relative size of each probe
  std::vector<double> sizes_;   // eps in units of u, probes x realisations
  AlignedArray<double> signs_;  // realisations x stride, zero along v and in the padding
};

/// Bytes held by Probes.
[[nodiscard]] double probes_bytes(const Copies& copies, long dimension);

}  // namespace sgdyn::sim
