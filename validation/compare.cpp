#include "sgdyn/validation/compare.hpp"

#include <algorithm>
#include <cmath>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/io/option_table.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/sim/extrapolate.hpp"
#include "sgdyn/validation/max_t.hpp"

namespace sgdyn {
namespace {

// Stands for an infinite z in documents that cannot hold one: a difference where both sides claim to be exact.
constexpr double unbounded_z = 1e300;
// Values both sides compute without sampling may differ by rounding.
constexpr double rounding = 1e-12;

// One contribution to the difference theory - simulation: a side, or one size of an extrapolated simulation.
struct Part {
  const Observables* source = nullptr;
  double weight = 1.0;
};

std::vector<Part> parts_of(const Observables& theory, const Observables& simulation) {
  std::vector<Part> parts{{&theory, 1.0}};
  if (simulation.sizes.empty()) {
    parts.push_back({&simulation, -1.0});
    return parts;
  }
  std::vector<long> dimensions;
  std::vector<int> runs;
  for (const Observables& size : simulation.sizes) {
    dimensions.push_back(size.dimension);
    runs.push_back(size.runs);
  }
  const std::vector<double> weights = extrapolation_weights(dimensions, runs);
  for (std::size_t g = 0; g < weights.size(); ++g) parts.push_back({&simulation.sizes[g], -weights[g]});
  return parts;
}

// Columns of the table: an observable both sides give, and where each step stands on either side.
struct Column {
  std::string observable;
  Eigen::Index theory = 0, simulation = 0;  // position among the reported steps
};

std::vector<Column> common_columns(const Observables& theory, const Observables& simulation) {
  std::vector<Column> columns;
  for (const ObservableInfo& info : observable_catalogue()) {
    const auto left = theory.series.find(std::string(info.name));
    const auto right = simulation.series.find(std::string(info.name));
    if (left == theory.series.end() || right == simulation.series.end()) continue;
    if (!left->second.available() || !right->second.available()) continue;
    for (std::size_t i = 0; i < theory.steps.size(); ++i) {
      const auto found = std::lower_bound(simulation.steps.begin(), simulation.steps.end(), theory.steps[i]);
      if (found == simulation.steps.end() || *found != theory.steps[i]) continue;
      columns.push_back({std::string(info.name), static_cast<Eigen::Index>(i), found - simulation.steps.begin()});
    }
  }
  return columns;
}

// What Series::from_counts added to the variance of a proportion, one count on each side.
double counting_variance(const std::vector<Part>& parts, Kind kind) {
  if (kind != Kind::proportion) return 0.0;
  double variance = 0.0;
  for (const Part& part : parts) {
    const double counts =
        static_cast<double>(part.source->runs) * static_cast<double>(part.source->samples_per_replicate);
    if (counts > 0.0) variance += part.weight * part.weight / (counts * counts);
  }
  return variance;
}

std::vector<ErrorGroup> error_groups(const std::vector<Part>& parts, const std::vector<Column>& columns) {
  std::vector<ErrorGroup> groups;
  for (const Part& part : parts) {
    const bool is_theory = &part == &parts.front();
    if (part.source->runs < 2) continue;  // a closed form has no error
    ErrorGroup group;
    group.weight = part.weight;
    group.replicates.resize(part.source->runs, static_cast<Eigen::Index>(columns.size()));
    for (std::size_t j = 0; j < columns.size(); ++j) {
      const Eigen::Index position = is_theory ? columns[j].theory : columns[j].simulation;
      group.replicates.col(static_cast<Eigen::Index>(j)) =
          part.source->at(columns[j].observable).replicates.col(position);
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

Pair make_pair(const Column& column, const Observables& theory, const Observables& simulation) {
  const Series& left = theory.at(column.observable);
  const Series& right = simulation.at(column.observable);
  Pair pair{.observable = column.observable,
            .step = theory.steps[static_cast<std::size_t>(column.theory)],
            .theory = left.mean[column.theory],
            .theory_stderr = left.standard_error[column.theory],
            .simulation = right.mean[column.simulation],
            .simulation_stderr = right.standard_error[column.simulation]};
  const double gap = pair.theory - pair.simulation;
  const double variance = pair.theory_stderr * pair.theory_stderr + pair.simulation_stderr * pair.simulation_stderr;
  if (variance > 0.0) {
    pair.z = std::clamp(gap / std::sqrt(variance), -unbounded_z, unbounded_z);
  } else if (std::fabs(gap) > rounding * std::max(1.0, std::fabs(pair.simulation))) {
    pair.z = std::copysign(unbounded_z, gap);
  }
  return pair;
}

double half_width(const Pair& pair, double threshold) {
  return threshold *
         std::sqrt(pair.theory_stderr * pair.theory_stderr + pair.simulation_stderr * pair.simulation_stderr);
}

// Shift of the largest size from the extrapolation, where it is largest among the steps compared, and its error.
void add_finite_size_shift(const std::vector<Part>& parts, const Observables& simulation,
                           const std::vector<Column>& columns, ObservableSummary& summary) {
  if (simulation.sizes.empty()) return;
  const Observables& largest = simulation.sizes.back();
  const Eigen::VectorXd shift = largest.at(summary.observable).mean - simulation.at(summary.observable).mean;
  Eigen::Index step = 0;
  for (const Column& column : columns) {
    if (column.observable != summary.observable || std::fabs(shift[column.simulation]) < summary.finite_size_shift)
      continue;
    step = column.simulation;
    summary.finite_size_shift = std::fabs(shift[step]);
  }
  double variance = 0.0;
  for (std::size_t g = 1; g < parts.size(); ++g) {
    const double weight = (parts[g].source == &largest ? 1.0 : 0.0) + parts[g].weight;
    const double error = parts[g].source->at(summary.observable).standard_error[step];
    variance += weight * weight * error * error;
  }
  summary.finite_size_error = std::sqrt(variance);
  if (summary.largest_value > 0.0) {
    summary.finite_size_shift /= summary.largest_value;
    summary.finite_size_error /= summary.largest_value;
  }
}

class Table {
 public:
  Table(const Observables& theory, const Observables& simulation, const ComparisonOptions& options)
      : theory_(theory), simulation_(simulation), options_(options), parts_(parts_of(theory, simulation)) {}

  Comparison judge() {
    Comparison result;
    result.false_alarm = options_.false_alarm;
    result.resolution = options_.resolution;
    const std::vector<Column> columns = common_columns(theory_, simulation_);
    if (columns.empty()) {
      result.reason = "theory and simulation share no observable at a common step";
      return result;
    }
    Eigen::VectorXd floor(static_cast<Eigen::Index>(columns.size()));
    for (std::size_t j = 0; j < columns.size(); ++j) {
      floor[static_cast<Eigen::Index>(j)] = counting_variance(parts_, observable_info(columns[j].observable).kind);
      result.pairs.push_back(make_pair(columns[j], theory_, simulation_));
    }
    calibrate(result, columns, floor);
    summarise(result, columns);
    decide(result);
    return result;
  }

 private:
  void calibrate(Comparison& result, const std::vector<Column>& columns, const Eigen::VectorXd& floor) const {
    // At least a hundred draws beyond the threshold, so that the rate itself is known to ten per cent.
    const int draws = std::clamp(static_cast<int>(std::ceil(100.0 / options_.false_alarm)), 2000, 200000);
    const std::vector<double> null = max_t_under_agreement(error_groups(parts_, columns), floor, draws, options_.seed);
    const auto beyond = static_cast<std::size_t>(options_.false_alarm * draws);
    result.threshold = null[null.size() - 1 - std::min(beyond, null.size() - 1)];
    double worst = 0.0;
    for (const Pair& pair : result.pairs) worst = std::max(worst, std::fabs(pair.z));
    const auto exceeding = null.end() - std::lower_bound(null.begin(), null.end(), worst);
    result.p_value = worst >= unbounded_z ? 0.0 : (1.0 + static_cast<double>(exceeding)) / (1.0 + draws);
  }

  void summarise(Comparison& result, const std::vector<Column>& columns) const {
    for (std::size_t first = 0; first < result.pairs.size();) {
      std::size_t end = first;
      ObservableSummary summary;
      summary.observable = result.pairs[first].observable;
      for (; end < result.pairs.size() && result.pairs[end].observable == summary.observable; ++end) {
        summary.largest_value = std::max(summary.largest_value, std::fabs(result.pairs[end].simulation));
      }
      for (std::size_t j = first; j < end; ++j) {
        Pair& pair = result.pairs[j];
        const double gap = pair.theory - pair.simulation;
        const double scale = summary.largest_value;
        pair.relative_gap = scale > 0.0 ? gap / scale : gap;
        const double width = half_width(pair, result.threshold);
        summary.largest_half_width = std::max(summary.largest_half_width, scale > 0.0 ? width / scale : width);
        if (std::fabs(pair.relative_gap) > std::fabs(summary.largest_gap)) summary.largest_gap = pair.relative_gap;
        if (std::fabs(pair.z) > std::fabs(summary.worst_z)) {
          summary.worst_z = pair.z;
          summary.worst_step = pair.step;
        }
      }
      if (std::fabs(summary.worst_z) > result.threshold) {
        summary.verdict = Verdict::disagree;
      } else {
        summary.verdict = summary.largest_half_width > options_.resolution ? Verdict::inconclusive : Verdict::agree;
      }
      add_finite_size_shift(parts_, simulation_, columns, summary);
      result.summaries.push_back(summary);
      first = end;
    }
  }

  void decide(Comparison& result) const {
    const auto with = [&result](Verdict verdict) {
      std::string names;
      for (const ObservableSummary& summary : result.summaries) {
        if (summary.verdict == verdict) names += (names.empty() ? "" : ", ") + summary.observable;
      }
      return names;
    };
    const std::string wrong = with(Verdict::disagree);
    const std::string wide = with(Verdict::inconclusive);
    const Observables& broken = theory_.status != Status::ok ? theory_ : simulation_;
    if (std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.source->runs == 2; })) {
      result.verdict = Verdict::inconclusive;
      result.reason =
          "two replicates are too few to calibrate a verdict; at least three runs and scramblings are needed";
    } else if (!wrong.empty()) {
      result.verdict = Verdict::disagree;
      result.reason = wrong + " beyond what the error bars allow";
    } else if (broken.status != Status::ok) {
      result.verdict = Verdict::inconclusive;
      result.reason = "the " + broken.producer + " did not finish: " + broken.message;
    } else if (!wide.empty()) {
      result.verdict = Verdict::inconclusive;
      result.reason =
          "the error bars of " + wide + " are wider than the resolution asked for; more runs or samples are needed";
    } else {
      result.verdict = Verdict::agree;
      result.reason = "every pair agrees within error bars finer than the resolution";
    }
    if (simulation_.sizes.empty() && result.verdict == Verdict::disagree) {
      result.reason += " (one N only: a finite-size shift is not excluded)";
    }
  }

  const Observables& theory_;
  const Observables& simulation_;
  const ComparisonOptions& options_;
  std::vector<Part> parts_;
};

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::agree: return "agree";
    case Verdict::disagree: return "disagree";
    case Verdict::not_applicable: return "not-applicable";
    case Verdict::inconclusive: break;
  }
  return "inconclusive";
}

ComparisonOptions read_comparison_options(OptionTable& table) {
  ComparisonOptions options;
  options.false_alarm = table.number("false_alarm", options.false_alarm,
                                     Range{.low = 1e-4, .high = 0.5, .low_open = false, .high_open = false});
  options.resolution = table.number("resolution", options.resolution, Range::positive());
  options.seed = static_cast<std::uint64_t>(table.integer("seed", static_cast<long>(options.seed), 0, 1L << 62));
  table.finish();
  return options;
}

Comparison compare(const Observables& theory, const Observables& simulation, const ComparisonOptions& options) {
  const Range rate{.low = 1e-4, .high = 0.5, .low_open = false, .high_open = false};
  if (!rate.contains(options.false_alarm)) {
    throw InputError("comparison.false_alarm",
                     shortest(options.false_alarm) + " is out of range; allowed is " + rate.describe("false_alarm"));
  }
  return Table(theory, simulation, options).judge();
}

}  // namespace sgdyn
