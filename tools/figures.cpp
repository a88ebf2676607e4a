#include "figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "figure_scripts.hpp"
#include "gnuplot.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::tools {
namespace {

constexpr std::chrono::seconds time_limit{60};
constexpr std::uintmax_t nearly_full = 1U << 20U;  // bytes left, about a figure
constexpr int png_scale = 2;                       // pixels of the PNG per unit of the SVG

constexpr const char* preamble =
    "set encoding utf8\nset border 3 lc rgb '#555555'\nset tics nomirror out textcolor rgb '#222222'\n"
    "set grid lc rgb '#dddddd' lw 0.6 dt solid\nset key noenhanced textcolor rgb '#222222' samplen 2 spacing 1.15\n"
    "set palette defined (0 '#440154', 0.25 '#3b528b', 0.5 '#21918c', 0.75 '#5ec962', 1 '#fde725')\n";

bool has_observable(const Observables& producer, const std::string& name) {
  const auto found = producer.series.find(name);
  return found != producer.series.end() && found->second.available() && found->second.mean.size() > 1;
}

void add_series(std::vector<FigureScript>& scripts, const Outcome& outcome) {
  for (const std::string& name : observable_names(outcome)) {
    for (const Observables* producer : producers(outcome)) {
      if (!has_observable(*producer, name)) continue;
      scripts.push_back(series_script(outcome, name));
      break;
    }
  }
}

void add_two_times(std::vector<FigureScript>& scripts, const Outcome& outcome) {
  for (const Observables* producer : producers(outcome)) {
    if (producer->time.size() < 2) continue;
    for (const auto& [array, values] : producer->two_time) {
      if (array == "correlation" || array == "response" || array == "replica_correlation") {
        scripts.push_back(two_time_script(outcome, *producer, array, array == "response"));
      }
    }
  }
}

std::vector<FigureScript> all_scripts(const Outcome& outcome) {
  std::vector<FigureScript> scripts;
  add_series(scripts, outcome);
  for (std::size_t i = 0; i < outcome.comparisons.size(); ++i) {
    if (outcome.comparisons[i].pairs.empty()) continue;
    if (outcome.theories[i].of_minimiser) {
      scripts.push_back(minimiser_script(outcome, outcome.theories[i], outcome.comparisons[i]));
    }
    if (outcome.theories[i].time.size() < 2) continue;
    scripts.push_back(agreement_script(outcome, outcome.theories[i], outcome.comparisons[i]));
  }
  if (outcome.problem.observables.effective_temperature) {
    FigureScript fdt = fdt_script(outcome);
    if (!fdt.data.empty()) scripts.push_back(std::move(fdt));
  }
  add_two_times(scripts, outcome);
  scripts.insert(scripts.end(), outcome.extras.figures.begin(), outcome.extras.figures.end());
  return scripts;
}

// The figure in both formats; `reset session` would forget the data, so each format starts from `reset`.
std::string full_script(const FigureScript& figure) {
  std::string identifier = figure.name;  // of the SVG, which gnuplot takes letters, digits and underscores for
  std::replace_if(
      identifier.begin(), identifier.end(), [](unsigned char letter) { return std::isalnum(letter) == 0; }, '_');
  const std::string svg = fmt::format(
      "reset\nset terminal svg enhanced size {},{} font 'DejaVu Sans,12' background '#ffffff' name '{}'\n"
      "set output '{}.svg'\n",
      figure.width, figure.height, identifier, figure.name);
  const std::string png = fmt::format(
      "reset\nset terminal pngcairo enhanced size {},{} font 'DejaVu Sans,12' fontscale {} linewidth {} pointscale "
      "{} "
      "background '#ffffff'\nset output '{}.png'\n",
      png_scale * figure.width, png_scale * figure.height, png_scale, png_scale, png_scale, figure.name);
  return figure.data + svg + preamble + figure.commands + "unset output\n" + png + preamble + figure.commands +
         "unset output\n";
}

std::string last_bytes(const std::filesystem::path& file) {
  constexpr std::streamoff count = 16;
  std::ifstream stream(file, std::ios::binary);
  if (!stream.seekg(-count, std::ios::end)) return "";
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// gnuplot says nothing of a full disk, and a picture that was cut off is worse than none.
bool is_whole(const std::filesystem::path& svg, const std::filesystem::path& png) {
  return last_bytes(svg).find("</svg>") != std::string::npos && last_bytes(png).find("IEND") != std::string::npos;
}

std::string reason(GnuplotResult result, const std::filesystem::path& directory) {
  std::error_code unknown;
  const bool full = std::filesystem::space(directory, unknown).available < nearly_full && !unknown;
  switch (result) {
    case GnuplotResult::not_installed: return "gnuplot is not installed";
    case GnuplotResult::timed_out: return fmt::format("gnuplot was stopped after {} seconds", time_limit.count());
    case GnuplotResult::interrupted: return "interrupted";
    case GnuplotResult::drawn:
    case GnuplotResult::failed: break;
  }
  return full ? "gnuplot failed, and the disk is nearly full" : "gnuplot failed";
}

}  // namespace

Drawing draw_figures(const Outcome& outcome, const std::filesystem::path& directory) {
  return draw_scripts(all_scripts(outcome), directory);
}

Drawing draw_scripts(const std::vector<FigureScript>& scripts, const std::filesystem::path& directory) {
  if (scripts.empty()) return {};
  std::string script;
  for (const FigureScript& figure : scripts) script += full_script(figure);
  const GnuplotResult result = run_gnuplot(script, directory, time_limit);
  const std::string cause = reason(result, directory);
  Drawing drawing;
  std::vector<std::string> missing;
  for (const FigureScript& figure : scripts) {
    const auto svg = directory / (figure.name + ".svg");
    const auto png = directory / (figure.name + ".png");
    if (is_whole(svg, png)) {
      drawing.figures.push_back({figure.name, figure.caption});
      continue;
    }
    missing.push_back(figure.name);
    std::error_code none;
    std::filesystem::remove(svg, none);
    std::filesystem::remove(png, none);
  }
  if (drawing.figures.empty()) {
    drawing.warning = cause + ", so there are no figures";
  } else if (!missing.empty()) {
    drawing.warning = fmt::format("{}, so figures are missing: {}", cause, fmt::join(missing, ", "));
  } else if (result != GnuplotResult::drawn) {
    drawing.warning = cause + " after its last figure";
  }
  return drawing;
}

}  // namespace sgdyn::tools
