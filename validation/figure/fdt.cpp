#include "sgdyn/validation/figure/fdt.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "sgdyn/observable/effective_temperature.hpp"
#include "sgdyn/validation/figure/observed.hpp"

namespace sgdyn::figure {
namespace {

using Eigen::Index;

constexpr const char* too_few_replicates = "fewer than two replicates give no error bar";
constexpr double window_ratio = 1.6;  // of the ends of a window of lags

// A curve of the plot without error bars.
struct Line {
  Eigen::VectorXd x, y;
};

Index begin_of(const FluctuationDissipation& relation, Index waiting) {
  const int step = relation.waiting[static_cast<std::size_t>(waiting)];
  return std::lower_bound(relation.steps.begin(), relation.steps.end(), step) - relation.steps.begin();
}

std::size_t replicates(const Observables& observables) {
  return observables.fluctuation_dissipation ? observables.fluctuation_dissipation->correlation.size() : 0;
}

// A function of the mean over replicates, with the error of the jackknife: `value(left_out)`, -1 leaving nothing out.
// At least two replicates.
Measured jackknife(const Observables& observables, const std::function<double(long)>& value) {
  Eigen::VectorXd without_one(static_cast<Index>(replicates(observables)));
  for (Index s = 0; s < without_one.size(); ++s) without_one[s] = value(s);
  const Estimate all = Estimate::from_jackknife(value(-1), without_one);
  const double n = static_cast<double>(without_one.size());
  Measured result{.value = all.value, .error = all.standard_error, .degrees = n - 1.0, .reason = {}, .spread = {}};
  if (!std::isfinite(result.value) || !std::isfinite(result.error)) {
    return Measured::unavailable("nothing fluctuates or nothing responds");
  }
  // Without a replicate the value moves the other way.
  const std::string name = replicates_of(observables, without_one.size());
  if (!name.empty()) result.spread[name] = (without_one.mean() - without_one.array()) * std::sqrt((n - 1.0) / n);
  return result;
}

// The mean of the curves of all replicates but one (-1: of all).
Line mean_line(const FdtCurve& curve, long left_out) {
  const auto mean = [left_out](const Eigen::MatrixXd& rows) {
    Eigen::RowVectorXd total = rows.colwise().sum();
    double used = static_cast<double>(rows.rows());
    if (left_out >= 0) {
      total -= rows.row(left_out);
      used -= 1.0;
    }
    return Eigen::VectorXd(total.transpose() / used);
  };
  return {mean(curve.relaxation.replicates), mean(curve.integrated_response.replicates)};
}

double inverse_slope(const Line& line, Index count) {
  const Eigen::ArrayXd x = line.x.tail(count).array() - line.x.tail(count).mean();
  const Eigen::ArrayXd y = line.y.tail(count).array() - line.y.tail(count).mean();
  return (x * x).sum() / (x * y).sum();
}

// Waiting times from the middle of the run to three quarters of it: their curves are all at least a quarter long.
std::vector<Index> third_quarter(const FluctuationDissipation& relation) {
  std::vector<Index> chosen;
  const int end = relation.steps.back();
  for (std::size_t w = 0; w < relation.waiting.size(); ++w) {
    const int step = relation.waiting[w];
    if (2 * step >= end && 4 * step <= 3 * end) chosen.push_back(static_cast<Index>(w));
  }
  return chosen;
}

// Position of the lags a window begins and ends with, in reported steps.
std::vector<Index> window_ends(Index longest) {
  std::vector<Index> ends{1};
  while (static_cast<double>(ends.back()) * window_ratio <= static_cast<double>(longest)) {
    const auto next = static_cast<Index>(std::lround(static_cast<double>(ends.back()) * window_ratio));
    ends.push_back(std::max(next, ends.back() + 1));
  }
  return ends;
}

}  // namespace

Eigen::Index waiting_near(const Observables& observables, double time) {
  if (!observables.fluctuation_dissipation || !why_outside(observables, time).empty()) return -1;
  const FluctuationDissipation& relation = *observables.fluctuation_dissipation;
  Index best = -1;
  double distance = 0.0;
  for (std::size_t w = 0; w < relation.waiting.size(); ++w) {
    const auto found = std::lower_bound(observables.steps.begin(), observables.steps.end(), relation.waiting[w]);
    if (found == observables.steps.end()) continue;
    const double at = observables.time[static_cast<std::size_t>(found - observables.steps.begin())];
    if (best < 0 || std::fabs(at - time) < distance) {
      best = static_cast<Index>(w);
      distance = std::fabs(at - time);
    }
  }
  return best;
}

std::vector<Dot> fdt_curve(const Observables& observables, Eigen::Index waiting) {
  std::vector<Dot> dots;
  const std::size_t count = replicates(observables);
  if (count < 2 || waiting < 0) return dots;
  const FdtCurve curve = sgdyn::fdt_curve(*observables.fluctuation_dissipation, static_cast<std::size_t>(waiting));
  for (Index i = 0; i < curve.relaxation.mean.size(); ++i) {
    dots.push_back({curve.relaxation.mean[i], curve.relaxation.standard_error[i], curve.integrated_response.mean[i],
                    curve.integrated_response.standard_error[i]});
  }
  return dots;
}

Measured last_slope(const Observables& observables, Eigen::Index waiting, int count) {
  if (waiting < 0) return Measured::unavailable("no fluctuation-dissipation relation was measured");
  const FluctuationDissipation& relation = *observables.fluctuation_dissipation;
  const Index length = static_cast<Index>(relation.steps.size()) - begin_of(relation, waiting);
  if (length < count) return Measured::unavailable("the curve is shorter than the steps asked for");
  if (relation.correlation.size() < 2) return Measured::unavailable(too_few_replicates);
  const FdtCurve curve = sgdyn::fdt_curve(relation, static_cast<std::size_t>(waiting));
  return jackknife(observables, [&](long left_out) { return inverse_slope(mean_line(curve, left_out), count); });
}

double LocalTemperature::lag() const { return std::sqrt(from * to); }

std::vector<LocalTemperature> local_temperatures(const Observables& observables) {
  std::vector<LocalTemperature> windows;
  if (replicates(observables) < 2) return windows;
  const FluctuationDissipation& relation = *observables.fluctuation_dissipation;
  const std::vector<Index> waiting = third_quarter(relation);
  if (waiting.empty()) return windows;
  Index longest = static_cast<Index>(relation.steps.size());
  for (const Index w : waiting)
    longest = std::min(longest, static_cast<Index>(relation.steps.size()) - begin_of(relation, w) - 1);
  std::vector<FdtCurve> curves;
  curves.reserve(waiting.size());
  for (const Index w : waiting) curves.push_back(sgdyn::fdt_curve(relation, static_cast<std::size_t>(w)));
  const double dt = observables.time.back() / static_cast<double>(observables.time.size() - 1);
  const std::vector<Index> ends = window_ends(longest);
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const auto value = [&](long left_out) {
      double dx = 0.0, dy = 0.0;
      for (const FdtCurve& curve : curves) {
        const Line line = mean_line(curve, left_out);
        dx += line.x[ends[i + 1]] - line.x[ends[i]];
        dy += line.y[ends[i + 1]] - line.y[ends[i]];
      }
      return dx / dy;
    };
    windows.push_back(
        {dt * static_cast<double>(ends[i]), dt * static_cast<double>(ends[i + 1]), jackknife(observables, value)});
  }
  return windows;
}

Measured secant_temperature(const Observables& observables, Eigen::Index waiting) {
  if (waiting < 0) return Measured::unavailable("no fluctuation-dissipation relation was measured");
  if (replicates(observables) < 2) return Measured::unavailable(too_few_replicates);
  const FdtCurve curve = sgdyn::fdt_curve(*observables.fluctuation_dissipation, static_cast<std::size_t>(waiting));
  return jackknife(observables, [&](long left_out) {
    const Line line = mean_line(curve, left_out);
    return line.x[line.x.size() - 1] / line.y[line.y.size() - 1];
  });
}

}  // namespace sgdyn::figure
