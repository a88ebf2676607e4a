// Which trajectory is which: all those of a data set are columns of the same arrays and are followed together.
#pragma once

#include <cstddef>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/simulate.hpp"

namespace sgdyn::sim {

/// A perturbation whose effect is measured on copies of the first replica.
struct Probe {
  enum class Kind { kick, field };

  Kind kind = Kind::kick;
  int step = 0;  ///< t', at the end of which a kick is added; t_w, from which on a field acts

  /// The first state of the copies: w(t' + 1), which the kick is already part of, or w(t_w).
  [[nodiscard]] int start() const { return kind == Kind::kick ? step + 1 : step; }
};

/// Two sizes of the perturbation, the second half the first, each with both signs.
inline constexpr int copies_per_probe = 4;

/// The numbering of columns: the trajectories themselves, the replicas of a realisation side by side, then the copies
/// of each probe in the order in which probes start, so that those under way at any step are the leading columns.
class Copies {
 public:
  /// `options` as options_in_full() returns them.
  Copies(const Problem& problem, const SimulationOptions& options);

  [[nodiscard]] int realisations() const { return realisations_; }
  [[nodiscard]] int replicas() const { return replicas_; }
  /// Ascending start().
  [[nodiscard]] const std::vector<Probe>& probes() const { return probes_; }
  /// Realisations times replicas.
  [[nodiscard]] int trajectories() const { return realisations_ * replicas_; }
  [[nodiscard]] int columns() const { return columns_of(probes_.size()); }
  /// Columns under way at w(step).
  [[nodiscard]] int columns_at(int step) const;

  [[nodiscard]] int trajectory(int realisation, int replica) const { return realisation * replicas_ + replica; }
  /// `size` 0 is the full perturbation, 1 its half; `sign` 0 is plus, 1 minus.
  [[nodiscard]] int copy(std::size_t probe, int realisation, int size, int sign) const {
    return columns_of(probe) + realisation * copies_per_probe + size * 2 + sign;
  }
  /// The trajectory whose minibatches a column uses: its own, or that which it is a copy of.
  [[nodiscard]] int minibatches(int column) const;

 private:
  [[nodiscard]] int columns_of(std::size_t probes) const {
    return trajectories() + static_cast<int>(probes) * realisations_ * copies_per_probe;
  }

  int realisations_;
  int replicas_;
  std::vector<Probe> probes_;
};

}  // namespace sgdyn::sim
