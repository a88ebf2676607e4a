#include "report_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "definitions.hpp"
#include "description.hpp"
#include "figure_scripts.hpp"
#include "notes.hpp"
#include "report_style.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/validation/figure/quantity.hpp"
#include "tables.hpp"

namespace sgdyn::tools {
namespace {

using figure::spaced;

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    switch (letter) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += letter;
    }
  }
  return safe;
}

std::string html_symbol(const std::string& symbol) {
  const std::string greek = escaped(with_greek(symbol));
  const std::size_t place = greek.find('_');
  return place == std::string::npos ? greek : greek.substr(0, place) + "<sub>" + greek.substr(place + 1) + "</sub>";
}

std::string percent(double fraction) {
  if (!std::isfinite(fraction)) return "-";
  return std::abs(fraction) < 100.0 ? fmt::format("{:.2f} %", 100.0 * fraction)
                                    : fmt::format("{:.1e} %", 100.0 * fraction);
}

const char* tone(Verdict verdict) {
  if (verdict == Verdict::agree) return "good";
  return verdict == Verdict::disagree ? "bad" : "unsure";
}

std::string table(const std::string& head, const std::string& rows) {
  return "<div class=\"wide\"><table><thead><tr>" + head + "</tr></thead><tbody>\n" + rows + "</tbody></table></div>\n";
}

std::string banner(const Outcome& outcome) {
  const Status status = worst_status(outcome);
  if (outcome.verdict) {
    const char* style = status == Status::ok ? tone(*outcome.verdict) : "unsure";
    return fmt::format("<div class=\"verdict {}\"><strong>{}</strong><p>{}</p></div>\n", style,
                       to_string(*outcome.verdict), escaped(outcome.verdict_reason));
  }
  if (status == Status::ok) return "";
  return fmt::format("<div class=\"verdict unsure\"><strong>{}</strong><p>{}</p></div>\n", to_string(status),
                     escaped(status_message(outcome)));
}

std::string summary_row(const ObservableSummary& summary, bool several_sizes, bool of_minimiser) {
  const std::string shift = several_sizes ? fmt::format("{} \u00b1 {}", percent(summary.finite_size_shift),
                                                        percent(summary.finite_size_error))
                                          : "one size only";
  return fmt::format(
      "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.2f}</td><td>{}</td><td>{}</td>"
      "<td><span class=\"tone {}\">{}</span></td></tr>\n",
      spaced(summary.observable), value_text(summary.largest_value), percent(summary.largest_gap),
      percent(summary.largest_half_width), summary.worst_z,
      of_minimiser ? std::string("-") : std::to_string(summary.worst_step), shift, tone(summary.verdict),
      to_string(summary.verdict));
}

std::string comparison_section(const Observables& theory, const Observables& simulation, const Comparison& comparison) {
  std::string rows;
  for (const ObservableSummary& summary : comparison.summaries) {
    rows += summary_row(summary, !simulation.sizes.empty(), comparison.of_minimiser);
  }
  const std::string head =
      "<th>observable</th><th>largest value</th><th>largest gap</th><th>half-width</th><th>worst z</th><th>at step</th>"
      "<th>finite-size shift</th><th>verdict</th>";
  return fmt::format(
      "<h2>{} against {}</h2>\n{}<p class=\"soft\">{} pairs of observable and step, judged together: a correct "
      "theory would be called wrong with probability {}. Threshold |z| = {:.3f}, p-value of the largest |z| {:.3g}. "
      "Gaps, "
      "half-widths (corrected for the number of pairs) and shifts are relative to the largest value of the "
      "observable; the finite-size shift is the one at the largest N, removed by the extrapolation.</p>\n",
      display_name(theory), simulation.producer, table(head, rows), comparison.pairs.size(),
      shortest(comparison.false_alarm), comparison.threshold, comparison.p_value);
}

std::string final_values_section(const Outcome& outcome) {
  std::string head = "<th>observable</th>";
  std::vector<const Observables*> shown;
  for (const Observables* producer : producers(outcome)) {
    if (producer->steps.empty()) continue;
    shown.push_back(producer);
    const std::string step = producer->of_minimiser ? "" : fmt::format(", step {}", producer->steps.back());
    head += "<th>" + display_name(*producer) + step + "</th>";
  }
  std::string rows;
  for (const std::string& name : observable_names(outcome)) {
    if (outcome.problem.observables.replicas < 2 && observable_info(name).needs_replicas) continue;  // nobody asked
    std::string row = fmt::format("<tr><td>{} <span class=\"soft\">{}</span></td>", spaced(name),
                                  html_symbol(observable_symbol(name)));
    for (const Observables* producer : shown) {
      const auto found = producer->series.find(name);
      const bool available = found != producer->series.end() && found->second.available();
      const auto last = static_cast<Eigen::Index>(producer->steps.size()) - 1;
      if (!available) {
        row += "<td class=\"soft\">not available</td>";
      } else if (producer->of_minimiser && producer->runs == 0) {  // exact
        row += fmt::format("<td>{:.12g}</td>", found->second.mean[last]);
      } else {
        row += fmt::format("<td>{} \u00b1 {}</td>", value_text(found->second.mean[last]),
                           error_text(found->second.standard_error[last]));
      }
    }
    rows += row + "</tr>\n";
  }
  const bool in_time =
      std::any_of(shown.begin(), shown.end(), [](const Observables* one) { return !one->of_minimiser; });
  return shown.empty() ? "" : (in_time ? "<h2>Last reported values</h2>\n" : "<h2>Values</h2>\n") + table(head, rows);
}

