#include "sgdyn/observable/effective_temperature.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sgdyn {
namespace {

using Index = Eigen::Index;

// A drift of C(t,t) is harmless when it is small against the range 1 - C(t,t_w)/C(t_w,t_w) covers.
constexpr double tolerable_drift = 0.05;
// Or when it is not beyond so many standard errors, themselves within that range: what grows without bounds is nowhere
// significant, its largest replicate being all of its mean.
constexpr double drift_errors = 3.0;
constexpr double latest_opening = 0.75;     // of the run
constexpr double least_significance = 2.0;  // of the slope, in standard errors
constexpr int fewest_lags = 4;
constexpr std::size_t fewest_replicates = 3;  // so that each has others, and all but one still do
constexpr const char* too_few_replicates = "fewer than three replicates give no temperature with an error bar";

// Positions in a FluctuationDissipation.
struct Window {
  Index first = 0, last = 0;  // waiting steps
};

// One replicate's points of the fluctuation-dissipation plot, one a lag, averaged over the waiting times of a window.
struct Curve {
  Eigen::VectorXd x, y;    // 1 - C(t,t_w)/C(t_w,t_w) and chi(t,t_w)/C(t_w,t_w)
  Eigen::VectorXd weight;  // number of waiting times, the same for every replicate
  int shortest_lag = 0, longest_lag = 0;
};

class Estimator {
 public:
  Estimator(const FluctuationDissipation& relation, const FdtConditions& conditions)
      : relation_(relation), settled_(conditions.settled), shortest_lag_(std::max(1, conditions.shortest_lag)) {
    for (const int step : relation.waiting) {
      const auto found = std::lower_bound(relation.steps.begin(), relation.steps.end(), step);
      position_.push_back(found - relation.steps.begin());
    }
  }

  // The fit through all waiting times.
  [[nodiscard]] EffectiveTemperature of_all() const {
    if (relation_.correlation.size() < fewest_replicates) return no_effective_temperature(too_few_replicates);
    if (relation_.waiting.empty()) return no_effective_temperature("no waiting time was measured");
    return fit({0, waiting_count() - 1});
  }

  [[nodiscard]] EffectiveTemperature estimate() const {
    if (relation_.correlation.size() < fewest_replicates) return no_effective_temperature(too_few_replicates);
    if (relation_.waiting.size() < 2) {
      return no_effective_temperature("fewer than two waiting times were measured");
    }
    std::string drift;
    for (Index first = 0; first < waiting_count(); ++first) {
      const Window window{first, last_for(first)};
      if (window.last <= first || opening(first) > latest_opening) break;
      if (waiting(first) < settled_) {
        drift = "the learning rate still changes before step " + std::to_string(settled_);
        continue;
      }
      if (auto reason = drifts(window)) {
        drift = std::move(*reason);
        continue;
      }
      return fit(window);
    }
    if (drift.empty()) {
      return no_effective_temperature("the run is too short for lags of " + std::to_string(shortest_lag_) + " steps");
    }
    return no_effective_temperature("not stationary: " + drift + "; more steps may do");
  }

 private:
  [[nodiscard]] Index waiting_count() const { return static_cast<Index>(relation_.waiting.size()); }
  [[nodiscard]] int waiting(Index w) const { return relation_.waiting[static_cast<std::size_t>(w)]; }
  [[nodiscard]] int last_step() const { return relation_.steps.back(); }
  [[nodiscard]] double opening(Index w) const { return static_cast<double>(waiting(w)) / last_step(); }

  // The last waiting step not past the middle between the first and the end, and with lags long enough.
  [[nodiscard]] Index last_for(Index first) const {
    const int latest = std::min((waiting(first) + last_step()) / 2, last_step() - shortest_lag_ - fewest_lags);
    Index last = first;
    while (last + 1 < waiting_count() && waiting(last + 1) <= latest) ++last;
    return last;
  }

  // C(t_w, t_w) of one replicate.
  [[nodiscard]] double norm(std::size_t replicate, Index w) const {
    return relation_.correlation[replicate](position_[static_cast<std::size_t>(w)], w);
  }

