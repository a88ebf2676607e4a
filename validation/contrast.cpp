#include "sgdyn/validation/contrast.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/sim/extrapolate.hpp"
#include "sgdyn/validation/max_t.hpp"

namespace sgdyn {
namespace {

// Values computed without sampling may differ by rounding.
constexpr double rounding = 1e-12;

Eigen::Index position(const Part& part, const Column& column) {
  return part.is_theory ? column.theory : column.simulation;
}

// What Series::from_counts added to the variance of a proportion, one count for each source.
double counting_variance(const Contrast& contrast, const Column& column) {
  if (observable_info(column.observable).kind != Kind::proportion) return 0.0;
  double variance = 0.0;
  for (const Part& part : contrast) {
    const double counts =
        static_cast<double>(part.source->runs) * static_cast<double>(part.source->samples_per_replicate);
    if (counts > 0.0) variance += part.weight * part.weight / (counts * counts);
  }
  return variance;
}

std::vector<ErrorGroup> error_groups(const Contrast& contrast, const std::vector<Column>& columns) {
  std::vector<ErrorGroup> groups;
  for (const Part& part : contrast) {
    if (part.source->runs < 2) continue;  // a closed form has no error
    ErrorGroup group;
    group.weight = part.weight;
    group.replicates.resize(part.source->runs, static_cast<Eigen::Index>(columns.size()));
    for (std::size_t j = 0; j < columns.size(); ++j) {
      group.replicates.col(static_cast<Eigen::Index>(j)) =
          part.source->at(columns[j].observable).replicates.col(position(part, columns[j]));
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

// A response is compared while it exceeds a thousandth of the kick. As it dies its errors become those of a product,
// far from Gaussian, and would raise the threshold for everything else.
bool too_small_to_compare(const std::string& name, double theory) {
  constexpr double least_response = 1e-3;
  return is_response(name) && theory != 0.0 && std::fabs(theory) < least_response;
}

bool hardly_varies(const Observables& simulation, const Observables& theory, const Column& column) {
  const Series& expected = theory.at(column.observable);
  if (is_response(column.observable) || observable_info(column.observable).kind == Kind::proportion) return false;
  if (!(expected.standard_error[column.theory] > 0.0) || simulation.runs < 2) return false;
  const auto runs = simulation.at(column.observable).replicates.col(column.simulation);
  std::vector<double> values(runs.begin(), runs.end());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());  // a value that more than half have is the median
  const auto same = std::count(values.begin(), values.end(), *middle);
  const double gap = expected.mean[column.theory] - *middle;
  return 2 * same > static_cast<std::ptrdiff_t>(values.size()) &&
         std::fabs(gap) > rounding * std::max(1.0, std::fabs(*middle));
}

}  // namespace

std::vector<Column> common_columns(const Observables& theory, const Observables& simulation) {
  std::vector<Column> columns;
  for (const std::string& name : series_names(theory)) {
    const auto left = theory.series.find(name);
    const auto right = simulation.series.find(name);
    if (left == theory.series.end() || right == simulation.series.end()) continue;
    if (!left->second.available() || !right->second.available()) continue;
    for (std::size_t i = 0; i < theory.steps.size(); ++i) {
      const auto found = std::lower_bound(simulation.steps.begin(), simulation.steps.end(), theory.steps[i]);
      if (found == simulation.steps.end() || *found != theory.steps[i]) continue;
      if (too_small_to_compare(name, left->second.mean[static_cast<Eigen::Index>(i)])) continue;
      columns.push_back({name, static_cast<Eigen::Index>(i), found - simulation.steps.begin()});
    }
  }
  return columns;
}

std::vector<Column> take_unresolved(std::vector<Column>& columns, const Observables& theory,
                                    const Observables& simulation) {
  const auto resolved = [&](const Column& column) {
    return simulation.sizes.empty()
               ? !hardly_varies(simulation, theory, column)
               : std::none_of(simulation.sizes.begin(), simulation.sizes.end(),
                              [&](const Observables& size) { return hardly_varies(size, theory, column); });
  };
  const auto first = std::stable_partition(columns.begin(), columns.end(), resolved);
  std::vector<Column> taken(first, columns.end());
  columns.erase(first, columns.end());
  return taken;
}

Contrast theory_minus_sizes(const Observables& theory, const Observables& simulation,
                            const std::vector<double>& weights) {
  Contrast contrast{{&theory, true, 1.0}};
  for (std::size_t g = 0; g < weights.size(); ++g) {
    if (weights[g] != 0.0) contrast.push_back({&simulation.sizes[g], false, -weights[g]});
  }
  return contrast;
}

Contrast theory_minus_simulation(const Observables& theory, const Observables& simulation) {
  if (simulation.sizes.empty()) return {{&theory, true, 1.0}, {&simulation, false, -1.0}};
  std::vector<long> dimensions;
  std::vector<int> runs;
  for (const Observables& size : simulation.sizes) {
    dimensions.push_back(size.dimension);
    runs.push_back(size.runs);
  }
  return theory_minus_sizes(theory, simulation, extrapolation_weights(dimensions, runs));
}

double studentised(double value, double error, double scale) {
  if (error > 0.0) return std::clamp(value / error, -unbounded_z, unbounded_z);
  return std::fabs(value) > rounding * std::max(1.0, scale) ? std::copysign(unbounded_z, value) : 0.0;
}

Deviations measure(const Contrast& contrast, const std::vector<Column>& columns) {
  const auto count = static_cast<Eigen::Index>(columns.size());
  Deviations result{Eigen::VectorXd(count), Eigen::VectorXd(count)};
  for (Eigen::Index j = 0; j < count; ++j) {
    const Column& column = columns[static_cast<std::size_t>(j)];
    double value = 0.0;
    double variance = 0.0;
    double scale = 0.0;
    for (const Part& part : contrast) {
      const Series& series = part.source->at(column.observable);
      const double term = part.weight * series.mean[position(part, column)];
      const double error = part.weight * series.standard_error[position(part, column)];
      value += term;
      variance += error * error;
      scale += std::fabs(term);
    }
    result.value[j] = value;
    result.z[j] = studentised(value, std::sqrt(variance), scale);
  }
  return result;
}

std::vector<double> null_law(const Contrast& contrast, const std::vector<Column>& columns, int draws,
                             std::uint64_t seed, const Execution& execution) {
  Eigen::VectorXd floor(static_cast<Eigen::Index>(columns.size()));
  for (std::size_t j = 0; j < columns.size(); ++j) {
    floor[static_cast<Eigen::Index>(j)] = counting_variance(contrast, columns[j]);
  }
  return max_t_under_agreement(error_groups(contrast, columns), floor, draws, seed, execution);
}

double upper_quantile(const std::vector<double>& ascending, double rate) {
  const auto beyond = static_cast<std::size_t>(rate * static_cast<double>(ascending.size()));
  return ascending[ascending.size() - 1 - std::min(beyond, ascending.size() - 1)];
}

int draws_for(double rate) { return std::clamp(static_cast<int>(std::ceil(100.0 / rate)), 2000, 200000); }

}  // namespace sgdyn
