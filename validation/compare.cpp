#include "sgdyn/validation/compare.hpp"

#include <algorithm>
#include <cmath>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/io/option_table.hpp"
#include "sgdyn/validation/contrast.hpp"
#include "sgdyn/validation/finite_size.hpp"
#include "sgdyn/validation/reasons.hpp"

namespace sgdyn {
namespace {

Pair make_pair(const Column& column, const Observables& theory, const Observables& simulation) {
  const Series& left = theory.at(column.observable);
  const Series& right = simulation.at(column.observable);
  Pair pair{.observable = column.observable,
            .step = theory.steps[static_cast<std::size_t>(column.theory)],
            .theory = left.mean[column.theory],
            .theory_stderr = left.standard_error[column.theory],
            .simulation = right.mean[column.simulation],
            .simulation_stderr = right.standard_error[column.simulation]};
  const double variance = pair.theory_stderr * pair.theory_stderr + pair.simulation_stderr * pair.simulation_stderr;
  pair.z = studentised(pair.theory - pair.simulation, std::sqrt(variance), std::fabs(pair.simulation));
  return pair;
}

double half_width(const Pair& pair, double threshold) {
  return threshold *
         std::sqrt(pair.theory_stderr * pair.theory_stderr + pair.simulation_stderr * pair.simulation_stderr);
}

class Table {
 public:
  Table(const Observables& theory, const Observables& simulation, const ComparisonOptions& options,
        const Execution& execution)
      : theory_(theory),
        simulation_(simulation),
        options_(options),
        execution_(execution),
        columns_(common_columns(theory, simulation)),
        unresolved_(take_unresolved(columns_, theory, simulation)) {}

  Comparison judge() {
    result_.of_minimiser = theory_.of_minimiser;
    result_.false_alarm = options_.false_alarm;
    result_.resolution = options_.resolution;
    if (columns_.empty()) {
      result_.reason = !unresolved_.empty() ? describe_unresolved(unresolved_, theory_, simulation_)
                                            : "theory and simulation share no observable at a common step";
      return result_;
    }
    for (const Column& column : columns_) result_.pairs.push_back(make_pair(column, theory_, simulation_));
    if (!calibrate()) {
      result_.reason = "stopped before it was known how large deviations get by chance";
      return result_;
    }
    summarise();
    if (distinct_sizes(simulation_) >= 3 && any(Verdict::disagree)) doubt_extrapolation();
    decide();
    return result_;
  }

 private:
  // False if stopped.
  bool calibrate() {
    const std::vector<double> null = null_law(theory_minus_simulation(theory_, simulation_), columns_,
                                              draws_for(options_.false_alarm), options_.seed, execution_);
    if (null.empty()) return false;
    result_.threshold = upper_quantile(null, options_.false_alarm);
    double worst = 0.0;
    for (const Pair& pair : result_.pairs) worst = std::max(worst, std::fabs(pair.z));
    const auto exceeding = static_cast<double>(null.end() - std::lower_bound(null.begin(), null.end(), worst));
    result_.p_value = worst >= unbounded_z ? 0.0 : (1.0 + exceeding) / (1.0 + static_cast<double>(null.size()));
    return true;
  }

  void summarise() {
    for (std::size_t first = 0; first < result_.pairs.size();) {
      std::size_t end = first;
      while (end < result_.pairs.size() && result_.pairs[end].observable == result_.pairs[first].observable) ++end;
      result_.summaries.push_back(summary_of(first, end));
      first = end;
    }
  }

  // An overlap or an intercept that symmetry keeps at zero has no scale but that of the weights.
  [[nodiscard]] double largest_value(std::size_t first, std::size_t end) const {
    const std::string& name = result_.pairs[first].observable;
    double largest = 0.0;
    bool stays_zero = (name == "overlap" || name == "intercept") && simulation_.series.contains("norm");
    for (std::size_t j = first; j < end; ++j) {
      largest = std::max(largest, std::fabs(result_.pairs[j].simulation));
      stays_zero = stays_zero && result_.pairs[j].theory == 0.0 && result_.pairs[j].theory_stderr == 0.0;
    }
    if (!stays_zero || !simulation_.at("norm").available()) return largest;
    return std::max(largest, std::sqrt(simulation_.at("norm").mean.maxCoeff()));
  }