  // What is not stationary in a window; nothing if all is.
  [[nodiscard]] std::optional<std::string> drifts(const Window& window) const {
    const std::string between =
        " between step " + std::to_string(waiting(window.first)) + " and step " + std::to_string(last_step());
    if (auto reason = beyond_tolerance(norm_change(window))) return "C(t,t) still changes by " + *reason + between;
    if (auto reason = beyond_tolerance(relaxation_change(window))) {
      return "1 - C(t,t_w)/C(t_w,t_w) at long lags still changes with t_w by " + *reason + between;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::string> beyond_tolerance(const Eigen::VectorXd& change) const {
    const Estimate drift = Estimate::from_replicates(change);
    const double scale = std::min(1.0, range());
    const double insignificant = std::min(scale, drift_errors * drift.standard_error);
    const double allowed = std::max(tolerable_drift * scale, insignificant);
    if (!(std::fabs(drift.value) > allowed)) return std::nullopt;  // also where all weights are zero
    return percent(drift.value) + " (fluctuations are " + percent(range()) + ", harmless would be " + percent(allowed) +
           ")";
  }

  // C(t,t) at the beginning of the window against its end, relative, of every replicate. The norm is known at all
  // waiting steps, of which those after the window count as well.
  [[nodiscard]] Eigen::VectorXd norm_change(const Window& window) const {
    const Index end = waiting_count();
    const Index opening = std::max<Index>(1, (end - window.first) / 20);
    const Index late = std::max<Index>(1, (end - window.first) / 3);
    return of_replicates([&](std::size_t s) {
      double before = 0.0, after = 0.0;
      for (Index w = 0; w < opening; ++w) before += norm(s, window.first + w) / static_cast<double>(opening);
      for (Index w = 0; w < late; ++w) after += norm(s, end - 1 - w) / static_cast<double>(late);
      return before == after ? 0.0 : after / before - 1.0;  // also where both are zero
    });
  }

  // A start that happens to have the norm of the stationary state is still another state: what it shares with later
  // ones tells. The longer half of the lags that follow both the first and the last waiting step.
  [[nodiscard]] Eigen::VectorXd relaxation_change(const Window& window) const {
    const int longest = last_step() - waiting(window.last);
    const auto relaxation = [&](std::size_t s, Index w) {
      double sum = 0.0, count = 0.0;
      for (Index i = position_[static_cast<std::size_t>(w)]; i < static_cast<Index>(relation_.steps.size()); ++i) {
        const int lag = relation_.steps[static_cast<std::size_t>(i)] - waiting(w);
        if (2 * lag < longest || lag > longest) continue;
        sum += 1.0 - relation_.correlation[s](i, w) / norm(s, w);
        count += 1.0;
      }
      return count > 0.0 ? sum / count : 0.0;
    };
    return of_replicates([&](std::size_t s) { return relaxation(s, window.last) - relaxation(s, window.first); });
  }

  [[nodiscard]] Eigen::VectorXd of_replicates(const auto& value) const {
    Eigen::VectorXd values(static_cast<Index>(relation_.correlation.size()));
    for (Index s = 0; s < values.size(); ++s) values[s] = value(static_cast<std::size_t>(s));
    return values;
  }

  static std::string percent(double part) {
    std::string text = std::to_string(std::round(1e4 * part) / 100.0);
    text.erase(text.find_last_not_of('0') + 1);
    return (text.back() == '.' ? text + "0" : text) + " %";
  }

  // Largest 1 - C(t,t_w)/C(t_w,t_w) of the mean curve after the waiting step nearest to the middle of the run.
  [[nodiscard]] double range() const {
    const auto later = std::lower_bound(relation_.waiting.begin(), relation_.waiting.end(), last_step() / 2);
    const Index w = std::min<Index>(later - relation_.waiting.begin(), waiting_count() - 1);
    double largest = 0.0;
    const auto rows = static_cast<Index>(relation_.steps.size());
    for (Index i = position_[static_cast<std::size_t>(w)]; i < rows; ++i) {
      double value = 0.0;
      for (std::size_t s = 0; s < relation_.correlation.size(); ++s) {
        value += 1.0 - relation_.correlation[s](i, w) / norm(s, w);
      }
      largest = std::max(largest, value / static_cast<double>(relation_.correlation.size()));
    }
    return largest;
  }

  [[nodiscard]] Curve curve(const Window& window, std::size_t replicate) const {
    std::map<int, std::array<double, 4>> sums;  // by lag: C, C(t_w,t_w), chi, number
    const auto rows = static_cast<Index>(relation_.steps.size());
    for (Index w = window.first; w <= window.last; ++w) {
      for (Index i = position_[static_cast<std::size_t>(w)]; i < rows; ++i) {
        const int lag = relation_.steps[static_cast<std::size_t>(i)] - waiting(w);
        if (lag < shortest_lag_) continue;
        auto& sum = sums[lag];
        sum[0] += relation_.correlation[replicate](i, w);
        sum[1] += norm(replicate, w);
        sum[2] += relation_.integrated_response[replicate](i, w);
        sum[3] += 1.0;
      }
    }
    const auto count = static_cast<Index>(sums.size());
    Curve result{.x = Eigen::VectorXd(count), .y = Eigen::VectorXd(count), .weight = Eigen::VectorXd(count)};
    if (count > 0) {
      result.shortest_lag = sums.begin()->first;
      result.longest_lag = sums.rbegin()->first;
    }
    Index k = 0;
    for (const auto& [lag, sum] : sums) {
      result.x[k] = 1.0 - sum[0] / sum[1];
      result.y[k] = sum[2] / sum[1];
      result.weight[k++] = sum[3];
    }
    return result;
  }

  // Slope through the curves of all replicates but `without` (-1: of all). Noise in x would flatten a plain
  // least-squares line; here what the *other* replicates say of x takes its place, whose noise is independent of y and
  // x.
  static double slope(const std::vector<Curve>& curves, long without) {
    const Eigen::VectorXd& weight = curves.front().weight;
    Eigen::VectorXd total = Eigen::VectorXd::Zero(weight.size());
    double used = 0.0;
    for (std::size_t s = 0; s < curves.size(); ++s) {
      if (static_cast<long>(s) == without) continue;
      total += curves[s].x;
      used += 1.0;
    }
    double xy = 0.0, xx = 0.0;
    for (std::size_t s = 0; s < curves.size(); ++s) {
      if (static_cast<long>(s) == without) continue;
      Eigen::VectorXd others = (total - curves[s].x) / (used - 1.0);
      others.array() -= others.dot(weight) / weight.sum();
      const Eigen::VectorXd weighted = others.cwiseProduct(weight);
      xy += weighted.dot(curves[s].y);
      xx += weighted.dot(curves[s].x);
    }
    return xy / xx;
  }

  [[nodiscard]] EffectiveTemperature fit(const Window& window) const {
    std::vector<Curve> curves;
    for (std::size_t s = 0; s < relation_.correlation.size(); ++s) curves.push_back(curve(window, s));
    if (curves.front().weight.size() < fewest_lags) {
      return no_effective_temperature("fewer than four lags were measured");
    }
    const auto count = static_cast<long>(curves.size());
    Eigen::VectorXd without_one(count);
    for (long s = 0; s < count; ++s) without_one[s] = slope(curves, s);
    const Estimate all = Estimate::from_jackknife(slope(curves, -1), without_one);
    // Also where nothing fluctuates and the slope is not a number.
    if (!(all.value > least_significance * all.standard_error)) {
      return no_effective_temperature("the slope of the fluctuation-dissipation plot is not positive beyond its error");
    }
    EffectiveTemperature result;
    result.temperature.value = 1.0 / all.value;
    result.temperature.standard_error = all.standard_error / (all.value * all.value);
    for (const Curve& curve : curves) {
      result.intercept +=
          curve.weight.dot(curve.y - all.value * curve.x) / (curve.weight.sum() * static_cast<double>(count));
    }
    result.window = {.first_waiting = waiting(window.first),
                     .last_waiting = waiting(window.last),
                     .shortest_lag = curves.front().shortest_lag,
                     .longest_lag = curves.front().longest_lag};
    return result;
  }

  const FluctuationDissipation& relation_;
  int settled_;
  int shortest_lag_;
  std::vector<Index> position_;  // of each waiting step among the steps
};

}  // namespace

EffectiveTemperature no_effective_temperature(std::string reason) {
  return {.temperature = Estimate::unavailable(std::move(reason)), .window = {}, .intercept = 0.0};
}

EffectiveTemperature effective_temperature(const FluctuationDissipation& relation, const FdtConditions& conditions) {
  return Estimator(relation, conditions).estimate();
}

EffectiveTemperature effective_temperature_between(const FluctuationDissipation& relation, const FdtWindow& window) {
  FluctuationDissipation selected{.steps = relation.steps, .waiting = {}, .correlation = {}, .integrated_response = {}};
  const auto first = std::lower_bound(relation.waiting.begin(), relation.waiting.end(), window.first_waiting);
  const auto end = std::upper_bound(first, relation.waiting.end(), window.last_waiting);
  selected.waiting.assign(first, end);
  const Index begin = first - relation.waiting.begin();
  for (std::size_t s = 0; s < relation.correlation.size(); ++s) {
    selected.correlation.emplace_back(relation.correlation[s].middleCols(begin, end - first));
    selected.integrated_response.emplace_back(relation.integrated_response[s].middleCols(begin, end - first));
  }
  return Estimator(selected, {.settled = 0, .shortest_lag = window.shortest_lag}).of_all();
}

FdtCurve fdt_curve(const FluctuationDissipation& relation, std::size_t waiting) {
  const auto begin = std::lower_bound(relation.steps.begin(), relation.steps.end(), relation.waiting[waiting]);
  const auto column = static_cast<Index>(waiting);
  const Index count = relation.steps.end() - begin;
  Eigen::MatrixXd x(static_cast<Index>(relation.correlation.size()), count);
  Eigen::MatrixXd y = x;
  for (Index s = 0; s < x.rows(); ++s) {
    const auto C = relation.correlation[static_cast<std::size_t>(s)].col(column).tail(count);
    const auto chi = relation.integrated_response[static_cast<std::size_t>(s)].col(column).tail(count);
    x.row(s) = (1.0 - C.array() / C[0]).transpose();
    y.row(s) = chi.transpose() / C[0];
  }
  FdtCurve curve;
  curve.waiting = *begin;
  curve.steps.assign(begin, relation.steps.end());
  curve.relaxation = Series::from_replicates(std::move(x));
  curve.integrated_response = Series::from_replicates(std::move(y));
  return curve;
}

}  // namespace sgdyn
