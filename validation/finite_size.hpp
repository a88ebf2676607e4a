// Is a disagreement the theory's, or that of an extrapolation that takes finite-size shifts for linear in 1/N?
#pragma once

#include <string>
#include <vector>

#include "sgdyn/validation/compare.hpp"
#include "sgdyn/validation/contrast.hpp"

namespace sgdyn {

/// Probability that shifts which are linear in 1/N are taken for something else.
inline constexpr double lack_of_fit_level = 0.05;

/// The table judged in another way, with a threshold of its own.
struct Look {
  Deviations deviations;
  double threshold = 0.0;

  [[nodiscard]] Eigen::Index worst() const;
  [[nodiscard]] bool beyond(Eigen::Index pair, double sign) const;  ///< on the side of `sign`
  [[nodiscard]] bool any_beyond() const;
};

/// What a disagreement has to survive; see compare(). Of three or more sizes only.
struct FiniteSizeLooks {
  bool stopped = false;
  long smallest = 0;
  Look without_smallest;
  Look lack_of_fit;  ///< of shifts linear in 1/N; the theory does not enter
  Look quadratic;    ///< a term 1/N^2 allowed; computed only where the lack of fit is significant

  [[nodiscard]] bool nonlinear() const { return lack_of_fit.any_beyond(); }
  /// Whether pair j, off with this sign, is off in every look.
  [[nodiscard]] bool survived_by(Eigen::Index pair, double sign) const;
};

/// Number of different N behind a simulation; 1 if nothing was extrapolated.
[[nodiscard]] int distinct_sizes(const Observables& simulation);

[[nodiscard]] FiniteSizeLooks look_again(const Observables& theory, const Observables& simulation,
                                         const std::vector<Column>& columns, const ComparisonOptions& options,
                                         const Execution& execution);

/// Fills the shift of the largest size from the extrapolation, where it is largest among the steps compared, and its
/// error.
void add_finite_size_shift(const Observables& theory, const Observables& simulation, const std::vector<Column>& columns,
                           ObservableSummary& summary);

}  // namespace sgdyn
