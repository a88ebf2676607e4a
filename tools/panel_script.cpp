#include "panel_script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "axis.hpp"
#include "gnuplot_text.hpp"
#include "panel_layout.hpp"
#include "recipe_words.hpp"

namespace sgdyn::tools {
namespace {

using figure::Curve;
using figure::Dot;
using figure::PanelData;

constexpr int panel_width = 620;
constexpr int panel_height = 420;
constexpr double row_gap = 10;
constexpr double head_line = 23;
constexpr double title_line = 20;
constexpr std::size_t widest_line = 88;  // letters in the title of a panel
constexpr std::array<const char*, 8> colours{"#1b4f9c", "#d1495b", "#2e8b57", "#e08e0b",
                                             "#7a3e9d", "#17a2b8", "#8d6e00", "#5a5a5a"};
constexpr std::array<int, 4> filled{7, 5, 9, 13};  // circle, square, triangle, diamond
constexpr std::array<int, 4> open{6, 4, 8, 12};

// One panel on its way into a script.
struct Sheet {
  const PanelData& panel;
  Axis x, y;
  std::string data{};
  std::vector<std::string> clauses{};
  std::vector<std::string> legend{};
};

Sheet sheet_for(const PanelData& panel) {
  std::vector<Shown> x;
  std::vector<Shown> y;
  for (const Curve& curve : panel.curves) {
    for (const Dot& dot : curve.dots) {
      if ((panel.log_x && !(dot.x > 0.0)) || (panel.log_y && !(dot.y > 0.0))) continue;
      x.push_back({dot.x, dot.x_error});
      y.push_back({dot.y, dot.y_error});
    }
  }
  return {.panel = panel, .x = axis_for(x, panel.log_x), .y = axis_for(y, panel.log_y)};
}

std::vector<Dot> drawable(const Sheet& sheet, const Curve& curve) {
  std::vector<Dot> dots = curve.dots;
  std::erase_if(dots, [&](const Dot& dot) { return !sheet.x.takes(dot.x) || !sheet.y.takes(dot.y); });
  return dots;
}

// Columns: x, y, the ends of the bar along x, those of the bar along y.
std::string block(const std::string& name, const Sheet& sheet, const std::vector<Dot>& dots) {
  std::string text = "$" + name + " << EOD\n";
  for (const Dot& dot : dots) {
    text += fmt::format("{} {} {} {} {} {}\n", number(dot.x), number(dot.y),
                        number(sheet.x.clipped(dot.x - dot.x_error)), number(sheet.x.clipped(dot.x + dot.x_error)),
                        number(sheet.y.clipped(dot.y - dot.y_error)), number(sheet.y.clipped(dot.y + dot.y_error)));
  }
  return text + "EOD\n";
}

// Around a curve with errors both ways: up along one corner of the boxes of its points, back along the other.
std::string outline(const std::string& name, const Sheet& sheet, const std::vector<Dot>& dots) {
  std::string text = "$" + name + "band << EOD\n";
  const auto corner = [&](const Dot& dot, double side) {
    text += fmt::format("{} {}\n", number(sheet.x.clipped(dot.x - side * dot.x_error)),
                        number(sheet.y.clipped(dot.y + side * dot.y_error)));
  };
  const std::vector<Dot> backwards(dots.rbegin(), dots.rend());
  for (const Dot& dot : dots) corner(dot, 1.0);
  for (const Dot& dot : backwards) corner(dot, -1.0);
  return text + "EOD\n";
}

bool has_x_errors(const Curve& curve) {
  return std::any_of(curve.dots.begin(), curve.dots.end(), [](const Dot& dot) { return dot.x_error > 0.0; });
}

std::string entry(Sheet& sheet, const Curve& curve) {
  const auto known = std::find(sheet.legend.begin(), sheet.legend.end(), curve.label);
  if (curve.label.empty() || known != sheet.legend.end()) return "notitle";
  sheet.legend.push_back(curve.label);
  return "title " + quoted(curve.label);
}

const char* colour_of(const Curve& curve) { return colours[curve.colour % colours.size()]; }

// Whether most dots of `above` are drawn on top of dots of `below`.
bool coincide(const Sheet& sheet, const Curve& below, const Curve& above) {
  constexpr double apart = 0.015;  // of the length of an axis
  constexpr double most = 0.8;
  if (below.theory != above.theory || below.joined != above.joined) return false;
  const auto hides_one = [&](const Dot& dot) {
    return std::any_of(below.dots.begin(), below.dots.end(), [&](const Dot& other) {
      return sheet.x.distance(dot.x, other.x) < apart && sheet.y.distance(dot.y, other.y) < apart;
    });
  };
  const auto hiding = std::count_if(above.dots.begin(), above.dots.end(), hides_one);
  return static_cast<double>(hiding) >= most * static_cast<double>(above.dots.size());
}

// How many curves lie below this one and would be hidden by it.
std::size_t hidden_below(const Sheet& sheet, const Curve& curve) {
  const auto end = std::find_if(sheet.panel.curves.begin(), sheet.panel.curves.end(),
                                [&](const Curve& one) { return &one == &curve; });
  return static_cast<std::size_t>(
      std::count_if(sheet.panel.curves.begin(), end, [&](const Curve& one) { return coincide(sheet, one, curve); }));
}

std::size_t shape_of(const PanelData& panel, const Curve& curve) {
  const bool by_size =
      std::any_of(panel.curves.begin(), panel.curves.end(), [](const Curve& one) { return one.mark > 0; });
  return (by_size ? curve.mark : curve.colour) % filled.size();
}

// Dashed above a curve it would hide, with ever longer gaps.
std::string dashes(std::size_t below) {
  constexpr int period = 28;
  return below == 0 ? "" : fmt::format(" dt ({},{})", period / (below + 1), period - period / (below + 1));
}

void add_line(Sheet& sheet, const std::string& name, const Curve& curve) {
  std::string band = fmt::format("${} using 1:5:6 with filledcurves", name);
  if (has_x_errors(curve)) {
    sheet.data += outline(name, sheet, drawable(sheet, curve));
    band = fmt::format("${}band using 1:2 with filledcurves closed", name);
  }
  sheet.clauses.push_back(
      fmt::format("{} lc rgb '{}' fs transparent solid 0.22 noborder notitle", band, colour_of(curve)));
  sheet.clauses.push_back(fmt::format("${} using 1:2 with lines lw 1.9 lc rgb '{}'{} {}", name, colour_of(curve),
                                      dashes(hidden_below(sheet, curve)), entry(sheet, curve)));
}

// Bars as vectors: "with yerrorbars" wipes out the line below each point.
void add_bars(Sheet& sheet, const std::string& name, const Curve& curve, double width) {
  const std::string style = fmt::format("with vectors nohead lw {} lc rgb '{}' notitle", width, colour_of(curve));
  sheet.clauses.push_back(fmt::format("${} using 1:5:(0):($6-$5) {}", name, style));
  if (has_x_errors(curve)) sheet.clauses.push_back(fmt::format("${} using 3:2:($4-$3):(0) {}", name, style));
}

void add_marks(Sheet& sheet, const std::string& name, const Curve& curve) {
  constexpr double smaller = 0.65;  // than one that it would hide
  const double size = (curve.theory ? 1.4 : 0.75) * std::pow(smaller, hidden_below(sheet, curve));
  if (curve.theory && curve.dots.size() > 1) {
    sheet.clauses.push_back(
        fmt::format("${} using 1:2 with lines lw 0.8 dt 2 lc rgb '{}' notitle", name, colour_of(curve)));
  }
  add_bars(sheet, name, curve, curve.theory ? 1.0 : 1.5);
  sheet.clauses.push_back(fmt::format("${} using 1:2 with points pt {} ps {:.2f} lw 1.4 lc rgb '{}' {}", name,
                                      (curve.theory ? open : filled)[shape_of(sheet.panel, curve)], size,
                                      colour_of(curve), entry(sheet, curve)));
}

// Once a point: beside the theory, or the simulation where there is none.
std::string point_names(const Sheet& sheet) {
  std::string text = "unset label\n";
  for (const Curve& curve : sheet.panel.curves) {
    const bool said =
        !curve.theory && std::any_of(sheet.panel.curves.begin(), sheet.panel.curves.end(),
                                     [&](const Curve& other) { return other.theory && other.names == curve.names; });
    if (said) continue;
    for (std::size_t i = 0; i < curve.names.size(); ++i) {
      text += fmt::format("set label {} at {}, {} offset 0.8,0.6 font ',9' tc rgb '{}'\n", quoted(curve.names[i]),
                          number(curve.dots[i].x), number(curve.dots[i].y), colour_of(curve));
    }
  }
  return text;
}

std::string word_tics(const std::vector<std::string>& words) {
  std::vector<std::string> tics;
  for (std::size_t i = 0; i < words.size(); ++i) tics.push_back(fmt::format("{} {}", quoted(words[i]), i));
  return fmt::format("unset logscale x\nset xtics ({}) font ',10'\nset xrange [-0.5:{}.5]\n", fmt::join(tics, ", "),
                     words.size() - 1);
}

std::string axes(const Sheet& sheet) {
  const PanelData& panel = sheet.panel;
  constexpr int x_labels = 6;
  constexpr int y_labels = 7;
  return (panel.words.empty() ? axis_commands("x", sheet.x, x_labels) : word_tics(panel.words)) +
         axis_commands("y", sheet.y, y_labels) +
         fmt::format("set xlabel {}\nset ylabel {}\n", quoted(panel.x_label), quoted(panel.y_label));
}

// Points a logarithmic axis has no place for.
std::string without_place(const Sheet& sheet) {
  bool start = false;
  std::size_t count = 0;
  for (const Curve& curve : sheet.panel.curves) {
    for (const Dot& dot : curve.dots) {
      start = start || !sheet.x.takes(dot.x);
      if (sheet.x.takes(dot.x) && !sheet.y.takes(dot.y)) ++count;
    }
  }
  std::string text = start ? "0 is not on the logarithmic axis" : "";
  if (count > 0) text += fmt::format("{}{} points at or below zero are not drawn", start ? "; " : "", count);
  return text;
}

struct Lines {
  std::vector<std::string> own;  // below the title, in the enhanced mode

