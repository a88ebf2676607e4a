// One scrambling solved: what it records on the reported steps.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/core/progress_meter.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/order_parameters.hpp"

namespace sgdyn::dmft {

/// The record of one scrambling on the reported grid.
struct Solution {
  Eigen::MatrixXd observables;  // observable_catalogue() x reported steps
  Eigen::MatrixXd correlation, response, replica_correlation;
  Eigen::MatrixXd kicked;               // R(t, t') at the reported t, of each t' the problem asks for
  Eigen::MatrixXd integrated_response;  // chi(t, t_w) at the reported t, of each waiting step
  std::size_t reported = 0;             // how many reported steps were reached
  int stop_step = -1;                   // see Observables::at_stop; -1 for never
  Eigen::VectorXd at_stop;              // observable_catalogue() there
  int overflow_step = -1;
  double smallest_pivot = 1.0;
  bool has_empty_direction = false;
};

/// Some of the reported steps, from which the fluctuation-dissipation relation is looked at.
[[nodiscard]] std::vector<int> waiting_steps(const std::vector<int>& reported);

/// Solves single scramblings, recording at the reported steps until the end, an overflow or the wish to stop. Keeps
/// references.
class Solver {
 public:
  Solver(const Problem& problem, const Options& options, const std::vector<int>& steps, const Execution& execution,
         ProgressMeter& meter);

  /// With `samples` draws, on `threads`, which change no number.
  [[nodiscard]] Solution run(std::uint32_t scrambling, std::size_t samples, int threads) const;

 private:
  [[nodiscard]] Eigen::VectorXd observe(int t, const OrderParameters& order, const SampleSums& sums) const;
  void look_for_stop(Solution& solution, int t, const OrderParameters& order, const SampleSums& sums) const;
  void record_two_time(Solution& solution, const OrderParameters& order) const;

  const Problem& problem_;
  const Options& options_;
  const std::vector<int>& steps_;
  const Execution& execution_;
  ProgressMeter& meter_;
  std::shared_ptr<const DataModel> data_;
  double mean_batch_;
};

}  // namespace sgdyn::dmft
