// Eq. 2 for one data set, all its realisations, replicas and perturbed copies, one step at a time.
#pragma once

#include <Eigen/Core>
#include <array>
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
#include "sgdyn/sim/copies.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/kernels.hpp"
#include "sgdyn/sim/probes.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/sim/states.hpp"

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

/// What the gradient averaged over minibatches may exceed the threshold by where a run stops: one minibatch differs
/// from another, but not by orders of magnitude.
inline constexpr double rest_slack = 100.0;

/// Where the realisations of a data set stopped (EN eq. C2): how many did, and sums over those. At finite N a minibatch
/// may be empty, or hold satisfied samples alone, long before training ends: the gradient averaged over minibatches
/// must be small too, up to `rest_slack`.
struct Stops {
  int count = 0;
  double step = 0.0;
  double distance = 0.0;
  double support_fraction = 0.0;
};

class Trajectories {
 public:
  /// `options` as options_in_full() returns them. Keeps references to all of them; `data` may be redrawn between calls
  /// of start().
  Trajectories(const Problem& problem, const Components& components, const DataSet& data,
               const SimulationOptions& options);

  /// Draws w(0) of every realisation, eq. 8's q0 = R on the directions orthogonal to v and m(0) exactly, which its
  /// replicas share, and rewinds the minibatches.
  void start(TrajectoryKey key);

  struct Task {
    int step = 0;         ///< k; steps are visited in order from 0
    bool report = false;  ///< evaluate the observables at w(k)
    bool update = false;  ///< go on to w(k + 1)
  };
  /// One pass over the data, two where observables and gradient are not of the same w. Returns false if `stopped` asked
  /// to give up, and the state is then meaningless.
  bool advance(const Task& task, const std::function<bool()>& stopped);

  /// At the last reported step, averaged over realisations and replicas: observable_catalogue(), then R(t, t') and then
  /// chi(t, t_w) of the perturbations asked for.
  [[nodiscard]] const Eigen::VectorXd& observables() const { return observables_; }
  [[nodiscard]] const Stops& stops() const { return stops_; }
  [[nodiscard]] const Copies& copies() const { return copies_; }
  /// False when some |w|^2/N exceeds overflow_limit or is not a number.
  [[nodiscard]] bool finite() const;
  /// u = w / sqrt(N), N entries, of the trajectory numbered by Copies.
  [[nodiscard]] Eigen::Map<const Eigen::VectorXd> weights(int trajectory) const { return states_.weights(trajectory); }

 private:
  /// Columns first ... last - 1, at u(t) if it is to report them, else where their gradient is taken.
  struct Pass {
    int first = 0;
    int last = 0;
    bool report = false;
    bool update = false;
  };
  [[nodiscard]] std::array<Pass, 2> passes(const Task& task) const;
  void begin_update(int step);
  void draw_minibatches(int step);
  void process_block(const Pass& pass, std::size_t first, std::size_t count);
  void select_rows(std::size_t first, std::size_t count, bool report);
  void process_columns(int first_column, int columns, const Pass& pass);
  void add_observables(std::size_t column, std::size_t offset);
  void set_forces(std::size_t offset, std::size_t count);
  void set_coefficients(int column, std::size_t offset);
  void add_gradient(int first_column, int columns);
  void finish_observables(int step);
  void note_stops(const Task& task);
  [[nodiscard]] bool at_rest(int trajectory);
  [[nodiscard]] double support_fraction(int realisation, bool known);
  [[nodiscard]] double distance(int realisation) const;
  [[nodiscard]] std::span<double> sampling_of(std::vector<double>& array, std::size_t trajectory);

  const Problem& problem_;
  const Components& components_;
  const DataSet& data_;
  const SimulationOptions& options_;
  Copies copies_;
  std::size_t block_rows_;

  States states_;
  Probes probes_;
  int active_;                      // columns under way
  double dt_ = 0.0;                 // of the update under way
  std::vector<Stream> streams_;     // of the minibatches of each trajectory
  std::vector<double> indicators_;  // s_mu, trajectories x M
  std::vector<double> memory_;      // of the sampling scheme, trajectories x M
  std::vector<SampleSums> sums_;    // of each trajectory
  Eigen::VectorXd observables_;
  std::vector<char> running_;  // realisations that did not stop yet
  Stops stops_;

  // One block of rows: which samples, their labels, and for up to max_columns columns r, h, and so on.
  std::vector<std::size_t> samples_;
  std::vector<const float*> rows_;
  std::vector<double> labels_;
  std::vector<double> field_;
  std::vector<double> margin_;
  std::vector<double> slope_;
  std::vector<double> curvature_;
  std::vector<double> value_;
  std::vector<double> coefficient_;
  std::vector<std::size_t> used_;  // positions in the block whose coefficients are not all zero
  std::vector<const float*> used_rows_;
  std::vector<double> used_coefficients_;
};

/// Bytes held by Trajectories, beyond the data.
[[nodiscard]] double trajectory_bytes(const Problem& problem, const Copies& copies, double samples, long dimension);

}  // namespace sgdyn::sim
