#include "gallery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "recipe_words.hpp"
#include "sgdyn/validation/figure/difference_rows.hpp"

namespace sgdyn::tools {
namespace {

using figure::Claim;
using figure::ClaimResult;
using figure::Truth;
using nlohmann::ordered_json;

constexpr const char* heading = "# Figures of the papers, computed by sgdyn\n";
constexpr std::string_view opening = "<!-- figure ";
constexpr std::string_view marker_end = " -->\n";

constexpr const char* from = " from ";

std::string introduction() {
  return std::string(heading) +
         "\nA number 0.3466(16) has one standard error in the digits in brackets. In \"gap 0.0054 \u00b1 0.036\" the "
         "second number is half the width of an interval that covers all comparisons of the claim together with " +
         fmt::format("{:g} %", 100.0 * (1.0 - figure::claim_error)) +
         " (Student's t, corrected for how many there are). Theory and simulation are judged each by itself: a claim "
         "*fails* if it fails for one of them, otherwise *holds* if it holds for one, otherwise is *undecided*; that "
         "theory and simulation agree is one judgement of both.\n\n"
         "Lines and open symbols are DMFT, filled symbols direct simulation, bands and bars one standard error. The "
         "pictures are SVGs, best opened in a browser. Written by `sgdyn figure`; what each figure is made from is in "
         "its recipe under validation/reference, published numbers that are not found again are discussed in "
         "validation/reference/NOTES.md.\n\n";
}

// A word that a shell takes as it is, or takes within quotes.
std::string shell_word(const std::string& word) {
  static const std::string harmless = "_-+=./:,@%";
  const bool plain_word = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char letter) {
    return std::isalnum(letter) != 0 || harmless.find(static_cast<char>(letter)) != std::string::npos;
  });
  if (plain_word) return word;
  std::string safe = "'";
  for (const char letter : word) safe += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return safe + "'";
}

// Code within a line, whatever the user typed.
std::string code(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char letter) { return std::iscntrl(letter) != 0; }, ' ');
  return text.find('`') == std::string::npos ? "`" + text + "`" : "`` " + text + " ``";
}

// What the legend of a picture writes for gnuplot, for people.
std::string without_markup(std::string text) {
  std::erase_if(text, [](char letter) { return letter == '{' || letter == '}'; });
  return text;
}

std::string verdict_counts(const GalleryEntry& entry) {
  std::map<Truth, int> counts;
  for (const ClaimResult& one : entry.result.claims) ++counts[one.truth];
  return fmt::format("{} hold, {} fail, {} undecided", counts[Truth::holds], counts[Truth::fails],
                     counts[Truth::undecided]);
}

const Claim& claim_of(const GalleryEntry& entry, const ClaimResult& one) {
  return entry.result.recipe.claims[one.claim];
}

struct SectionHeading {
  std::string name, source;
};

// "<!-- figure NAME from SOURCE -->"; sections of older galleries name no source and are those of shipped figures.
SectionHeading heading_of(const std::string& section) {
  const std::string text = section.substr(opening.size(), section.find(marker_end) - opening.size());
  const std::size_t place = text.find(from);
  if (place == std::string::npos) return {text, shipped_source};
  return {text.substr(0, place), text.substr(place + std::string_view(from).size())};
}

// Sections by name, cut at their markers.
std::map<std::string, std::string> sections_of(const std::string& gallery) {
  std::map<std::string, std::string> sections;
  std::size_t start = gallery.find(opening);
  while (start != std::string::npos) {
    const std::size_t next = gallery.find(opening, start + 1);
    const std::string section = gallery.substr(start, next == std::string::npos ? next : next - start);
    const std::size_t close = section.find(marker_end);
    if (close != std::string::npos) sections[heading_of(section).name] = section;
    start = next;
  }
  return sections;
}

