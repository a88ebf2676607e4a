// What comes back: the same record from every theory and from the simulator.
#pragma once

#include <Eigen/Core>
#include <map>
#include <optional>
#include <string>
#include <utility>
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

/// One number with its standard error.
struct Estimate {
  double value = 0.0;
  double standard_error = 0.0;
  std::string reason;  ///< why the quantity cannot be given; the numbers then mean nothing

  [[nodiscard]] bool available() const { return reason.empty(); }
  /// Mean and standard error over independent values, at least two.
  static Estimate from_replicates(const Eigen::VectorXd& replicates);
  /// `value` of all of n >= 2 replicates, with the error of the jackknife: sqrt((n - 1)/n sum (v_s - mean v)^2), where
  /// v_s is what all but replicate s give.
  static Estimate from_jackknife(double value, const Eigen::VectorXd& without_one);
  static Estimate unavailable(std::string reason);
};

/// What the fluctuation-dissipation relation compares: correlation and integrated response after some waiting times,
/// of every replicate. Entry (i, j) is at (steps[i], waiting[j]), zero for steps before the waiting time.
struct FluctuationDissipation {
  std::vector<int> steps;                            ///< t, increasing
  std::vector<int> waiting;                          ///< t_w, increasing, all among `steps`
  std::vector<Eigen::MatrixXd> correlation;          ///< C(t, t_w), one matrix a replicate
  std::vector<Eigen::MatrixXd> integrated_response;  ///< chi(t, t_w) = sum over t_w <= u < t of dt(u) R(t, u)
};

/// Which part of the fluctuation-dissipation plot can be that of a stationary state.
struct FdtConditions {
  int settled = 0;  ///< step from which on dt is within 5 % of the last one: T_eff goes with dt
  /// Lags below it are those at which minibatches are still correlated, where the slope is that of the memory of the
  /// minibatches (EN: t > b tau).
  int shortest_lag = 1;
};

/// The steps an effective temperature was taken from.
struct FdtWindow {
  int first_waiting = 0, last_waiting = 0;  ///< t_w
  int shortest_lag = 0, longest_lag = 0;    ///< t - t_w, of the reported steps
};

struct EffectiveTemperature {
  Estimate temperature;
  FdtWindow window;
  double intercept = 0.0;  ///< of the line chi/C = intercept + (1 - C/C)/temperature
};

/// One setting of the producer, kept for the record ("samples" -> "16384").
using Settings = std::map<std::string, std::string>;

struct Observables {
  Status status = Status::ok;
  std::string message;       ///< one sentence when status is not ok
  std::string producer;      ///< "dmft", "simulation", ...
  std::vector<int> steps;    ///< k
  std::vector<double> time;  ///< t, the sum of dt over the steps before
  /// Of the minimiser of the objective: no time belongs to it, every series has one entry, and so have `steps` and
  /// `time`, which mean nothing.
  bool of_minimiser = false;
  std::vector<std::pair<std::string, Estimate>> numbers;  ///< what is no function of time, by name, in order
  std::map<std::string, Series> series;                   ///< by catalogue name ("overlap")
  std::map<std::string, TwoTime> two_time;                ///< "correlation", "response", "replica_correlation"
  /// The first step at which |gradient on the minibatch|^2/(bN) falls to stopping_threshold (EN eq. C2), and what holds
  /// there: "step", "distance" (d0), "support_fraction" (c0), "converged_fraction" (of the runs).
  std::map<std::string, Estimate> at_stop;
  std::optional<FluctuationDissipation> fluctuation_dissipation;
  std::optional<EffectiveTemperature> effective_temperature;
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

/// The threshold of EN eq. C2.
inline constexpr double stopping_threshold = 1e-10;

/// Keeps the first `count` reported steps of everything: what is left of an interrupted or overflowing run.
void truncate(Observables& observables, std::size_t count);

}  // namespace sgdyn
