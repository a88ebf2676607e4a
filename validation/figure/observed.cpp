#include "sgdyn/validation/figure/observed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sgdyn/sim/extrapolate.hpp"

namespace sgdyn::figure {
namespace {

// An extrapolated number is a weighted sum of those at the sizes: their replicates are its own.
template <class Number>
Measured with_sizes(const Observables& observables, Number number_of) {
  Measured number = number_of(observables);
  if (observables.sizes.empty() || !number.available()) return number;
  std::vector<long> dimensions;
  std::vector<int> runs;
  std::vector<Measured> parts;
  for (const Observables& size : observables.sizes) {
    dimensions.push_back(size.dimension);
    runs.push_back(size.runs);
    parts.push_back(number_of(size));
  }
  const std::vector<double> weights = extrapolation_weights(dimensions, runs);
  std::vector<Term> terms;
  for (std::size_t g = 0; g < parts.size(); ++g) terms.push_back({weights[g], &parts[g]});
  const Measured sum = weighted_sum(terms);
  if (!sum.available()) return number;
  number.degrees = sum.degrees;
  number.spread = sum.spread;
  return number;
}

Measured with_spread_of(Measured number, const Observables& observables, const Series& series, Eigen::Index step) {
  const Eigen::Index count = series.replicates.rows();
  const std::string replicates = replicates_of(observables, count);
  if (count < 2 || replicates.empty()) return number;
  const double n = static_cast<double>(count);
  number.spread[replicates] = (series.replicates.col(step).array() - series.mean[step]) / std::sqrt(n * (n - 1.0));
  return number;
}

Measured of_series(const Observables& observables, const std::string& name, std::size_t step) {
  const auto found = observables.series.find(name);
  if (found == observables.series.end()) return Measured::unavailable("not produced");
  const Series& series = found->second;
  if (!series.available()) return Measured::unavailable(series.reason);
  const auto at = static_cast<Eigen::Index>(step);
  const Measured number = measured({series.mean[at], series.standard_error[at], ""}, observables.runs - 1.0);
  return number.available() ? with_spread_of(number, observables, series, at) : number;
}

}  // namespace

Measured measured(const Estimate& estimate, double degrees) {
  if (!estimate.available()) return Measured::unavailable(estimate.reason);
  if (!std::isfinite(estimate.value) || !std::isfinite(estimate.standard_error)) {
    return Measured::unavailable("not finite");
  }
  return {.value = estimate.value,
          .error = estimate.standard_error,
          .degrees = std::max(1.0, degrees),
          .reason = {},
          .spread = {}};
}

std::string replicates_of(const Observables& observables, Eigen::Index count) {
  const auto seed = observables.settings.find("seed");
  if (seed == observables.settings.end()) return "";
  const long dimension = observables.sizes.empty() ? observables.dimension : observables.sizes.back().dimension;
  return fmt::format("{}, seed {}, N = {}, {} replicates", observables.producer, seed->second, dimension, count);
}

Measured series_at(const Observables& observables, const std::string& name, std::size_t step) {
  return with_sizes(observables, [&](const Observables& size) { return of_series(size, name, step); });
}

std::string why_outside(const Observables& observables, double time) {
  const std::vector<double>& reported = observables.time;
  if (reported.empty()) return "no step was computed";
  const std::size_t last = reported.size() - 1;
  const double first_step = last == 0 ? 0.0 : reported[1] - reported[0];
  const double last_step = last == 0 ? 0.0 : reported[last] - reported[last - 1];
  if (time > reported[last] + 0.5 * last_step) return fmt::format("the run ends at t = {:g}", reported[last]);
  return time < reported[0] - 0.5 * first_step ? fmt::format("the first reported time is t = {:g}", reported[0]) : "";
}

Measured stop_value(const Observables& observables, const std::string& name) {
  return with_sizes(observables, [&](const Observables& size) {
    const auto found = size.at_stop.find(name);
    return found == size.at_stop.end() ? Measured::unavailable("not produced")
                                       : measured(found->second, size.runs - 1.0);
  });
}

}  // namespace sgdyn::figure
