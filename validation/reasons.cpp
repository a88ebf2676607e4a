#include "sgdyn/validation/reasons.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace sgdyn {
namespace {

using Selection = std::function<bool(const ObservableSummary&)>;

std::vector<std::string> names(const Comparison& comparison, const Selection& selected) {
  std::vector<std::string> result;
  for (const ObservableSummary& summary : comparison.summaries) {
    if (selected(summary)) result.push_back(summary.observable);
  }
  return result;
}

const ObservableSummary& summary_of(const Comparison& comparison, const std::string& observable) {
  return *std::find_if(comparison.summaries.begin(), comparison.summaries.end(),
                       [&observable](const ObservableSummary& summary) { return summary.observable == observable; });
}

std::string z_text(double z) { return std::fabs(z) < 1e4 ? fmt::format("{:.2g}", std::fabs(z)) : "infinite"; }

// The pair with the largest |z| among the selected observables.
std::size_t worst_pair(const Comparison& comparison, const Selection& selected) {
  std::size_t worst = comparison.pairs.size();
  for (std::size_t j = 0; j < comparison.pairs.size(); ++j) {
    if (!selected(summary_of(comparison, comparison.pairs[j].observable))) continue;
    if (worst == comparison.pairs.size() || std::fabs(comparison.pairs[j].z) > std::fabs(comparison.pairs[worst].z)) {
      worst = j;
    }
  }
  return worst;
}

// " at step 40", where time has a meaning.
std::string at_step(bool of_minimiser, int step) { return of_minimiser ? "" : fmt::format(" at step {}", step); }

std::string describe_pair(const Comparison& comparison, std::size_t index) {
  const Pair& pair = comparison.pairs[index];
  const bool relative = summary_of(comparison, pair.observable).largest_value > 0.0;
  const double gap = std::fabs(pair.relative_gap);
  return fmt::format("{} is off by {}{} (z = {}, threshold {:.2g})", pair.observable,
                     relative ? fmt::format("{:.2g} %", 100.0 * gap) : fmt::format("{:.2g}", gap),
                     at_step(comparison.of_minimiser, pair.step), z_text(pair.z), comparison.threshold);
}

std::string and_too(const std::vector<std::string>& all, const std::string& mentioned) {
  std::vector<std::string> others;
  std::copy_if(all.begin(), all.end(), std::back_inserter(others),
               [&mentioned](const std::string& name) { return name != mentioned; });
  return others.empty() ? "" : fmt::format("; {} too", fmt::join(others, ", "));
}

// By how much the number of runs and of samples must grow.
struct Growth {
  double theory = 1.0;
  double simulation = 1.0;
};

// Variances fall as one over the number of runs or samples. The side that dominates pays, unless the other alone would
// take up half of what is allowed.
void widen(Growth& growth, const Pair& pair, double allowed_error) {
  const double allowed = allowed_error * allowed_error;
  const double theory = pair.theory_stderr * pair.theory_stderr;
  const double simulation = pair.simulation_stderr * pair.simulation_stderr;
  if (theory + simulation <= allowed) return;
  if (theory <= simulation && theory < allowed / 2.0) {
    growth.simulation = std::max(growth.simulation, simulation / (allowed - theory));
  } else if (simulation < theory && simulation < allowed / 2.0) {
    growth.theory = std::max(growth.theory, theory / (allowed - simulation));
  } else {
    growth.simulation = std::max(growth.simulation, (theory + simulation) / allowed);
    growth.theory = std::max(growth.theory, (theory + simulation) / allowed);
  }
}

Growth growth_needed(const Comparison& comparison) {
  Growth growth;
  for (const Pair& pair : comparison.pairs) {
    const ObservableSummary& summary = summary_of(comparison, pair.observable);
    if (summary.verdict != Verdict::inconclusive || summary.finite_size_suspected) continue;
    const double scale = summary.largest_value > 0.0 ? summary.largest_value : 1.0;
    widen(growth, pair, comparison.resolution * scale / comparison.threshold);
  }
  return growth;
}

// Rounded up to two digits: the estimate is no better.
std::string about(double factor, double now) {
  const double number = factor * now;
  const double unit = std::pow(10.0, std::max(0.0, std::floor(std::log10(number)) - 1.0));
  return fmt::format("{:.0f}", std::ceil(number / unit) * unit);
}

std::string runs_needed(double factor, const Observables& simulation) {
  const Observables& largest = simulation.sizes.empty() ? simulation : simulation.sizes.back();
  return fmt::format("about {} runs at N = {} (now {})", about(factor, largest.runs), largest.dimension, largest.runs);
}

// At most: the threshold falls too, as the share of the side with few degrees of freedom does.
std::string samples_needed(double factor, const Observables& theory) {
  constexpr int few_scramblings = 8;  // where Student's t makes the threshold much larger than for many
  const auto option = theory.settings.find("samples");
  const double samples = option == theory.settings.end()
                             ? static_cast<double>(theory.samples_per_replicate) * theory.runs
                             : std::stod(option->second);
  const std::string needed = samples > 0.0 ? fmt::format("at most about {} {} samples (now {:.0f})",
                                                         about(factor, samples), theory.producer, samples)
                                           : fmt::format("at most about {} {} replicates (now {})",
                                                         about(factor, theory.runs), theory.producer, theory.runs);
  return theory.runs < few_scramblings
             ? needed + fmt::format(", fewer if spread over more scramblings than {}", theory.runs)
             : needed;
}

}  // namespace

