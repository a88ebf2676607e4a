#include "sgdyn/validation/finite_size.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "sgdyn/sim/extrapolate.hpp"

namespace sgdyn {
namespace {

struct Design {
  std::vector<long> dimensions;
  std::vector<int> runs;
};

Design design_of(const Observables& simulation) {
  Design design;
  for (const Observables& size : simulation.sizes) {
    design.dimensions.push_back(size.dimension);
    design.runs.push_back(size.runs);
  }
  return design;
}

// Extrapolation weights with zeros for the smallest N. The sizes ascend.
std::vector<double> weights_without_smallest(const Design& design) {
  const auto dropped = std::upper_bound(design.dimensions.begin(), design.dimensions.end(), design.dimensions.front()) -
                       design.dimensions.begin();
  const std::vector<double> kept = extrapolation_weights({design.dimensions.begin() + dropped, design.dimensions.end()},
                                                         {design.runs.begin() + dropped, design.runs.end()});
  std::vector<double> weights(static_cast<std::size_t>(dropped), 0.0);
  weights.insert(weights.end(), kept.begin(), kept.end());
  return weights;
}

// The difference of the two extrapolations is, up to a factor, the least-squares estimate of the 1/N^2 term: orthogonal
// to a constant and to 1/N, so that neither the theory nor a linear shift enters.
Contrast lack_of_fit_contrast(const Observables& simulation, const Design& design) {
  const std::vector<double> linear = extrapolation_weights(design.dimensions, design.runs);
  const std::vector<double> quadratic = quadratic_extrapolation_weights(design.dimensions, design.runs);
  Contrast contrast;
  for (std::size_t g = 0; g < linear.size(); ++g) {
    contrast.push_back({&simulation.sizes[g], false, quadratic[g] - linear[g]});
  }
  return contrast;
}

}  // namespace

Eigen::Index Look::worst() const {
  Eigen::Index pair = 0;
  deviations.z.cwiseAbs().maxCoeff(&pair);
  return pair;
}

bool Look::beyond(Eigen::Index pair, double sign) const {
  return std::copysign(1.0, sign) * deviations.z[pair] > threshold;
}

bool Look::any_beyond() const { return deviations.z.size() > 0 && std::fabs(deviations.z[worst()]) > threshold; }

bool FiniteSizeLooks::survived_by(Eigen::Index pair, double sign) const {
  return without_smallest.beyond(pair, sign) && (!nonlinear() || quadratic.beyond(pair, sign));
}

int distinct_sizes(const Observables& simulation) {
  std::set<long> dimensions;
  for (const Observables& size : simulation.sizes) dimensions.insert(size.dimension);
  return std::max(1, static_cast<int>(dimensions.size()));
}

FiniteSizeLooks look_again(const Observables& theory, const Observables& simulation, const std::vector<Column>& columns,
                           const ComparisonOptions& options, const Execution& execution) {
  FiniteSizeLooks looks;
  const auto look = [&](const Contrast& contrast, double rate) {
    Look one{.deviations = measure(contrast, columns)};
    const std::vector<double> null = null_law(contrast, columns, draws_for(rate), options.seed, execution);
    looks.stopped = looks.stopped || null.empty();
    if (!null.empty()) one.threshold = upper_quantile(null, rate);
    return one;
  };
  const Design design = design_of(simulation);
  looks.smallest = design.dimensions.front();
  looks.without_smallest =
      look(theory_minus_sizes(theory, simulation, weights_without_smallest(design)), options.false_alarm);
  looks.lack_of_fit = look(lack_of_fit_contrast(simulation, design), lack_of_fit_level);
  if (looks.nonlinear()) {
    const std::vector<double> weights = quadratic_extrapolation_weights(design.dimensions, design.runs);
    looks.quadratic = look(theory_minus_sizes(theory, simulation, weights), options.false_alarm);
  }
  return looks;
}

void add_finite_size_shift(const Observables& theory, const Observables& simulation, const std::vector<Column>& columns,
                           ObservableSummary& summary) {
  if (simulation.sizes.empty()) return;
  const Observables& largest = simulation.sizes.back();
  Eigen::Index step = 0;
  for (const Column& column : columns) {
    if (column.observable != summary.observable) continue;
    const double shift = std::fabs(largest.at(column.observable).mean[column.simulation] -
                                   simulation.at(column.observable).mean[column.simulation]);
    if (shift < summary.finite_size_shift) continue;
    step = column.simulation;
    summary.finite_size_shift = shift;
  }
  double variance = 0.0;
  for (const Part& part : theory_minus_simulation(theory, simulation)) {
    if (part.is_theory) continue;
    const double weight = (part.source == &largest ? 1.0 : 0.0) + part.weight;
    const double error = part.source->at(summary.observable).standard_error[step];
    variance += weight * weight * error * error;
  }
  summary.finite_size_error = std::sqrt(variance);
  if (summary.largest_value > 0.0) {
    summary.finite_size_shift /= summary.largest_value;
    summary.finite_size_error /= summary.largest_value;
  }
}

}  // namespace sgdyn
