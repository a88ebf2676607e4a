#include "panel_script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace sgdyn::tools {
namespace {

using figure::Curve;
using figure::Dot;
using figure::PanelData;

constexpr int panel_width = 600;
constexpr int panel_height = 400;
constexpr int title_height = 60;
constexpr std::array<const char*, 8> colours{"#1b4f9c", "#d1495b", "#2e8b57", "#e08e0b",
                                             "#7a3e9d", "#17a2b8", "#8d6e00", "#5a5a5a"};
constexpr std::array<int, 4> marks{7, 5, 9, 13};  // filled circle, square, triangle, diamond

std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char letter : text) safe += letter == '\'' ? std::string("''") : std::string(1, letter);
  return safe + "'";
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.8g}", value) : "NaN"; }

std::string block(const std::string& name, const std::vector<Dot>& dots) {
  std::string text = "$" + name + " << EOD\n";
  for (const Dot& dot : dots) {
    text += fmt::format("{} {} {} {}\n", number(dot.x), number(dot.x_error), number(dot.y), number(dot.y_error));
  }
  return text + "EOD\n";
}

std::string title_of(const Curve& curve, bool shown) {
  return shown && !curve.label.empty() ? "title " + quoted(curve.label) : "notitle";
}

void add_theory(std::vector<std::string>& clauses, const std::string& name, const Curve& curve, const char* colour) {
  clauses.push_back(fmt::format(
      "${} using 1:($3-$4):($3+$4) with filledcurves lc rgb '{}' fs transparent solid 0.22 noborder notitle", name,
      colour));
  clauses.push_back(fmt::format("${} using 1:3 with lines lw 1.8 lc rgb '{}' {}", name, colour, title_of(curve, true)));
}

// Bars as vectors: "with yerrorbars" wipes out the line below each point.
void add_simulation(std::vector<std::string>& clauses, const std::string& name, const Curve& curve, const char* colour,
                    bool in_key) {
  clauses.push_back(
      fmt::format("${} using 1:($3-$4):(0):(2*$4) with vectors nohead lw 1.4 lc rgb '{}' notitle", name, colour));
  if (std::any_of(curve.dots.begin(), curve.dots.end(), [](const Dot& dot) { return dot.x_error > 0.0; })) {
    clauses.push_back(
        fmt::format("${} using ($1-$2):3:(2*$2):(0) with vectors nohead lw 1.4 lc rgb '{}' notitle", name, colour));
  }
  clauses.push_back(fmt::format("${} using 1:3 with points pt {} ps 0.6 lc rgb '{}' {}", name,
                                marks[curve.mark % marks.size()], colour, title_of(curve, in_key)));
}

std::string word_tics(const std::vector<std::string>& words) {
  if (words.empty()) return "set xtics auto font ',10'\nset ytics font ',10'\n";
  std::vector<std::string> tics;
  for (std::size_t i = 0; i < words.size(); ++i) tics.push_back(fmt::format("{} {}", quoted(words[i]), i));
  return fmt::format("set xtics ({})\nset xrange [-0.5:{}.5]\n", fmt::join(tics, ", "), words.size() - 1);
}

bool drawn_as_line(const PanelData& panel, const Curve& curve) {
  return std::any_of(panel.curves.begin(), panel.curves.end(), [&](const Curve& other) {
    return other.theory && other.colour == curve.colour && other.label == curve.label;
  });
}

std::string axes(const PanelData& panel) {
  std::string text = "set autoscale fix\nunset logscale\n";
  if (panel.log_x) text += "set logscale x\n";
  if (panel.log_y) text += "set logscale y\n";
  text += word_tics(panel.words);
  text += "set offsets graph 0.02, graph 0.02, graph 0.03, graph 0.03\n";
  if (panel.log_x || panel.log_y) text += "unset offsets\n";
  return text + fmt::format("set title {}\nset xlabel {}\nset ylabel {}\n", quoted(panel.title), quoted(panel.x_label),
                            quoted(panel.y_label));
}

// Beside the plot or below it, where it hides nothing; one curve is known by the title.
std::string key_place(const PanelData& panel) {
  constexpr std::size_t short_label = 14;
  std::set<std::string> labels;
  std::size_t longest = 0;
  for (const Curve& curve : panel.curves) {
    if (!curve.label.empty()) labels.insert(curve.label);
    longest = std::max(longest, curve.label.size());
  }
  if (labels.size() < 2) return "set key off\n";
  const char* place = longest > short_label ? "bmargin center horizontal" : "outside right top vertical";
  return fmt::format("set key on enhanced {} Left reverse font ',10'\n", place);
}

}  // namespace

FigureScript panels_script(const figure::Recipe& recipe, const std::vector<PanelData>& panels) {
  FigureScript script;
  script.name = recipe.name;
  script.caption = recipe.sentence;
  const int columns = panels.size() == 1 ? 1 : 2;
  const int rows = (static_cast<int>(panels.size()) + columns - 1) / columns;
  script.width = panel_width * columns;
  script.height = panel_height * rows + title_height;
  script.commands =
      fmt::format("set multiplot layout {},{} title {} font ',14'\n", rows, columns,
                  quoted(recipe.title) +
                      ".\"\\n{/*0.8 lines: DMFT, bands \u00b1 1 s.e.    points: simulation, bars \u00b1 1 s.e.}\"");
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const PanelData& panel = panels[p];
    if (panel.curves.empty()) continue;
    std::vector<std::string> clauses;
    for (std::size_t c = 0; c < panel.curves.size(); ++c) {
      const Curve& curve = panel.curves[c];
      const std::string name = fmt::format("p{}c{}", p, c);
      const char* colour = colours[curve.colour % colours.size()];
      script.data += block(name, curve.dots);
      if (curve.theory) {
        add_theory(clauses, name, curve, colour);
      } else {
        add_simulation(clauses, name, curve, colour, !drawn_as_line(panel, curve));
      }
    }
    script.commands +=
        axes(panel) + key_place(panel) + "plot " + fmt::format("{}", fmt::join(clauses, ", \\\n  ")) + "\n";
  }
  script.commands += "unset multiplot\n";
  return script;
}

}  // namespace sgdyn::tools
