#include "tables.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <sstream>

#include "notes.hpp"
#include "session.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::tools {
namespace {

Colour colour_of(Verdict verdict) {
  if (verdict == Verdict::agree) return Colour::green;
  return verdict == Verdict::disagree ? Colour::red : Colour::yellow;
}

std::string size_text(const Observables& producer) {
  if (producer.producer != "simulation") return "N \u2192 \u221e";
  if (producer.sizes.empty()) return fmt::format("N = {}, {} runs", producer.dimension, producer.runs);
  std::string sizes;
  for (const Observables& size : producer.sizes) sizes += (sizes.empty() ? "" : ", ") + std::to_string(size.dimension);
  return "N \u2192 \u221e from N = " + sizes;
}

std::string producer_table(const Observables& producer) {
  if (producer.steps.empty()) return fmt::format("{}: no step was finished\n", display_name(producer));
  std::string text = fmt::format("{}, {}, after step {} (t = {:.6g})\n", display_name(producer), size_text(producer),
                                 producer.steps.back(), producer.time.back());
  text += fmt::format("  {:<22}{:>14}{:>16}\n", "observable", "value", "standard error");
  const auto last = static_cast<Eigen::Index>(producer.steps.size()) - 1;
  for (const std::string& name : series_names(producer)) {
    const auto found = producer.series.find(name);
    if (found == producer.series.end()) continue;
    const Series& series = found->second;
    if (!series.available()) {
      text += fmt::format("  {:<22}{:>14}  {}\n", name, "-", series.reason);
    } else {
      text += fmt::format("  {:<22}{:>14}{:>16}\n", name, value_text(series.mean[last]),
                          error_text(series.standard_error[last]));
    }
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
  std::string text = outcome.name + ": " + describe(outcome.problem) + "\n";
  if (outcome.theory_problem) text += "theory of: " + describe(*outcome.theory_problem) + "\n";
  for (std::size_t i = 0; i < outcome.comparisons.size(); ++i) {
    if (outcome.comparisons.size() > 1) text += display_name(outcome.theories[i]) + " against simulation\n";
    text += comparison_text(outcome.comparisons[i]);
  }
  if (outcome.comparisons.empty()) {
    for (const Observables* producer : producers(outcome)) text += producer_table(*producer);
  }
  for (const std::string& note : notes(outcome)) text += "note: " + note + "\n";
  return text;
}

}  // namespace sgdyn::tools