  // Of the pairs [first, end), whose relative gaps it fills in.
  ObservableSummary summary_of(std::size_t first, std::size_t end) {
    ObservableSummary summary;
    summary.observable = result_.pairs[first].observable;
    summary.largest_value = largest_value(first, end);
    const double scale = summary.largest_value > 0.0 ? summary.largest_value : 1.0;
    for (std::size_t j = first; j < end; ++j) {
      Pair& pair = result_.pairs[j];
      pair.relative_gap = (pair.theory - pair.simulation) / scale;
      summary.largest_half_width = std::max(summary.largest_half_width, half_width(pair, result_.threshold) / scale);
      if (std::fabs(pair.relative_gap) > std::fabs(summary.largest_gap)) summary.largest_gap = pair.relative_gap;
      if (std::fabs(pair.z) > std::fabs(summary.worst_z)) {
        summary.worst_z = pair.z;
        summary.worst_step = pair.step;
      }
    }
    summary.verdict = summary.largest_half_width > options_.resolution ? Verdict::inconclusive : Verdict::agree;
    if (std::fabs(summary.worst_z) > result_.threshold) summary.verdict = Verdict::disagree;
    add_finite_size_shift(theory_, simulation_, columns_, summary);
    return summary;
  }

  // An observable stays wrong if one of its pairs is wrong however the sizes are extrapolated.
  void doubt_extrapolation() {
    looks_ = look_again(theory_, simulation_, columns_, options_, execution_);
    for (ObservableSummary& summary : result_.summaries) {
      if (summary.verdict != Verdict::disagree) continue;
      bool survives = false;
      for (std::size_t j = 0; j < result_.pairs.size() && !looks_.stopped; ++j) {
        const Pair& pair = result_.pairs[j];
        survives = survives || (pair.observable == summary.observable && std::fabs(pair.z) > result_.threshold &&
                                looks_.survived_by(static_cast<Eigen::Index>(j), pair.z));
      }
      summary.finite_size_suspected = !survives;
      if (!survives) summary.verdict = Verdict::inconclusive;
    }
  }

  [[nodiscard]] bool any(Verdict verdict) const {
    return std::any_of(result_.summaries.begin(), result_.summaries.end(),
                       [verdict](const ObservableSummary& summary) { return summary.verdict == verdict; });
  }

  [[nodiscard]] bool two_replicates_somewhere() const {
    const Contrast contrast = theory_minus_simulation(theory_, simulation_);
    return std::any_of(contrast.begin(), contrast.end(), [](const Part& part) { return part.source->runs == 2; });
  }

  void decide() {
    result_.verdict = Verdict::inconclusive;
    const Observables& broken = theory_.status != Status::ok ? theory_ : simulation_;
    const bool suspected = std::any_of(result_.summaries.begin(), result_.summaries.end(),
                                       [](const ObservableSummary& summary) { return summary.finite_size_suspected; });
    if (two_replicates_somewhere()) {
      result_.reason =
          "two replicates are too few to calibrate a verdict; at least three runs and scramblings are needed";
    } else if (any(Verdict::disagree)) {
      result_.verdict = Verdict::disagree;
      result_.reason = describe_disagreement(result_);
      if (simulation_.sizes.empty()) result_.reason += " (one N only: a finite-size shift is not excluded)";
      if (distinct_sizes(simulation_) == 2) {
        result_.reason += " (two N only: a shift that is not linear in 1/N is not excluded)";
      }
    } else if (looks_.stopped) {
      result_.reason = "stopped before a finite-size shift that is not linear in 1/N could be excluded";
    } else if (broken.status != Status::ok) {
      result_.reason = "the " + broken.producer + " did not finish: " + broken.message;
    } else if (!unresolved_.empty()) {
      result_.reason = describe_unresolved(unresolved_, theory_, simulation_);
    } else if (suspected) {
      result_.reason = describe_finite_size(result_, looks_, simulation_);
    } else if (any(Verdict::inconclusive)) {
      result_.reason = describe_width(result_, theory_, simulation_);
    } else {
      result_.verdict = Verdict::agree;
      result_.reason = "every pair agrees within error bars finer than the resolution";
    }
  }

  const Observables& theory_;
  const Observables& simulation_;
  const ComparisonOptions& options_;
  const Execution& execution_;
  std::vector<Column> columns_;
  std::vector<Column> unresolved_;
  FiniteSizeLooks looks_;
  Comparison result_;
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

Comparison compare(const Observables& theory, const Observables& simulation, const ComparisonOptions& options,
                   const Execution& execution) {
  const Range rate{.low = 1e-4, .high = 0.5, .low_open = false, .high_open = false};
  if (!rate.contains(options.false_alarm)) {
    throw InputError("comparison.false_alarm",
                     shortest(options.false_alarm) + " is out of range; allowed is " + rate.describe("false_alarm"));
  }
  return Table(theory, simulation, options, execution).judge();
}

}  // namespace sgdyn
