// Eq. 2 for one data set and all its realisations, one step at a time.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/random/stream.hpp"
#include "sgdyn/sim/aligned_array.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/kernels.hpp"

namespace sgdyn::sim {

/// The components of a validated problem.
struct Components {
  explicit Components(const Problem& problem);

  std::shared_ptr<const DataModel> model;
  std::shared_ptr<const Loss> loss;
  std::shared_ptr<const SamplingScheme> scheme;
};

/// A trajectory is given up as overflowing beyond this |w|^2/N (or loss): squares of it must still be numbers.
inline constexpr double overflow_limit = 1e150;

/// Weights are kept as u = w / sqrt(N), which turns r = x.w/sqrt(N) into x.u, m into u_1 and |w|^2/N into |u|^2, and
/// eq. 2 into u <- (1 - lambda dt) u - (dt/N) sum_mu s_mu Lambda'(y_mu, r_mu) x_mu.
class Trajectories {
 public:
  /// Keeps references to all of them; `data` may be redrawn between calls of start().
  Trajectories(const Problem& problem, const Components& components, const DataSet& data, int realisations);

  /// Draws w(0) of every realisation, eq. 8's q0 = R on the directions orthogonal to v and m(0) exactly, and rewinds
  /// the minibatches.
  void start(std::uint64_t seed, TrajectoryKey key);

  struct Task {
    int step = 0;         ///< k; steps are visited in order from 0
    bool report = false;  ///< evaluate the observables at w(k)
    bool update = false;  ///< go on to w(k + 1)
  };
  /// One pass over the data. Returns false if `stopped` asked to give up, and the state is then meaningless.
  bool advance(const Task& task, const std::function<bool()>& stopped);

  /// Observables in the order of observable_catalogue() at the last reported step, averaged over the realisations.
  [[nodiscard]] const Eigen::VectorXd& observables() const { return observables_; }
  /// False when some |w|^2/N exceeds overflow_limit or is not a number.
  [[nodiscard]] bool finite() const;
  /// u of one realisation, N entries.
  [[nodiscard]] Eigen::Map<const Eigen::VectorXd> weights(int realisation) const;

 private:
  void draw_minibatches(int step);
  void decay();
  void select_rows(std::size_t first, std::size_t count, bool report);
  void process_columns(int first_column, int columns, const Task& task);
  void add_observables(std::size_t column, std::size_t offset);
  void set_coefficients(std::size_t column, std::size_t offset);
  void add_gradient(int first_column, int columns);
  void finish_observables();
  [[nodiscard]] ColumnsView columns_of(AlignedArray<double>& array, int first, int columns);
  [[nodiscard]] std::span<double> sampling_of(std::vector<double>& array, std::size_t column);

  const Problem& problem_;
  const Components& components_;
  const DataSet& data_;
  int realisations_;
  std::size_t block_rows_;

  AlignedArray<double> weights_;  // realisations x stride
  AlignedArray<double> next_;
  std::vector<Stream> streams_;     // of the minibatches
  std::vector<double> indicators_;  // s_mu, realisations x M
  std::vector<double> memory_;      // of the sampling scheme, realisations x M
  std::vector<SampleSums> sums_;    // of each realisation
  Eigen::VectorXd observables_;

  // One block of rows: which samples, their labels, and for up to max_columns realisations r, h, and so on.
  std::vector<std::size_t> samples_;
  std::vector<const float*> rows_;
  std::vector<double> labels_;
  std::vector<double> field_;
  std::vector<double> margin_;
  std::vector<double> slope_;
  std::vector<double> curvature_;
  std::vector<double> value_;
  std::vector<double> coefficient_;
  std::vector<std::size_t> active_;  // positions in the block whose coefficients are not all zero
  std::vector<const float*> active_rows_;
  std::vector<double> active_coefficients_;
};

/// Bytes held by Trajectories, beyond the data.
[[nodiscard]] double trajectory_bytes(double samples, long dimension, int realisations);

}  // namespace sgdyn::sim
