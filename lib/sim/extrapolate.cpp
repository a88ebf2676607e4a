#include "sgdyn/sim/extrapolate.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "sgdyn/core/parameters.hpp"

namespace sgdyn {
namespace {

std::string percent(double part) { return shortest(std::round(1e3 * part) / 10.0) + " %"; }

constexpr const char* too_few_sizes = "extrapolation in 1/N needs at least two different N";

// Sum of w_g x_g. Sizes that agree to the last bit have nothing to extrapolate, and no rounding is added to them.
template <class Part>
Eigen::MatrixXd weighted_mean(const std::vector<Observables>& sizes, const std::vector<double>& weights, Part part) {
  const Eigen::MatrixXd first = part(sizes.front());
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(first.rows(), first.cols());
  Eigen::ArrayXX<bool> equal = Eigen::ArrayXX<bool>::Constant(first.rows(), first.cols(), true);
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    const Eigen::MatrixXd value = part(sizes[g]);
    sum += weights[g] * value;
    equal = equal && value.array() == first.array();
  }
  return equal.select(first, sum);
}

template <class Part>
Eigen::MatrixXd weighted_error(const std::vector<Observables>& sizes, const std::vector<double>& weights, Part part) {
  Eigen::MatrixXd sum = (weights[0] * part(sizes[0])).cwiseAbs2();
  for (std::size_t g = 1; g < sizes.size(); ++g) sum += (weights[g] * part(sizes[g])).cwiseAbs2();
  return sum.cwiseSqrt();
}

Series extrapolate_series(const std::vector<Observables>& sizes, const std::vector<double>& weights,
                          const std::string& name, Eigen::Index steps) {
  for (const Observables& size : sizes) {
    const auto found = size.series.find(name);
    if (found == size.series.end()) return Series::unavailable("not measured at every N");
    if (!found->second.available()) return Series::unavailable(found->second.reason);
  }
  Series result;
  result.mean = weighted_mean(
      sizes, weights, [&](const Observables& size) -> Eigen::MatrixXd { return size.at(name).mean.head(steps); });
  result.standard_error = weighted_error(sizes, weights, [&](const Observables& size) -> Eigen::MatrixXd {
    return size.at(name).standard_error.head(steps);
  });
  return result;
}

TwoTime extrapolate_array(const std::vector<Observables>& sizes, const std::vector<double>& weights,
                          const std::string& name, Eigen::Index steps) {
  return {weighted_mean(sizes, weights,
                        [&](const Observables& size) -> Eigen::MatrixXd {
                          return size.two_time.at(name).mean.topLeftCorner(steps, steps);
                        }),
          weighted_error(sizes, weights, [&](const Observables& size) -> Eigen::MatrixXd {
            return size.two_time.at(name).standard_error.topLeftCorner(steps, steps);
          })};
}

// Why what holds at the stop has no limit; nothing if it has. Which runs stop in time depends on N: where some do not,
// those that did are a different selection at every N.
std::optional<std::string> why_no_stop(const Observables& size, const std::string& name) {
  constexpr double most_runs = 0.95;
  const auto found = size.at_stop.find(name);
  const auto converged = size.at_stop.find("converged_fraction");
  if (found == size.at_stop.end() || converged == size.at_stop.end()) return "not measured at every N";
  const std::string where = "at N = " + std::to_string(size.dimension) + ": ";
  if (!found->second.available()) return where + found->second.reason;
  if (!converged->second.available()) return where + converged->second.reason;
  if (converged->second.value >= most_runs) return std::nullopt;
  return where + "only " + percent(converged->second.value) + " of the runs stopped";
}

Estimate extrapolate_stop(const std::vector<Observables>& sizes, const std::vector<double>& weights,
                          const std::string& name) {
  if (name == "converged_fraction") return sizes.back().at_stop.at(name);
  for (const Observables& size : sizes) {
    if (auto reason = why_no_stop(size, name)) return Estimate::unavailable(std::move(*reason));
  }
  const auto number = [&](double Estimate::*part) {
    return [&name, part](const Observables& size) -> Eigen::MatrixXd {
      return Eigen::MatrixXd::Constant(1, 1, size.at_stop.at(name).*part);
    };
  };
  return {.value = weighted_mean(sizes, weights, number(&Estimate::value))(0, 0),
          .standard_error = weighted_error(sizes, weights, number(&Estimate::standard_error))(0, 0),
          .reason = ""};
}

// The reported steps all sizes share, which are those of the shortest.
std::vector<int> common_steps(const std::vector<Observables>& sizes) {
  std::vector<int> common = sizes.front().steps;
  for (const Observables& size : sizes) {
    if (size.steps.size() < common.size()) common.resize(size.steps.size());
    if (!std::equal(common.begin(), common.end(), size.steps.begin())) {
      throw std::invalid_argument("extrapolate: the sizes report different steps");
    }
  }
  return common;
}

// An interruption outweighs whatever happened to the part that was computed.
void combine_status(Observables& result, const std::vector<Observables>& sizes) {
  for (const Observables& size : sizes) {
    if (size.status == Status::ok) continue;
    if (result.status == Status::ok || size.status == Status::interrupted) result.status = size.status;
    result.message += (result.message.empty() ? "" : "; ") + size.message;
  }
}

void describe(Observables& result, const std::vector<Observables>& sizes, const std::vector<double>& weights) {
  result.settings = sizes.back().settings;
  std::string dimensions;
  std::string runs;
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    const std::string separator = g == 0 ? "" : ", ";
    dimensions += separator + std::to_string(sizes[g].dimension);
    runs += separator + std::to_string(sizes[g].runs);
    result.runs += sizes[g].runs;
    result.diagnostics["weight of N = " + std::to_string(sizes[g].dimension)] = weights[g];
  }
  result.settings["dimension"] = dimensions;
  result.settings["runs"] = runs;
}

}  // namespace

