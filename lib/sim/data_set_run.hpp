// One independent replicate: a data set, its realisations, every reported step.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/trajectories.hpp"

namespace sgdyn::sim {

/// What one data set yields, averaged over its realisations and replicas.
struct RunRecord {
  bool complete = false;        ///< false: asked to stop
  int overflow_step = -1;       ///< k at which a trajectory overflowed, -1 if none did
  Eigen::Index finite = 0;      ///< leading reported steps that hold numbers
  Eigen::MatrixXd observables;  ///< Trajectories::observables() x reported steps
  /// w(t).w(t')/N, then, of two replicas, (w1(t).w2(t') + w2(t).w1(t'))/(2N): reported x reported steps each, zero
  /// beyond `finite`.
  std::vector<Eigen::MatrixXd> two_time;
  /// w(t).w(t_w)/N of the first replica, reported steps x waiting steps, zero for t < t_w.
  Eigen::MatrixXd waiting_correlation;
  Stops stops;
};

/// Drawing a data set costs about as much as this many steps on it.
inline constexpr double setup_steps = 10.0;

/// Runs data sets of one size one after the other in memory taken once. One object a thread.
class DataSetRunner {
 public:
  /// `problem` is validated, `options` as options_in_full() returns them. Keeps references.
  DataSetRunner(const Problem& problem, const Components& components, long dimension, const SimulationOptions& options);

  /// `worked(n)` is told of n units of work done, work_per_run() in all.
  [[nodiscard]] RunRecord run(TrajectoryKey key, const std::function<bool()>& stopped,
                              const std::function<void(double)>& worked);

 private:
  /// Follows the trajectories until they end or overflow; false if asked to stop.
  bool follow(RunRecord& record, const std::function<bool()>& stopped, const std::function<void(double)>& worked);
  void keep_weights(Eigen::Index index);
  void correlate(RunRecord& record) const;
  void correlate_replicas(RunRecord& record) const;
  void correlate_waiting(RunRecord& record) const;

  const Problem& problem_;
  const Components& components_;
  const SimulationOptions& options_;
  std::vector<int> reported_;
  DataSet data_;
  Trajectories trajectories_;
  std::vector<Eigen::MatrixXd> history_;  // u of each trajectory, N x reported steps
};

/// Units of work in one run: one for a step of the trajectories, and that of their copies in proportion to their
/// number.
[[nodiscard]] double work_per_run(const Problem& problem, const Copies& copies);

/// Bytes held while a run of this size is under way, without the result.
[[nodiscard]] double runner_bytes(const Problem& problem, const Copies& copies, double samples, long dimension);

}  // namespace sgdyn::sim
