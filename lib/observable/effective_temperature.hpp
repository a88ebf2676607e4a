// The effective temperature of a stationary state, from the fluctuation-dissipation relation (EN eq. 7 and appendix A).
#pragma once

#include <vector>

#include "sgdyn/core/observables.hpp"

namespace sgdyn {

/// T_eff is the inverse slope of the least-squares line, with intercept, through the points
///   ( 1 - C(t, t_w)/C(t_w, t_w),  chi(t, t_w)/C(t_w, t_w) )
/// of all waiting times t_w in a window and all lags t - t_w >= shortest_lag. The window opens at the earliest waiting
/// time, of at most three quarters of the run, after which C(t, t) no longer drifts, and closes half way to the end, so
/// that every curve is long. The standard error is that of the jackknife over the replicates.
///
/// `shortest_lag` leaves out the lags at which minibatches are still correlated, where the slope is that of the memory
/// of the minibatches (EN: t > b tau).
///
/// Unavailable, with the reason, when no such window exists (not stationary), when nothing fluctuates, or when the
/// slope is not positive beyond its error.
[[nodiscard]] EffectiveTemperature effective_temperature(const FluctuationDissipation& relation, int shortest_lag);

/// The same fit through the curves after those measured waiting steps that are nearest to the given ones, increasing,
/// without asking whether the state is stationary: what another measurement with these waiting times is to be compared
/// with, as T_eff depends on them by some percent where the relation holds but nearly.
[[nodiscard]] EffectiveTemperature effective_temperature_after(const FluctuationDissipation& relation,
                                                               const std::vector<int>& waiting, int shortest_lag);

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