std::string table_text(const figure::Result& result, const figure::DifferenceTable& table) {
  const std::vector<figure::Point>& points = result.recipe.sweeps[table.sweep].points;
  std::string text = fmt::format(
      "{} ({} minus {}):\n\n| observable | t | {} (DMFT) | difference, DMFT | difference, simulation | "
      "z |\n|---|---|---|---|---|---|\n",
      table.title, points.back().label, points.front().label, points.front().label);
  for (const figure::DifferenceRow& row : figure::difference_rows(result, table)) {
    const double error = std::hypot(row.theory.error, row.simulation.error);
    const bool known = row.theory.available() && row.simulation.available() && error > 0.0;
    text += fmt::format("| {} | {:g} | {} | {} | {} | {} |\n", row.observable, row.time, with_error(row.first),
                        with_error(row.theory), with_error(row.simulation),
                        known ? fmt::format("{:+.1f}", (row.theory.value - row.simulation.value) / error) : "-");
  }
  return text + "\n";
}

std::string computed_with(const figure::Recipe& recipe) {
  const std::string theory = theory_effort(recipe);
  const std::string simulation = simulation_effort(recipe);
  std::string text = theory.empty() ? "" : "DMFT: " + theory + ".\n\n";
  if (!simulation.empty()) text += "Simulation: " + simulation + ".\n\n";
  return text;
}

std::string left_out(const GalleryEntry& entry) {
  std::string text;
  for (const figure::PanelData& panel : entry.panels) {
    if (!panel.left_out.empty()) text += fmt::format("- {}: {}.\n", panel.title, without_markup(panel.left_out));
  }
  return text.empty() ? "" : "Not drawn:\n\n" + text + "\n";
}

ordered_json provenance(const GalleryEntry& entry) {
  ordered_json seeds = ordered_json::object();
  for (const figure::Sweep& sweep : entry.result.recipe.sweeps) {
    seeds[sweep.name] = sweep.points.front().effort.simulation.seed;
  }
  return {{"version", SGDYN_VERSION},
          {"command_line", command_line(entry.request)},
          {"seed", seeds.front()},
          {"seeds", seeds},
          {"theory", theory_effort(entry.result.recipe)},
          {"simulation", simulation_effort(entry.result.recipe)},
          {"wall_seconds", entry.result.wall_seconds},
          {"cpu_seconds", entry.result.cpu_seconds}};
}

std::vector<double> column(const figure::Curve& curve, double figure::Dot::*member) {
  std::vector<double> values;
  for (const figure::Dot& dot : curve.dots) values.push_back(dot.*member);
  return values;
}

ordered_json panel_document(const figure::PanelData& panel) {
  ordered_json curves = ordered_json::array();
  for (const figure::Curve& curve : panel.curves) {
    curves.push_back({{"label", curve.label},
                      {"producer", curve.theory ? "dmft" : "simulation"},
                      {"x", column(curve, &figure::Dot::x)},
                      {"x_stderr", column(curve, &figure::Dot::x_error)},
                      {"y", column(curve, &figure::Dot::y)},
                      {"y_stderr", column(curve, &figure::Dot::y_error)}});
  }
  return {{"title", panel.title},
          {"x", panel.x_label},
          {"y", panel.y_label},
          {"curves", curves},
          {"left_out", without_markup(panel.left_out)}};
}

ordered_json claims_document(const GalleryEntry& entry) {
  ordered_json claims = ordered_json::array();
  for (const ClaimResult& one : entry.result.claims) {
    ordered_json findings = ordered_json::array();
    for (const auto& [producer, finding] : one.findings) {
      findings.push_back({{"producer", producer}, {"verdict", to_string(finding.truth)}, {"numbers", finding.numbers}});
    }
    claims.push_back({{"claim", claim_of(entry, one).text},
                      {"kind", figure::claim_kinds()[static_cast<std::size_t>(claim_of(entry, one).kind)]},
                      {"verdict", to_string(one.truth)},
                      {"findings", findings}});
  }
  return claims;
}

}  // namespace

