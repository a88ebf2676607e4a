// Weighted sums over theory and simulations, one number a pair of the table, with their errors and the law of the
// largest of them.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/observables.hpp"

namespace sgdyn {

/// Stands for an infinite z in documents that cannot hold one: a difference between values that claim to be exact.
inline constexpr double unbounded_z = 1e300;

/// A column of the table: an observable both sides give, and where its step stands among the reported ones.
struct Column {
  std::string observable;
  Eigen::Index theory = 0, simulation = 0;
};

[[nodiscard]] std::vector<Column> common_columns(const Observables& theory, const Observables& simulation);

/// Takes out of `columns`, and returns, those the simulation says nothing about: more than half the runs at some N give
/// the same number to the last bit though the observable is no count and theory, which gives another, has it fluctuate.
/// What theory averages over is then rarer than the runs are many (no sample was drawn in most), and no error bar made
/// of so few events holds.
[[nodiscard]] std::vector<Column> take_unresolved(std::vector<Column>& columns, const Observables& theory,
                                                  const Observables& simulation);

/// One term of a contrast: the theory, or the simulation at one N.
struct Part {
  const Observables* source = nullptr;
  bool is_theory = false;
  double weight = 1.0;
};

using Contrast = std::vector<Part>;

/// Theory minus simulation, extrapolated with weights that depend on the sizes alone where several were run.
[[nodiscard]] Contrast theory_minus_simulation(const Observables& theory, const Observables& simulation);

/// Theory minus the sum of weights[g] * (simulation at size g); weights of zero are left out.
[[nodiscard]] Contrast theory_minus_sizes(const Observables& theory, const Observables& simulation,
                                          const std::vector<double>& weights);

/// One value a column.
struct Deviations {
  Eigen::VectorXd value;
  Eigen::VectorXd z;  ///< value / its standard error
};

[[nodiscard]] Deviations measure(const Contrast& contrast, const std::vector<Column>& columns);

/// value / error, where both may be zero; values of size `scale` differ by rounding.
[[nodiscard]] double studentised(double value, double error, double scale);

/// Draws of the largest |z| of the contrast if its true value were zero everywhere, ascending; empty if stopped.
[[nodiscard]] std::vector<double> null_law(const Contrast& contrast, const std::vector<Column>& columns, int draws,
                                           std::uint64_t seed, const Execution& execution);

/// The value that a fraction `rate` of the draws exceeds.
[[nodiscard]] double upper_quantile(const std::vector<double>& ascending, double rate);

/// How many draws tell the quantile of this rate: a hundred beyond it, so that the rate itself is known to ten per
/// cent; below 5e-4 as many as are affordable, which at the lowest rate allowed, 1e-4, leaves twenty, that is 22 %.
[[nodiscard]] int draws_for(double rate);

}  // namespace sgdyn
