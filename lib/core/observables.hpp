// What comes back: the same record from every theory and from the simulator.
#pragma once

#include <Eigen/Core>
#include <map>
#include <string>
#include <vector>

#include "sgdyn/core/status.hpp"

namespace sgdyn {

/// One observable over the reported steps, with its statistical error.
struct Series {
  Eigen::VectorXd mean;            ///< one entry per reported step
  Eigen::VectorXd standard_error;  ///< of the mean, same shape; zero where every replicate agrees exactly
  /// Independent estimates, one per row (simulated data sets, scramblings), one column per step. Empty where the
  /// mean was obtained in another way (an extrapolation, a closed form).
  Eigen::MatrixXd replicates;
  /// Why the quantity cannot be given; the vectors are then empty.
  std::string reason;

  [[nodiscard]] bool available() const { return reason.empty(); }

  /// Mean and standard error of the mean over the rows, summed in row order. One row: standard error NaN is never
  /// produced, the rows must be at least two. @throws std::invalid_argument for fewer.
  static Series from_replicates(Eigen::MatrixXd replicates);
  /// The same for a proportion counted over `samples` in each replicate: to the variance of the mean is added that of
  /// one count among all, so that an event nobody saw does not pass for impossible.
  static Series from_counts(Eigen::MatrixXd replicates, long samples);
  static Series unavailable(std::string reason);
};

/// A function of two times on the grid of reported steps, entry (i, j) at (steps[i], steps[j]).
struct TwoTime {
  Eigen::MatrixXd mean;
  Eigen::MatrixXd standard_error;
};

/// One setting of the producer, kept for the record ("samples" -> "16384").
using Settings = std::map<std::string, std::string>;

struct Observables {
  Status status = Status::ok;
  std::string message;                        ///< one sentence when status is not ok
  std::string producer;                       ///< "dmft", "simulation", ...
  std::vector<int> steps;                     ///< k
  std::vector<double> time;                   ///< k dt
  std::map<std::string, Series> series;       ///< by catalogue name ("overlap")
  std::map<std::string, TwoTime> two_time;    ///< "correlation", "response"
  std::map<std::string, double> diagnostics;  ///< numbers about the computation itself ("smallest_pivot")
  Settings settings;
  std::vector<std::string> assumptions;  ///< of a theory; empty for the simulator
  long dimension = 0;                    ///< N of a simulation; 0 for N -> infinity (theory or extrapolation)
  int runs = 0;                          ///< independent replicates behind the series; 0 if there are none
  long samples_per_replicate = 0;  ///< training samples (or draws) one replicate counts; 0 where nothing is counted
  std::vector<Observables> sizes;  ///< the simulations at finite N this was extrapolated from, ascending N

  /// @throws std::out_of_range for a name that was not produced.
  [[nodiscard]] const Series& at(const std::string& name) const { return series.at(name); }
};

/// Keeps the first `count` reported steps of everything: what is left of an interrupted or overflowing run.
void truncate(Observables& observables, std::size_t count);

}  // namespace sgdyn
