// Gathers the runs of one size, in run order, into one Observables.
#pragma once

#include <Eigen/Core>
#include <cstdint>
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
  std::vector<Eigen::MatrixXd> observables;  ///< of complete runs
  MatrixMoments correlation;
  Eigen::Index finite = 0;  ///< leading reported steps finite in all of them
  int overflow_step = -1;   ///< first k at which one overflowed

  /// Runs that were asked to stop are left out.
  void add(RunRecord record);
};

/// Number of runs in one batch; the last may be shorter.
[[nodiscard]] int runs_per_batch(int runs);

class RunCollector {
 public:
  RunCollector(const Problem& problem, long dimension, int runs);

  /// The calls must come in ascending order of batches.
  void add(const RunBatch& batch);

  /// Means and standard errors over the runs taken; steps at which some run overflowed are cut off.
  [[nodiscard]] Observables observables(const Loss& loss, int realisations, std::uint64_t seed) const;

 private:
  [[nodiscard]] Series series(std::size_t observable, const Loss& loss, long samples) const;
  void set_status(Observables& result) const;

  const Problem& problem_;
  long dimension_;
  int runs_;
  int taken_ = 0;
  std::vector<Eigen::MatrixXd> replicates_;  // one an observable, runs x reported steps
  MatrixMoments correlation_;
  Eigen::Index finite_;     // leading reported steps finite in all runs
  int overflow_step_ = -1;  // first k at which a run overflowed
};

/// Bytes a RunCollector and the result of one size hold.
[[nodiscard]] double collector_bytes(const Problem& problem, int runs);

/// Bytes of a RunRecord and the RunBatch it goes to.
[[nodiscard]] double batch_bytes(const Problem& problem, int runs);

/// Bytes of one array over two reported times.
[[nodiscard]] double two_time_bytes(const Problem& problem);

}  // namespace sgdyn::sim