  void add(const std::string& text) {
    for (std::string& one : wrapped(text, widest_line)) own.push_back(std::move(one));
  }
};

std::string multi_line(const std::string& title, const std::vector<std::string>& lines, const char* size) {
  std::string text = quoted(title);
  for (const std::string& one : lines) text += ".\"\\n\"." + quoted(fmt::format("{{/*{} {}}}", size, one));
  return text;
}

std::string drawn_panel(const Sheet& sheet, const std::vector<std::string>& lines, const std::string& layout) {
  return layout + axes(sheet) + point_names(sheet) +
         fmt::format("set title {}\nplot {}\n", multi_line(sheet.panel.title, lines, "0.75"),
                     fmt::join(sheet.clauses, ", \\\n  "));
}

void add_curves(Sheet& sheet, std::size_t index) {
  for (std::size_t c = 0; c < sheet.panel.curves.size(); ++c) {
    const Curve& curve = sheet.panel.curves[c];
    const std::string name = fmt::format("p{}c{}", index, c);
    sheet.data += block(name, sheet, drawable(sheet, curve));
    if (curve.theory && curve.joined) {
      add_line(sheet, name, curve);
    } else {
      add_marks(sheet, name, curve);
    }
  }
}

std::vector<std::string> head_lines(const figure::Recipe& recipe, std::size_t widest) {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& text) {
    for (std::string& one : wrapped(text, widest)) lines.push_back(std::move(one));
  };
  add(plain(shared_parameters(recipe)));
  const std::string theory = theory_effort(recipe);
  const std::string simulation = simulation_effort(recipe);
  if (!theory.empty()) add("DMFT: lines with bands, or open symbols with bars, \u00b1 1 s.e.; " + plain(theory));
  if (!simulation.empty()) add("simulation: filled symbols with bars \u00b1 1 s.e.; " + plain(simulation));
  return lines;
}

}  // namespace

