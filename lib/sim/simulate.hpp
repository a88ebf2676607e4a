// Direct simulation of eq. 2 at finite dimension N: what really happens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"

namespace sgdyn {

class OptionTable;

/// One or several values of N.
class Dimensions {
 public:
  Dimensions(long single) : values_{single} {}  // NOLINT(google-explicit-constructor): {.dimension = 1000}
  Dimensions(std::initializer_list<long> several) : values_(several) {}
  explicit Dimensions(std::vector<long> several) : values_(std::move(several)) {}

  [[nodiscard]] const std::vector<long>& values() const { return values_; }

 private:
  std::vector<long> values_;
};

struct SimulationOptions {
  Dimensions dimension = 1000;  ///< N; several sizes are extrapolated to N -> infinity
  int runs = 32;                ///< independent data sets at the largest N; smaller sizes run proportionally more
  int realisations = 1;  ///< independent noise histories and starts on each data set, averaged before errors are taken
  std::uint64_t seed = 1;
  /// Seeds of the minibatches of the two replicas, any two; equal ones make equal replicas. Empty: those of the first
  /// replica are the minibatches a single one would draw from `seed`, those of the second are independent.
  std::vector<std::uint64_t> sampling_seeds = {};
  /// Size of the perturbations that responses are measured with, relative to the root mean square weight when they
  /// begin, at most 1; by default sim::default_kick().
  std::optional<double> kick = std::nullopt;
  /// t_w of the effective temperature, increasing, among the reported steps; by default four between half and three
  /// quarters of the run.
  std::vector<int> waiting = {};
};

/// Reads the [simulation] table. @throws InputError.
[[nodiscard]] SimulationOptions read_simulation_options(OptionTable& table);

/// What a simulation is about to take, before it takes it.
struct SimulationPlan {
  struct Size {
    long dimension = 0;  ///< N
    long samples = 0;    ///< M
    int runs = 0;        ///< data sets
    double bytes_per_run = 0;
    int concurrent_runs = 1;  ///< limited by threads and memory
  };
  std::vector<Size> sizes;  ///< ascending N
  int concurrent_runs = 1;  ///< at the largest N
  double peak_bytes = 0;
  double machine_bytes = 0;                    ///< memory available on this machine now
  [[nodiscard]] std::string describe() const;  ///< one line for people
};

/// @throws InputError when a single run does not fit into the machine's memory, or an option is out of range.
[[nodiscard]] SimulationPlan plan_simulation(const Problem& problem, const SimulationOptions& options,
                                             const Execution& execution = {});

/// Whether results at several N can be extrapolated in 1/N: not where the minibatch weights have infinite variance, for
/// then |w|^2/N grows with N for ever.
[[nodiscard]] bool has_limit_in_size(const Problem& problem);

/// Runs eq. 2 and reports every observable of the catalogue and the responses asked for with standard errors over data
/// sets, the correlation C(t,t') = w(t).w(t')/N, and where the runs stopped (EN eq. C2). Everything is averaged over
/// two replicas where there are two, "replica_correlation" is (w1(t).w2(t') + w2(t).w1(t'))/(2N); responses and the
/// effective temperature are measured on the first. One size: `replicates` hold one row a data set. Several sizes:
/// everything is extrapolated to N -> infinity (sim/extrapolate.hpp) and `sizes` holds the result at each N, but what
/// is no mean over runs is that of the largest N: `fluctuation_dissipation`, `effective_temperature` and the
/// "converged_fraction". Bit-identical for any number of threads.
/// @throws InputError for options out of range or too much memory.
[[nodiscard]] Observables simulate(const Problem& problem, const SimulationOptions& options = {},
                                   const Execution& execution = {});

}  // namespace sgdyn