// The first lines of a long table, all of which is in a file of its own.
std::string shortened(const std::string& text) {
  constexpr int most_lines = 500;
  std::size_t end = 0;
  for (int line = 0; line < most_lines; ++line) {
    end = text.find('\n', end);
    if (end == std::string::npos || ++end == text.size()) return text;
  }
  return text.substr(0, end) + "... and so on, in the files of this result\n";
}

// What a theory of the minimiser gives beside the observables.
std::string numbers_section(const Outcome& outcome) {
  std::string rows;
  for (const auto& [name, text] : outcome.extras.numbers) {
    rows += "<tr><td>" + spaced(name) + "</td><td>" + escaped(text) + "</td></tr>\n";
  }
  for (const Observables& theory : outcome.theories) {
    for (const auto& [name, number] : theory.numbers) {
      rows += "<tr><td>" + spaced(name) + "</td>" +
              (number.available() ? fmt::format("<td>{:.12g}</td>", number.value)
                                  : "<td class=\"soft\">not available: " + escaped(number.reason) + "</td>") +
              "</tr>\n";
    }
  }
  std::string section = rows.empty() ? "" : "<h2>Numbers</h2>\n" + table("<th>quantity</th><th>value</th>", rows);
  const bool as_text = outcome.extras.numbers.empty() && !outcome.extras.text.empty();
  if (as_text) section += "<pre>" + escaped(shortened(outcome.extras.text)) + "</pre>\n";
  return section;
}

std::string estimate_cell(const Estimate& estimate) {
  if (!estimate.available()) return "<td class=\"soft\">not available: " + escaped(estimate.reason) + "</td>";
  return fmt::format("<td>{} \u00b1 {}</td>", value_text(estimate.value), error_text(estimate.standard_error));
}

// The effective temperature where it was asked for, and where the runs came to rest if they did.
std::string estimates_section(const Outcome& outcome) {
  std::string rows;
  for (const Observables* producer : producers(outcome)) {
    const auto row = [&](const std::string& name, const Estimate& estimate) {
      rows += "<tr><td>" + name + ", " + display_name(*producer) + "</td>" + estimate_cell(estimate) + "</tr>\n";
    };
    if (outcome.problem.observables.effective_temperature && producer->effective_temperature) {
      row("effective temperature", producer->effective_temperature->temperature);
    }
    const auto step = producer->at_stop.find("step");
    if (step == producer->at_stop.end() || !step->second.available()) continue;
    for (const StopQuantity& quantity : stop_quantities()) {
      const auto found = producer->at_stop.find(std::string(quantity.name));
      if (found != producer->at_stop.end()) row("at the stop: " + std::string(quantity.title), found->second);
    }
  }
  return rows.empty() ? "" : "<h2>Temperature and stop</h2>\n" + table("<th>quantity</th><th>value</th>", rows);
}

std::string sizes_section(const Observables& simulation) {
  std::string rows;
  for (const Observables& size : simulation.sizes) {
    rows += fmt::format("<tr><td>{}</td><td>{}</td>", size.dimension, size.runs);
    for (const char* name : {"overlap", "norm", "training_loss"}) {
      const Series& series = size.at(name);
      const auto last = static_cast<Eigen::Index>(size.steps.size()) - 1;
      rows += series.available() && last >= 0 ? fmt::format("<td>{} \u00b1 {}</td>", value_text(series.mean[last]),
                                                            error_text(series.standard_error[last]))
                                              : std::string("<td>-</td>");
    }
    rows += "</tr>\n";
  }
  return "<h2>Finite sizes</h2>\n" +
         table("<th>N</th><th>runs</th><th>overlap, last step</th><th>norm</th><th>training loss</th>", rows);
}