std::string command_line(const FigureRequest& request) {
  std::string text = "sgdyn figure " + shell_word(request.figure);
  if (request.quick) text += " --quick";
  if (request.seed) text += " --seed " + std::to_string(*request.seed);
  for (const std::string& setting : request.settings) text += " --set " + shell_word(setting);
  return text;
}

std::string gallery_section(const GalleryEntry& entry, const std::string& source) {
  const figure::Recipe& recipe = entry.result.recipe;
  std::string text = fmt::format("{}{}{}{}{}## {}: {}\n\n{} *{}.*\n\n", opening, recipe.name, from, source, marker_end,
                                 recipe.name, recipe.title, recipe.sentence, recipe.source);
  for (const std::string& choice : recipe.choices) text += "Chosen here: " + choice + "\n\n";
  text += computed_with(recipe);
  text += fmt::format("{} (seconds: {:.0f} of processor, {:.0f} of clock), data: [{}.csv](figures/{}.csv)\n\n",
                      code(command_line(entry.request)), entry.result.cpu_seconds, entry.result.wall_seconds,
                      recipe.name, recipe.name);
  if (entry.drawn) text += fmt::format("![{}](figures/{}.svg)\n\n", recipe.title, recipe.name);
  if (!entry.result.message.empty()) {
    text += fmt::format("**{}**: {}\n\n", to_string(entry.result.status), entry.result.message);
  }
  text += left_out(entry);
  for (const figure::DifferenceTable& table : recipe.tables) text += table_text(entry.result, table);
  text += "Claims: " + verdict_counts(entry) + ".\n\n";
  for (const ClaimResult& one : entry.result.claims) {
    text += fmt::format("- **{}**: {}\n", to_string(one.truth), claim_of(entry, one).text);
    for (const auto& [producer, finding] : one.findings) {
      text += fmt::format("  - {} ({}): {}\n", producer == "both" ? "theory and simulation" : producer,
                          to_string(finding.truth), finding.numbers);
    }
  }
  return text + "\n";
}

bool is_gallery(const std::string& text) { return text.starts_with(heading); }

std::optional<std::string> source_in(const std::string& gallery, const std::string& name) {
  const std::map<std::string, std::string> sections = sections_of(gallery);
  const auto found = sections.find(name);
  if (found == sections.end()) return std::nullopt;
  return heading_of(found->second).source;
}

std::string with_section(const std::string& gallery, const GalleryEntry& entry, const std::string& source) {
  std::map<std::string, std::string> sections = sections_of(gallery);
  sections[entry.result.recipe.name] = gallery_section(entry, source);
  std::string text = introduction();
  for (const auto& [name, section] : sections) text += section;
  return text;
}

std::string summary(const GalleryEntry& entry) {
  const figure::Recipe& recipe = entry.result.recipe;
  std::string text = fmt::format("{}: {} ({})\n", recipe.name, recipe.title, recipe.source);
  if (!entry.result.message.empty())
    text += fmt::format("  {}: {}\n", to_string(entry.result.status), entry.result.message);
  for (const ClaimResult& one : entry.result.claims) {
    text += fmt::format("  {:<9}  {}\n", to_string(one.truth), claim_of(entry, one).text);
    for (const auto& [producer, finding] : one.findings) {
      text += fmt::format("             {}: {}\n", producer == "both" ? "theory and simulation" : producer,
                          finding.numbers);
    }
  }
  return text;
}

ordered_json figure_document(const GalleryEntry& entry, const std::vector<std::string>& files) {
  const figure::Recipe& recipe = entry.result.recipe;
  ordered_json panels = ordered_json::array();
  for (const figure::PanelData& panel : entry.panels) panels.push_back(panel_document(panel));
  return {{"name", recipe.name},
          {"title", recipe.title},
          {"source", recipe.source},
          {"sentence", recipe.sentence},
          {"choices", recipe.choices},
          {"status", to_string(entry.result.status)},
          {"message", entry.result.message},
          {"claims", claims_document(entry)},
          {"panels", panels},
          {"files", files},
          {"provenance", provenance(entry)}};
}

}  // namespace sgdyn::tools
