#include "sgdyn/sim/copies.hpp"

#include <algorithm>

namespace sgdyn::sim {

Copies::Copies(const Problem& problem, const SimulationOptions& options)
    : realisations_(options.realisations), replicas_(problem.observables.replicas) {
  for (const int step : problem.observables.response) probes_.push_back({Probe::Kind::kick, step});
  for (const int step : options.waiting) probes_.push_back({Probe::Kind::field, step});
  std::stable_sort(probes_.begin(), probes_.end(),
                   [](const Probe& a, const Probe& b) { return a.start() < b.start(); });
}

int Copies::columns_at(int step) const {
  const auto first_later = std::upper_bound(probes_.begin(), probes_.end(), step,
                                            [](int at, const Probe& probe) { return at < probe.start(); });
  return columns_of(static_cast<std::size_t>(first_later - probes_.begin()));
}

int Copies::minibatches(int column) const {
  if (column < trajectories()) return column;
  return trajectory((column - trajectories()) / copies_per_probe % realisations_, 0);
}

}  // namespace sgdyn::sim
