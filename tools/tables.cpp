#include "tables.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <sstream>
#include <vector>

#include "description.hpp"
#include "notes.hpp"
#include "session.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/validation/temperatures.hpp"

namespace sgdyn::tools {
namespace {

Colour colour_of(Verdict verdict) {
  if (verdict == Verdict::agree) return Colour::green;
  return verdict == Verdict::disagree ? Colour::red : Colour::yellow;
}

std::string size_text(const Observables& producer) {
  if (producer.producer != "simulation" && producer.producer != "minimisation") return "N \u2192 \u221e";
  if (producer.sizes.empty()) return fmt::format("N = {}, {} runs", producer.dimension, producer.runs);
  std::string sizes;
  for (const Observables& size : producer.sizes) sizes += (sizes.empty() ? "" : ", ") + std::to_string(size.dimension);
  return "N \u2192 \u221e from N = " + sizes;
}

// Of the minimiser: numbers of a theory are exact, those of instances have errors.
std::string minimiser_table(const Observables& producer) {
  std::string text = fmt::format("{}, {}\n", display_name(producer), size_text(producer));
  const auto line = [&](const std::string& name, bool available, const std::string& reason, double value,
                        double error) {
    if (!available) {
      text += fmt::format("  {:<22}{:>18}  {}\n", name, "-", reason);
    } else if (producer.runs == 0) {
      text += fmt::format("  {:<22}{:>18.12g}\n", name, value);
    } else {
      text += fmt::format("  {:<22}{:>18}{:>16}\n", name, value_text(value), error_text(error));
    }
  };
  if (producer.runs > 0) text += fmt::format("  {:<22}{:>18}{:>16}\n", "observable", "value", "standard error");
  for (const std::string& name : series_names(producer)) {
    const auto found = producer.series.find(name);
    if (found == producer.series.end()) continue;
    const Series& series = found->second;
    const bool known = series.available();
    line(name, known, series.reason, known ? series.mean[0] : 0.0, known ? series.standard_error[0] : 0.0);
  }
  for (const auto& [name, number] : producer.numbers) {
    line(name, number.available(), number.reason, number.value, number.standard_error);
  }
  if (const auto regime = producer.settings.find("regime"); regime != producer.settings.end()) {
    text += fmt::format("  {:<22}{:>18}\n", "regime", regime->second);
  }
  return text;
}

std::string producer_table(const Observables& producer, int replicas) {
  if (producer.of_minimiser && !producer.steps.empty()) return minimiser_table(producer);
  if (producer.steps.empty()) return fmt::format("{}: no step was finished\n", display_name(producer));
  std::string text = fmt::format("{}, {}, after step {} (t = {:.6g})\n", display_name(producer), size_text(producer),
                                 producer.steps.back(), producer.time.back());
  text += fmt::format("  {:<22}{:>14}{:>16}\n", "observable", "value", "standard error");
  const auto last = static_cast<Eigen::Index>(producer.steps.size()) - 1;
  for (const std::string& name : series_names(producer)) {
    const auto found = producer.series.find(name);
    if (found == producer.series.end()) continue;
    const Series& series = found->second;
    if (replicas < 2 && observable_info(name).needs_replicas) continue;  // nobody asked
    if (!series.available()) {
      text += fmt::format("  {:<22}{:>14}  {}\n", name, "-", series.reason);
    } else {
      text += fmt::format("  {:<22}{:>14}{:>16}\n", name, value_text(series.mean[last]),
                          error_text(series.standard_error[last]));
    }
  }
  return text;
}

std::string estimate_text(const Estimate& estimate) {
  if (!estimate.available()) return "- (" + estimate.reason + ")";
  return value_text(estimate.value) + " +- " + error_text(estimate.standard_error);
}

// One line a producer, where an effective temperature was asked for.
std::string temperature_text(const Outcome& outcome) {
  if (!outcome.problem.observables.effective_temperature) return "";
  std::string text;
  for (const Observables* producer : producers(outcome)) {
    if (!producer->effective_temperature) continue;
    const auto& [temperature, window, intercept] = *producer->effective_temperature;
    text += fmt::format("effective temperature, {}: {}", display_name(*producer), estimate_text(temperature));
    if (temperature.available()) {
      text += fmt::format("  ({}, waiting times of step {} to {}, lags of {} to {} steps)",
                          size_text(producer->sizes.empty() ? *producer : producer->sizes.back()), window.first_waiting,
                          window.last_waiting, window.shortest_lag, window.longest_lag);
    }
    text += "\n";
  }
  for (const Observables& theory : outcome.theories) {
    const auto pair = outcome.simulation ? compare_temperatures(theory, *outcome.simulation) : std::nullopt;
    if (!pair) continue;
    text += fmt::format("{} over the same waiting times: {} +- {}; minus simulation: z = {:+.2f}\n",
                        display_name(theory), value_text(pair->theory), error_text(pair->theory_stderr), pair->z);
  }
  return text;
}

// Where the runs came to rest, if any did: what EN calls d0 and c0.
std::string stop_text(const Outcome& outcome) {
  std::string text;
  for (const Observables* producer : producers(outcome)) {
    const auto step = producer->at_stop.find("step");
    if (step == producer->at_stop.end() || !step->second.available()) continue;
    std::vector<std::string> values;
    for (const StopQuantity& quantity : stop_quantities()) {
      const auto found = producer->at_stop.find(std::string(quantity.name));
      if (found == producer->at_stop.end() || !found->second.available()) continue;
      values.push_back(fmt::format("{} {}", quantity.title, estimate_text(found->second)));
    }
    text += fmt::format("at the stop, |gradient|^2/(bN) <= {:.0e}, {}: {}\n", stopping_threshold,
                        display_name(*producer), fmt::join(values, ", "));
  }
  return text;
}

std::string comparison_text(const Comparison& comparison) {
  std::ostringstream stream;
  stream << comparison;
  std::string text = stream.str();
  const std::string word(to_string(comparison.verdict));
  if (const auto place = text.find(word); place != std::string::npos) {
    text.replace(place, word.size(), coloured(word, colour_of(comparison.verdict), STDOUT_FILENO));
  }
  return text;
}

}  // namespace

std::string value_text(double value) { return fmt::format("{:.6g}", value); }
std::string error_text(double error) { return fmt::format("{:.2g}", error); }

std::string outcome_text(const Outcome& outcome) {
  std::string text = outcome.name + ": " + heading(outcome) + "\n";
  if (outcome.theory_problem) text += "theory of: " + describe(*outcome.theory_problem) + "\n";
  for (std::size_t i = 0; i < outcome.comparisons.size(); ++i) {
    if (outcome.comparisons.size() > 1) {
      text +=
          display_name(outcome.theories[i]) + " against " + counterpart(outcome, outcome.theories[i])->producer + "\n";
    }
    text += comparison_text(outcome.comparisons[i]);
  }
  if (outcome.comparisons.empty() && outcome.command != "teff") {
    for (const Observables* producer : producers(outcome))
      text += producer_table(*producer, outcome.problem.observables.replicas);
  }
  text += temperature_text(outcome) + stop_text(outcome);
  text += outcome.extras.text;
  for (const std::string& note : notes(outcome)) text += "note: " + note + "\n";
  return text;
}

}  // namespace sgdyn::tools