// Lagrange multipliers: w_g = p_g (a + b / N_g) with p_g = N_g runs_g the inverse variance, that is weighted least
// squares of x on (1, 1/N). Written with x_g = N_max / N_g so that the sums are of comparable size.
std::vector<double> extrapolation_weights(const std::vector<long>& dimensions, const std::vector<int>& runs) {
  if (dimensions.size() != runs.size()) throw std::invalid_argument("extrapolation_weights: one number of runs per N");
  if (dimensions.empty()) throw std::invalid_argument(too_few_sizes);
  const auto [low, high] = std::minmax_element(dimensions.begin(), dimensions.end());
  if (*low == *high) throw std::invalid_argument(too_few_sizes);

  const auto largest = static_cast<double>(*high);
  double total = 0.0;
  double mean = 0.0;
  for (std::size_t g = 0; g < runs.size(); ++g) {
    const double precision = static_cast<double>(dimensions[g]) / largest * runs[g];
    total += precision;
    mean += runs[g];  // precision * x_g
  }
  mean /= total;
  double spread = 0.0;
  for (std::size_t g = 0; g < runs.size(); ++g) {
    const double x = largest / static_cast<double>(dimensions[g]);
    spread += runs[g] / x * (x - mean) * (x - mean);
  }
  std::vector<double> weights;
  for (std::size_t g = 0; g < runs.size(); ++g) {
    const double x = largest / static_cast<double>(dimensions[g]);
    weights.push_back(runs[g] / x * (1.0 / total - mean * (x - mean) / spread));
  }
  return weights;
}

// With v_g = w_g / sqrt(p_g) the variance is |v|^2: the least of all v that obey the three conditions.
std::vector<double> quadratic_extrapolation_weights(const std::vector<long>& dimensions, const std::vector<int>& runs) {
  if (dimensions.size() != runs.size()) throw std::invalid_argument("extrapolation_weights: one number of runs per N");
  if (std::set<long>(dimensions.begin(), dimensions.end()).size() < 3) {
    throw std::invalid_argument("extrapolation in 1/N and 1/N^2 needs at least three different N");
  }
  const auto largest = static_cast<double>(*std::max_element(dimensions.begin(), dimensions.end()));
  const auto count = static_cast<Eigen::Index>(runs.size());
  Eigen::VectorXd root(count);  // of the precision p_g
  Eigen::MatrixXd conditions(3, count);
  for (Eigen::Index g = 0; g < count; ++g) {
    const double x = largest / static_cast<double>(dimensions[static_cast<std::size_t>(g)]);
    root[g] = std::sqrt(runs[static_cast<std::size_t>(g)] / x);
    conditions(0, g) = root[g];
    conditions(1, g) = root[g] * x;
    conditions(2, g) = root[g] * x * x;
  }
  const Eigen::VectorXd unbiased = Eigen::VectorXd::Unit(3, 0);
  const Eigen::VectorXd weights =
      root.cwiseProduct(conditions.completeOrthogonalDecomposition().solve(unbiased).eval());
  return {weights.begin(), weights.end()};
}

Observables extrapolate(std::vector<Observables> sizes) {
  std::sort(sizes.begin(), sizes.end(),
            [](const Observables& a, const Observables& b) { return a.dimension < b.dimension; });
  std::vector<long> dimensions;
  std::vector<int> runs;
  for (const Observables& size : sizes) {
    dimensions.push_back(size.dimension);
    runs.push_back(size.runs);
  }
  const std::vector<double> weights = extrapolation_weights(dimensions, runs);

  Observables result;
  result.producer = sizes.front().producer;
  result.steps = common_steps(sizes);
  const auto count = static_cast<Eigen::Index>(result.steps.size());
  result.time.assign(sizes.front().time.begin(), sizes.front().time.begin() + count);
  for (const auto& [name, series] : sizes.front().series) {
    result.series[name] = extrapolate_series(sizes, weights, name, count);
  }
  for (const auto& [name, array] : sizes.front().two_time) {
    const bool everywhere = std::all_of(sizes.begin(), sizes.end(),
                                        [&key = name](const Observables& size) { return size.two_time.contains(key); });
    if (everywhere) result.two_time[name] = extrapolate_array(sizes, weights, name, count);
  }
  for (const auto& [name, estimate] : sizes.front().at_stop) {
    result.at_stop[name] = extrapolate_stop(sizes, weights, name);
  }
  result.fluctuation_dissipation = sizes.back().fluctuation_dissipation;
  result.effective_temperature = sizes.back().effective_temperature;
  combine_status(result, sizes);
  describe(result, sizes, weights);
  result.sizes = std::move(sizes);
  return result;
}

}  // namespace sgdyn
