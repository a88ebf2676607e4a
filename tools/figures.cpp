#include "figures.hpp"

#include <fmt/format.h>

#include "figure_scripts.hpp"
#include "gnuplot.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::tools {
namespace {

constexpr std::chrono::seconds time_limit{60};
constexpr int png_scale = 2;  // pixels of the PNG per unit of the SVG

constexpr const char* preamble =
    "set encoding utf8\nset border 3 lc rgb '#555555'\nset tics nomirror out textcolor rgb '#222222'\n"
    "set grid lc rgb '#dddddd' lw 0.6 dt solid\nset key textcolor rgb '#222222' samplen 2 spacing 1.15\n"
    "set palette defined (0 '#440154', 0.25 '#3b528b', 0.5 '#21918c', 0.75 '#5ec962', 1 '#fde725')\n";

bool has_observable(const Observables& producer, const std::string& name) {
  const auto found = producer.series.find(name);
  return found != producer.series.end() && found->second.available() && found->second.mean.size() > 1;
}

void add_series(std::vector<FigureScript>& scripts, const Outcome& outcome) {
  for (const ObservableInfo& info : observable_catalogue()) {
    const std::string name(info.name);
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
      if (array == "correlation" || array == "response") {
        scripts.push_back(two_time_script(outcome, *producer, array, array == "response"));
      }
    }
  }
}

std::vector<FigureScript> all_scripts(const Outcome& outcome) {
  std::vector<FigureScript> scripts;
  add_series(scripts, outcome);
  for (std::size_t i = 0; i < outcome.comparisons.size(); ++i) {
    if (outcome.comparisons[i].pairs.empty() || outcome.theories[i].time.size() < 2) continue;
    scripts.push_back(agreement_script(outcome, outcome.theories[i], outcome.comparisons[i]));
  }
  add_two_times(scripts, outcome);
  return scripts;
}

// The figure in both formats; `reset session` would forget the data, so each format starts from `reset`.
std::string full_script(const FigureScript& figure) {
  const std::string svg = fmt::format(
      "reset\nset terminal svg noenhanced size {},{} font 'DejaVu Sans,12' background '#ffffff' name '{}'\n"
      "set output '{}.svg'\n",
      figure.width, figure.height, figure.name, figure.name);
  const std::string png = fmt::format(
      "reset\nset terminal pngcairo noenhanced size {},{} font 'DejaVu Sans,12' fontscale {} linewidth {} pointscale "
      "{} "
      "background '#ffffff'\nset output '{}.png'\n",
      png_scale * figure.width, png_scale * figure.height, png_scale, png_scale, png_scale, figure.name);
  return figure.data + svg + preamble + figure.commands + "unset output\n" + png + preamble + figure.commands +
         "unset output\n";
}

std::string explain(GnuplotResult result) {
  switch (result) {
    case GnuplotResult::drawn: return "";
    case GnuplotResult::not_installed:
      return "gnuplot is not installed, so there are no figures; everything else was written";
    case GnuplotResult::failed: return "gnuplot failed, so some figures are missing; everything else was written";
    case GnuplotResult::timed_out:
      return "gnuplot was stopped before it finished, so some figures are missing; everything else was written";
  }
  return "";
}

}  // namespace

Drawing draw_figures(const Outcome& outcome, const std::filesystem::path& directory) {
  const std::vector<FigureScript> scripts = all_scripts(outcome);
  if (scripts.empty()) return {};
  std::string script;
  for (const FigureScript& figure : scripts) script += full_script(figure);
  Drawing drawing;
  drawing.warning = explain(run_gnuplot(script, directory, time_limit));
  for (const FigureScript& figure : scripts) {
    // A picture that was cut off is worse than none.
    const auto svg = directory / (figure.name + ".svg");
    const auto png = directory / (figure.name + ".png");
    std::error_code none;
    if (drawing.warning.empty() && std::filesystem::exists(svg) && std::filesystem::exists(png)) {
      drawing.figures.push_back({figure.name, figure.caption});
    } else {
      std::filesystem::remove(svg, none);
      std::filesystem::remove(png, none);
    }
  }
  return drawing;
}

}  // namespace sgdyn::tools
