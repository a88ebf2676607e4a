// Gathers the runs of one size, in run order, into one Observables.
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/sim/data_set_run.hpp"

namespace sgdyn::sim {

/// Mean and sum of squared deviations of matrices, updated one at a time (Welford) or by another such sum (Chan et
/// al.).
class MatrixMoments {
 public:
  void add(Eigen::MatrixXd value);
  void add(const MatrixMoments& other);

  [[nodiscard]] int count() const { return count_; }
  [[nodiscard]] const Eigen::MatrixXd& mean() const { return mean_; }
  /// Of the mean; at least two matrices.
  [[nodiscard]] Eigen::MatrixXd standard_error() const;

 private:
  int count_ = 0;
  Eigen::MatrixXd mean_;
  Eigen::MatrixXd squares_;  // empty while a single matrix was added
};

/// Consecutive runs of one thread. Batches are cut by run number alone, so that sums over batches do not depend on who
/// computed them, and are large enough for handing them over to cost nothing when runs are short.
struct RunBatch {
  /// What is kept of one complete run.
  struct Run {
    Eigen::MatrixXd observables;
    Eigen::MatrixXd waiting_correlation;
    Stops stops;
  };

  std::vector<Run> runs;
  std::vector<MatrixMoments> two_time;  ///< over the runs, one for each RunRecord::two_time
  Eigen::Index finite = 0;              ///< leading reported steps finite in all of them
  int overflow_step = -1;               ///< first k at which one overflowed

  /// Runs that were asked to stop are left out.
  void add(RunRecord record);
};

/// Number of runs in one batch; the last may be shorter.
[[nodiscard]] int runs_per_batch(int runs);

class RunCollector {
 public:
  /// `options` as options_in_full() returns them. Keeps references.
  RunCollector(const Problem& problem, const SimulationOptions& options, long dimension, int runs);

  /// The calls must come in ascending order of batches.
  void add(const RunBatch& batch);

  /// Means and standard errors over the runs taken; steps at which some run overflowed are cut off.
  [[nodiscard]] Observables observables(const Loss& loss) const;

 private:
  [[nodiscard]] Series series(std::size_t index, const std::string& name, const Loss& loss, long samples) const;
  void set_series(Observables& result, const Loss& loss) const;
  void set_fluctuation_dissipation(Observables& result) const;
  void set_status(Observables& result) const;

  const Problem& problem_;
  const SimulationOptions& options_;
  long dimension_;
  int runs_;
  int taken_ = 0;
  std::vector<Eigen::MatrixXd> replicates_;  // one a row of Trajectories::observables(), runs x reported steps
  std::vector<Eigen::MatrixXd> waiting_correlations_;
  std::vector<Stops> stops_;
  std::vector<MatrixMoments> two_time_;
  Eigen::Index finite_;     // leading reported steps finite in all runs
  int overflow_step_ = -1;  // first k at which a run overflowed
};

/// Bytes a RunCollector and the result of one size hold.
[[nodiscard]] double collector_bytes(const Problem& problem, const Copies& copies, int runs);

/// Bytes of a RunRecord and the RunBatch it goes to.
[[nodiscard]] double batch_bytes(const Problem& problem, const Copies& copies, int runs);

/// Number of functions of two times that a run yields.
[[nodiscard]] int two_time_arrays(const Problem& problem);

/// Bytes of one array over two reported times.
[[nodiscard]] double two_time_bytes(const Problem& problem);

}  // namespace sgdyn::sim
