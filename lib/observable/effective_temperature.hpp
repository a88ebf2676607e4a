// The effective temperature of a stationary state, from the fluctuation-dissipation relation (EN eq. 7 and appendix A).
#pragma once

#include <string>
#include <vector>

#include "sgdyn/core/observables.hpp"

namespace sgdyn {

/// T_eff is the inverse slope of the least-squares line, with intercept, through the points
///   ( 1 - C(t, t_w)/C(t_w, t_w),  chi(t, t_w)/C(t_w, t_w) )
/// of all waiting times t_w in a window and all lags t - t_w the conditions allow. The window opens at the earliest
/// waiting time, of at most three quarters of the run, after which neither dt nor C(t, t) drifts, and closes half way
/// to the end, so that every curve is long. The standard error is that of the jackknife over the replicates.
///
/// The line is only nearly straight, so T_eff moves by some percent with the waiting times and lags that are known:
/// report every step where that matters.
///
/// Unavailable, with the reason, with fewer than three replicates, when no such window exists (not stationary), when
/// nothing fluctuates, or when the slope is not positive beyond its error.
[[nodiscard]] EffectiveTemperature effective_temperature(const FluctuationDissipation& relation,
                                                         const FdtConditions& conditions);

/// The same fit through the curves after all measured waiting steps of a window, without asking whether the state is
/// stationary: what another measurement over that window is to be compared with, as T_eff depends on it by some percent
/// where the relation holds but nearly. Unavailable, with the reason, where no waiting step lies in the window.
[[nodiscard]] EffectiveTemperature effective_temperature_between(const FluctuationDissipation& relation,
                                                                 const FdtWindow& window);

/// An EffectiveTemperature that cannot be given, and why.
[[nodiscard]] EffectiveTemperature no_effective_temperature(std::string reason);

/// The fluctuation-dissipation plot after one waiting time: means and standard errors over the replicates.
struct FdtCurve {
  int waiting = 0;
  std::vector<int> steps;      ///< t >= t_w
  Series relaxation;           ///< 1 - C(t, t_w)/C(t_w, t_w)
  Series integrated_response;  ///< chi(t, t_w)/C(t_w, t_w)
};

/// The curve after waiting step number `waiting`, from (0, 0) at t_w on. At least two replicates.
[[nodiscard]] FdtCurve fdt_curve(const FluctuationDissipation& relation, std::size_t waiting);

}  // namespace sgdyn
