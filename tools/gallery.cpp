#include "gallery.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

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

std::string introduction() {
  return std::string(heading) +
         "\nLines are DMFT, points direct simulation, bars and bands one standard error. A claim *holds* or *fails* "
         "beyond its error bars (1 % for noise alone, all points of a claim together), or is *undecided*. Written by "
         "`sgdyn figure`; what each figure is made from is in its recipe under validation/reference, published numbers "
         "that are not found again are discussed in validation/reference/NOTES.md.\n\n";
}

std::string command_line(const GalleryEntry& entry) {
  return "sgdyn figure " + entry.result.recipe.name + (entry.quick ? " --quick" : "");
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

// Sections by name, cut at their markers.
std::map<std::string, std::string> sections_of(const std::string& gallery) {
  std::map<std::string, std::string> sections;
  std::size_t start = gallery.find(opening);
  while (start != std::string::npos) {
    const std::size_t next = gallery.find(opening, start + 1);
    const std::string section = gallery.substr(start, next == std::string::npos ? next : next - start);
    const std::size_t close = section.find(marker_end);
    if (close != std::string::npos) sections[section.substr(opening.size(), close - opening.size())] = section;
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
  return {{"title", panel.title}, {"x", panel.x_label}, {"y", panel.y_label}, {"curves", curves}};
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

std::string gallery_section(const GalleryEntry& entry) {
  const figure::Recipe& recipe = entry.result.recipe;
  std::string text = fmt::format("{}{}{}## {}: {}\n\n{} *{}.*\n\n", opening, recipe.name, marker_end, recipe.name,
                                 recipe.title, recipe.sentence, recipe.source);
  for (const std::string& choice : recipe.choices) text += "Chosen here: " + choice + "\n\n";
  text +=
      fmt::format("`{}` (seconds: {:.0f} of processor, {:.0f} of clock), data: [{}.csv](figures/{}.csv)\n\n",
                  command_line(entry), entry.result.cpu_seconds, entry.result.wall_seconds, recipe.name, recipe.name);
  if (entry.drawn) text += fmt::format("![{}](figures/{}.svg)\n\n", recipe.title, recipe.name);
  if (!entry.result.message.empty()) {
    text += fmt::format("**{}**: {}\n\n", to_string(entry.result.status), entry.result.message);
  }
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

std::string with_section(const std::string& gallery, const GalleryEntry& entry) {
  std::map<std::string, std::string> sections = sections_of(gallery);
  sections[entry.result.recipe.name] = gallery_section(entry);
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
          {"provenance", {{"wall_seconds", entry.result.wall_seconds}, {"cpu_seconds", entry.result.cpu_seconds}}}};
}

}  // namespace sgdyn::tools
