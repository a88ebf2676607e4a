// One number of a computed point: what a panel draws against the swept parameter, and what a claim is about.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/validation/figure/measured.hpp"

namespace sgdyn::figure {

/// "training loss" of "training_loss".
[[nodiscard]] std::string spaced(std::string name);

/// "eps_gen" of the catalogue as "\u03b5_{gen}", for the enhanced mode of gnuplot.
[[nodiscard]] std::string symbol_of(const std::string& observable);

/// The names of the catalogue.
[[nodiscard]] const std::vector<std::string>& observable_names();

/// Written in recipes as one of
///   - "effective_temperature": T_eff of the stationary state
///   - "secant_temperature": (1 - C/C)/(chi/C) at the longest lag after the first waiting time of the plot
///   - "last_slope N at T": 1/slope of the last N steps of the FDT curve after the waiting time nearest to T
///   - "local_temperature at T": 1/slope of the FDT curve at lag T
///   - "final NAME": an observable at the last step
///   - "NAME at T": an observable at the reported step nearest to time T
///   - "stop NAME": at the step where the gradient falls to the threshold (EN eq. C2)
/// Times that were not reached, and the last step of a run that broke off, are not available.
struct Quantity {
  enum class Kind { temperature, secant, last_slope, local_temperature, final_value, value_at, at_stop };
  Kind kind = Kind::final_value;
  std::string name{};  ///< of an observable
  double time = 0.0;
  int count = 0;
  std::string text{};  ///< as written

  /// @throws InputError without a place.
  static Quantity parse(const std::string& text);
  /// "T_{eff}", "d(t=60)" in the enhanced mode of gnuplot.
  [[nodiscard]] std::string symbol() const;
  [[nodiscard]] Measured of(const Observables& observables) const;
};

}  // namespace sgdyn::figure