// The drawing itself, without prologue and name spaces: inside HTML it needs neither.
std::string inline_svg(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string svg{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  svg.erase(0, std::min(svg.find("<svg"), svg.size()));
  for (const std::string name : {"xmlns=\"", "xmlns:xlink=\""}) {
    const auto start = svg.find(name);
    if (start == std::string::npos) continue;
    svg.erase(start, svg.find('"', start + name.size()) + 1 - start);
  }
  return svg;
}

std::string figures_section(const std::vector<Figure>& figures, const std::filesystem::path& directory) {
  if (figures.empty()) return "";
  std::string text = "<h2>Figures</h2>\n<div class=\"figures\">\n";
  for (const Figure& figure : figures) {
    text += "<figure>" + inline_svg(directory / (figure.name + ".svg")) + "<figcaption>" + escaped(figure.caption) +
            "</figcaption></figure>\n";
  }
  return text + "</div>\n";
}

std::string settings_section(const Outcome& outcome) {
  std::string rows;
  for (const Observables* producer : producers(outcome)) {
    for (const auto& [key, value] : producer->settings) {
      rows += fmt::format("<tr><td>{}</td><td class=\"left\">{}</td><td>{}</td></tr>\n", display_name(*producer),
                          escaped(key), escaped(value));
    }
    for (const auto& [key, value] : producer->diagnostics) {
      rows += fmt::format("<tr><td>{}</td><td class=\"left\">{} (found)</td><td>{}</td></tr>\n",
                          display_name(*producer), escaped(spaced(key)), value_text(value));
    }
  }
  if (rows.empty()) return "";
  return "<div><h2>How it was computed</h2>\n" +
         table("<th>producer</th><th class=\"left\">setting</th><th>value</th>", rows) + "</div>\n";
}

std::string problem_section(const Outcome& outcome) {
  std::string text = "<div><h2>The problem</h2>\n<pre>" + escaped(write_problem(outcome.problem)) + "</pre>\n";
  if (outcome.theory_problem) {
    text += "<h2>The problem the theory was asked</h2>\n<pre>" + escaped(write_problem(*outcome.theory_problem)) +
            "</pre>\n";
  }
  return text + "</div>\n";
}

std::string notes_section(const Outcome& outcome) {
  std::string text;
  for (const std::string& note : notes(outcome)) text += "<p class=\"soft\">Note: " + escaped(note) + ".</p>\n";
  return text;
}

std::string assumptions_section(const Outcome& outcome) {
  std::string text;
  for (const Observables& theory : outcome.theories) {
    if (theory.assumptions.empty()) continue;
    text += "<h2>Assumptions of " + display_name(theory) + "</h2>\n<ul>\n";
    for (const std::string& assumption : theory.assumptions) text += "<li>" + escaped(assumption) + "</li>\n";
    text += "</ul>\n";
  }
  return text;
}

std::string definitions_section(const Outcome& outcome) {
  std::string rows;
  for (const Definition& definition : definitions(outcome)) {
    rows += fmt::format("<tr><td>{}</td><td class=\"left\">{}</td><td class=\"left\">{}</td></tr>\n",
                        spaced(definition.name), html_symbol(definition.symbol), escaped(definition.text));
  }
  return "<h2>Definitions</h2>\n" +
         table("<th>observable</th><th class=\"left\">symbol</th><th class=\"left\">definition</th>", rows);
}

// Where the numbers are, which a sweep has in a table of its own.
std::string files_sentence(const Outcome& outcome) {
  std::string names = "result.json";
  for (const auto& [name, text] : outcome.extras.tables) names += ", " + name;
  if (!producers(outcome).empty()) names += ", series.csv";
  const bool arrays = std::any_of(outcome.theories.begin(), outcome.theories.end(),
                                  [](const Observables& theory) { return !theory.of_minimiser; });
  if (arrays || outcome.simulation) names += " and arrays/";
  return "The numbers are in " + names + ".";
}

}  // namespace

std::string report_html(const Outcome& outcome, const std::vector<Figure>& figures,
                        const std::filesystem::path& figure_directory) {
  std::string body =
      fmt::format("<h1>{}</h1>\n<p class=\"soft\">{}</p>\n", escaped(outcome.name), escaped(heading(outcome)));
  body += banner(outcome);
  for (std::size_t i = 0; i < outcome.comparisons.size(); ++i) {
    body += comparison_section(outcome.theories[i], *counterpart(outcome, outcome.theories[i]), outcome.comparisons[i]);
  }
  body += figures_section(figures, figure_directory);
  body +=
      final_values_section(outcome) + numbers_section(outcome) + estimates_section(outcome) + notes_section(outcome);
  for (const auto& measured : {outcome.simulation, outcome.minimisation}) {
    if (measured && !measured->sizes.empty()) body += sizes_section(*measured);
  }
  body += "<div class=\"pair\">\n" + problem_section(outcome) + settings_section(outcome) + "</div>\n";
  body += assumptions_section(outcome) + definitions_section(outcome);
  body += fmt::format(
      "<p class=\"soft\">sgdyn {} \u00b7 command {} \u00b7 problem {} \u00b7 status {} \u00b7 {} threads "
      "\u00b7 {:.2f} s. {}</p>\n",
      SGDYN_VERSION, outcome.command, problem_hash(outcome.problem), to_string(worst_status(outcome)), outcome.threads,
      outcome.wall_seconds, files_sentence(outcome));
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
         escaped(outcome.name) + " \u2013 sgdyn</title>\n<style>" + report_style +
         "</style>\n</head>\n<body>\n<main>\n" + body + "</main>\n</body>\n</html>\n";
}

}  // namespace sgdyn::tools
