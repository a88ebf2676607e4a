// Every observable, defined once: what it is, how it is normalised, how theory and simulation compute it alike.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/observables.hpp"

namespace sgdyn {

enum class Kind {
  real,        ///< any real number
  proportion,  ///< a count divided by the number of samples: its resolution is one count
};

/// Sums over training samples of what the observables need.
struct SampleSums {
  double loss = 0;
  long samples = 0;
  long correct = 0;  ///< margin > 0
  long support = 0;  ///< margin < kappa, for losses that have a kappa

  /// Adds samples with margins h and losses `value` (one entry a sample); kappa is that of the loss.
  void add(std::span<const double> h, std::span<const double> value, std::optional<double> kappa);
  void add(const SampleSums& other);
};

/// All that observables are functions of, at one time.
struct Snapshot {
  double overlap = 0;               ///< m = v.w / sqrt(N)
  double norm = 0;                  ///< C(t,t) = |w|^2 / N
  double generalisation_error = 0;  ///< DataModel::generalisation_error(overlap, norm)
  double distance = 0;              ///< |w1 - w2| / sqrt(N), where there are two replicas
  SampleSums sums;                  ///< over the training set, or over the draws of a theory
  double dimension = 0;             ///< N, or draws / alpha in a theory: what sums are divided by to be per weight
};

struct ObservableInfo {
  std::string_view name;        ///< key in result documents
  std::string_view symbol;      ///< as in the papers, plain text
  std::string_view definition;  ///< formula and normalisation
  Kind kind;
  bool needs_margin;                    ///< defined for losses with a kappa only
  bool needs_replicas;                  ///< defined for two replicas only
  double (*value)(const Snapshot& at);  ///< null for what no snapshot of training has
};

/// All one-time observables, in the order of tables and figures:
///   overlap               m = v.w / sqrt(N)
///   norm                  C(t,t) = |w|^2 / N
///   training_loss         (1/N) sum_mu loss(h_mu) = alpha E[loss], without the ridge term
///   training_accuracy     fraction of training samples decided correctly
///   generalisation_error  probability that a fresh sample is decided wrongly, exact given (m, C)
///   support_fraction      P(margin < kappa), losses with a margin only
///   distance              |w1 - w2| / sqrt(N) of two replicas
[[nodiscard]] std::span<const ObservableInfo> observable_catalogue();

/// What the minimiser of the objective has besides, as series of results that are `of_minimiser`; no `value`:
///   objective             training_loss + lambda |w|^2/(2N)
///   intercept             fitted bias B, where loss.intercept asks for one
[[nodiscard]] std::span<const ObservableInfo> observables_of_minimiser();

struct StopQuantity {
  std::string_view name;   ///< in Observables::at_stop
  std::string_view title;  ///< for people, with EN's symbol
};

/// What Observables::at_stop may hold, in the order it is shown.
[[nodiscard]] std::span<const StopQuantity> stop_quantities();

/// "response_from_20": R(t, t') as a function of t at t' = 20, which is an observable where a problem asks for it.
[[nodiscard]] std::string response_name(int kick_step);

[[nodiscard]] bool is_response(std::string_view name);

/// Of the catalogue, or of what response_name() makes. @throws std::out_of_range for an unknown name.
[[nodiscard]] const ObservableInfo& observable_info(std::string_view name);

/// Its symbol, with the step of the kick where there is one: "R(t,20)".
[[nodiscard]] std::string observable_symbol(std::string_view name);

/// "eps_gen" as "ε_gen": a symbol with Greek letters where they are meant.
[[nodiscard]] std::string with_greek(std::string symbol);

/// The names of the catalogue in its order, then the other series of `observables`, by the step of the kick.
[[nodiscard]] std::vector<std::string> series_names(const Observables& observables);

/// Every observable of the catalogue, in its order.
[[nodiscard]] Eigen::VectorXd observable_values(const Snapshot& at);

/// A problem as far as observables depend on it.
struct ObservableContext {
  std::string_view loss;
  std::optional<double> kappa;  ///< Loss::margin()
  int replicas = 1;
};

/// Why the observable cannot be given for this problem; nothing if it can.
[[nodiscard]] std::optional<std::string> why_undefined(const ObservableInfo& info, const ObservableContext& context);

/// The series of an observable from its replicates (one a row, one column a step), each over `samples` samples, or the
/// reason why it is undefined.
[[nodiscard]] Series observable_series(const ObservableInfo& info, const ObservableContext& context,
                                       Eigen::MatrixXd replicates, long samples);

}  // namespace sgdyn