std::string describe_disagreement(const Comparison& comparison) {
  const Selection wrong = [](const ObservableSummary& summary) { return summary.verdict == Verdict::disagree; };
  const std::size_t worst = worst_pair(comparison, wrong);
  const std::vector<std::string> open =
      names(comparison, [](const ObservableSummary& summary) { return summary.finite_size_suspected; });
  return describe_pair(comparison, worst) + and_too(names(comparison, wrong), comparison.pairs[worst].observable) +
         (open.empty() ? "" : fmt::format("; {} perhaps by finite size alone", fmt::join(open, ", ")));
}

std::string describe_finite_size(const Comparison& comparison, const FiniteSizeLooks& looks,
                                 const Observables& simulation) {
  const Selection suspected = [](const ObservableSummary& summary) { return summary.finite_size_suspected; };
  const std::size_t worst = worst_pair(comparison, suspected);
  const auto pair = static_cast<Eigen::Index>(worst);
  std::string text = "finite size: " + describe_pair(comparison, worst);
  if (looks.nonlinear()) {
    const Eigen::Index bent = looks.lack_of_fit.worst();
    const Pair& where = comparison.pairs[static_cast<std::size_t>(bent)];
    text += fmt::format(", but the shift of {}{} is not linear in 1/N (z = {}, threshold {:.2g} at the {:g} % level)",
                        where.observable, at_step(comparison.of_minimiser, where.step),
                        z_text(looks.lack_of_fit.deviations.z[bent]), looks.lack_of_fit.threshold,
                        100.0 * lack_of_fit_level);
    if (!looks.quadratic.beyond(pair, comparison.pairs[worst].z)) {
      text += fmt::format(" and a 1/N^2 term could explain it (z = {}, threshold {:.2g})",
                          z_text(looks.quadratic.deviations.z[pair]), looks.quadratic.threshold);
    }
  }
  if (!looks.without_smallest.beyond(pair, comparison.pairs[worst].z)) {
    text += fmt::format(", {} not without N = {} (z = {}, threshold {:.2g})", looks.nonlinear() ? "and" : "but",
                        looks.smallest, z_text(looks.without_smallest.deviations.z[pair]),
                        looks.without_smallest.threshold);
  }
  return text + and_too(names(comparison, suspected), comparison.pairs[worst].observable) +
         fmt::format("; larger N than {} is needed to tell", simulation.sizes.back().dimension);
}

std::string describe_unresolved(const std::vector<Column>& unresolved, const Observables& theory,
                                const Observables& simulation) {
  const Column& first = unresolved.front();
  std::vector<std::string> observables;
  for (const Column& column : unresolved) {
    if (std::find(observables.begin(), observables.end(), column.observable) == observables.end()) {
      observables.push_back(column.observable);
    }
  }
  const Observables& largest = simulation.sizes.empty() ? simulation : simulation.sizes.back();
  return fmt::format(
      "most of the {} runs give the same {}{}, where theory has it fluctuate about {:.3g}: what it averages "
      "over "
      "is too rare for so few runs to see{}; more runs or a larger N are needed",
      largest.runs, first.observable,
      at_step(theory.of_minimiser, theory.steps[static_cast<std::size_t>(first.theory)]),
      theory.at(first.observable).mean[first.theory], and_too(observables, first.observable));
}

std::string describe_width(const Comparison& comparison, const Observables& theory, const Observables& simulation) {
  const std::vector<std::string> wide = names(comparison, [](const ObservableSummary& summary) {
    return summary.verdict == Verdict::inconclusive && !summary.finite_size_suspected;
  });
  const Growth growth = growth_needed(comparison);
  std::vector<std::string> needed;
  if (growth.simulation > 1.0) needed.push_back(runs_needed(growth.simulation, simulation));
  if (growth.theory > 1.0) needed.push_back(samples_needed(growth.theory, theory));
  return fmt::format("the error bars of {} are wider than the resolution asked for; {} would do", fmt::join(wide, ", "),
                     fmt::join(needed, " and "));
}

}  // namespace sgdyn
