// Curves and slopes of the fluctuation-dissipation plot of one producer (EN eq. 7 and appendix A).
#pragma once

#include <vector>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/validation/figure/quantity.hpp"

namespace sgdyn::figure {

/// A point of a curve with standard errors in both directions.
struct Dot {
  double x = 0.0, x_error = 0.0;
  double y = 0.0, y_error = 0.0;
};

/// The waiting step nearest to `time`, as its position in FluctuationDissipation::waiting; -1 if there is none or the
/// run does not reach that time.
[[nodiscard]] Eigen::Index waiting_near(const Observables& observables, double time);

/// ( 1 - C(t,t_w)/C(t_w,t_w), chi(t,t_w)/C(t_w,t_w) ) for all t >= t_w of one waiting time.
[[nodiscard]] std::vector<Dot> fdt_curve(const Observables& observables, Eigen::Index waiting);

/// 1/slope of the straight line through the last `count` steps of the curve after one waiting time.
[[nodiscard]] Measured last_slope(const Observables& observables, Eigen::Index waiting, int count);

/// 1/slope of the curve over a window of lags, in time units.
struct LocalTemperature {
  double from = 0.0, to = 0.0;
  Measured temperature{};

  /// The geometric middle of the window.
  [[nodiscard]] double lag() const;
};

/// Over windows whose ends are 1.6 apart, from a lag of one step on, averaged over the waiting times in the third
/// quarter of the run.
[[nodiscard]] std::vector<LocalTemperature> local_temperatures(const Observables& observables);

/// (1 - C/C)/(chi/C) at the end of the run after one waiting time.
[[nodiscard]] Measured secant_temperature(const Observables& observables, Eigen::Index waiting);

}  // namespace sgdyn::figure
