// One independent replicate: a data set, its realisations, every reported step.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/trajectories.hpp"

namespace sgdyn::sim {

/// What one data set yields, averaged over its realisations.
struct RunRecord {
  bool complete = false;        ///< false: asked to stop
  int overflow_step = -1;       ///< k at which a trajectory overflowed, -1 if none did
  Eigen::Index finite = 0;      ///< leading reported steps that hold numbers
  Eigen::MatrixXd observables;  ///< observable_catalogue() x reported steps
  Eigen::MatrixXd correlation;  ///< w(t).w(t')/N, reported x reported steps; zero beyond `finite`
};

/// Drawing a data set costs about as much as this many steps on it.
inline constexpr int setup_steps = 10;

/// Runs data sets of one size one after the other in memory taken once. One object a thread.
class DataSetRunner {
 public:
  /// `problem` is validated. Keeps references.
  DataSetRunner(const Problem& problem, const Components& components, long dimension, int realisations,
                std::uint64_t seed);

  /// `stepped(n)` is told of n steps done, setup_steps + the last reported step + 1 in all.
  [[nodiscard]] RunRecord run(TrajectoryKey key, const std::function<bool()>& stopped,
                              const std::function<void(int)>& stepped);

 private:
  /// Follows the trajectories until they end or overflow; false if asked to stop.
  bool follow(RunRecord& record, const std::function<bool()>& stopped, const std::function<void(int)>& stepped);
  void keep_weights(Eigen::Index index);
  void correlate(RunRecord& record) const;

  const Problem& problem_;
  const Components& components_;
  std::uint64_t seed_;
  int realisations_;
  std::vector<int> reported_;
  DataSet data_;
  Trajectories trajectories_;
  std::vector<Eigen::MatrixXd> history_;  // u of each realisation, N x reported steps
};

/// Steps of work in one run, as counted by `stepped`.
[[nodiscard]] int steps_per_run(const Problem& problem);

/// Bytes held while a run of this size is under way, without the result.
[[nodiscard]] double runner_bytes(const Problem& problem, double samples, long dimension, int realisations);

}  // namespace sgdyn::sim