FigureScript panels_script(const figure::Recipe& recipe, const std::vector<PanelData>& panels) {
  FigureScript script;
  script.name = recipe.name;
  script.caption = recipe.sentence;
  std::vector<Sheet> sheets;
  std::vector<Lines> below;
  std::size_t most_lines = 0;
  for (std::size_t p = 0; p < panels.size(); ++p) {
    if (panels[p].curves.empty()) continue;
    sheets.push_back(sheet_for(panels[p]));
    add_curves(sheets.back(), p);
    script.data += sheets.back().data;
    Lines lines;
    lines.add(plain(own_parameters(recipe, recipe.panels[p])));
    lines.add(panels[p].left_out);
    lines.add(without_place(sheets.back()));
    most_lines = std::max(most_lines, lines.own.size());
    below.push_back(std::move(lines));
  }
  const int columns = sheets.size() > 1 ? 2 : 1;
  const int rows = (static_cast<int>(sheets.size()) + columns - 1) / columns;
  script.width = panel_width * columns;
  const std::vector<std::string> head = head_lines(recipe, static_cast<std::size_t>(columns) * (widest_line - 6));
  const double head_height = head_line * (1.9 + static_cast<double>(head.size()));
  const double title = title_line * (1.9 + static_cast<double>(most_lines));
  const double height = panel_height + title_line * static_cast<double>(most_lines);
  script.height = static_cast<int>(head_height + height * rows);
  script.commands = fmt::format("set multiplot title {} font ',14'\n", multi_line(recipe.title, head, "0.65"));
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    const int row = static_cast<int>(i) / columns;
    const int column = static_cast<int>(i) % columns;
    const Cell cell{.left = static_cast<double>(panel_width * column),
                    .top = head_height + height * row,
                    .width = panel_width,
                    .height = height - row_gap,
                    .title = title};
    const Canvas canvas{static_cast<double>(script.width), static_cast<double>(script.height)};
    script.commands += drawn_panel(sheets[i], below[i].own, panel_layout(canvas, cell, sheets[i].legend));
  }
  script.commands += "unset multiplot\n";
  return script;
}

}  // namespace sgdyn::tools
