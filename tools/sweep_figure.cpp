#include "sweep_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "axis.hpp"
#include "gnuplot_text.hpp"
#include "panel_layout.hpp"

namespace sgdyn::tools {
namespace {

constexpr std::size_t most_marked = 40;    // values of an axis at which every point has a mark
constexpr std::size_t most_in_legend = 6;  // curves, where there are more than there are colours
constexpr double decade = 10.0;

constexpr std::array<const char*, 8> colours{"#1b4f9c", "#c8452d", "#2e8b57", "#8a4fa3",
                                             "#b8860b", "#4f6d7a", "#d1588f", "#7f5539"};

using Rgb = std::array<double, 3>;
constexpr std::array<Rgb, 5> viridis{
    {{0x44, 0x01, 0x54}, {0x3b, 0x52, 0x8b}, {0x21, 0x91, 0x8c}, {0x5e, 0xc9, 0x62}, {0xe3, 0xc8, 0x00}}};

// From dark to bright, for families of curves that are too many for colours one can name.
std::string shade(std::size_t i, std::size_t count) {
  const double place = static_cast<double>(i) / static_cast<double>(count - 1) * (viridis.size() - 1);
  const std::size_t below = std::min<std::size_t>(static_cast<std::size_t>(place), viridis.size() - 2);
  const double part = place - static_cast<double>(below);
  std::string text = "#";
  for (std::size_t k = 0; k < 3; ++k) {
    text += fmt::format("{:02x}", std::lround((1.0 - part) * viridis[below][k] + part * viridis[below + 1][k]));
  }
  return text;
}

std::string colour(std::size_t i, std::size_t count) { return count <= colours.size() ? colours[i] : shade(i, count); }

bool in_legend(std::size_t i, std::size_t count) {
  if (count <= colours.size()) return true;
  for (std::size_t k = 0; k < most_in_legend; ++k) {
    if (i == k * (count - 1) / (most_in_legend - 1)) return true;
  }
  return false;
}

// A list of values may be in any order; a line goes from left to right.
std::string block(const std::string& name, const SweepAxis& axis, const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return axis.value(a) < axis.value(b); });
  std::string text = "$" + name + " << EOD\n";
  for (const std::size_t i : order) text += number(axis.value(i)) + " " + number(values[i]) + "\n";
  return text + "EOD\n";
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

bool share_bound(const std::vector<SweepCurve>& curves) {
  return std::all_of(curves.begin(), curves.end(),
                     [&](const SweepCurve& curve) { return same(curve.bound, curves.front().bound); });
}

// Values that are all the same, but for rounding, would leave an axis without length.
std::vector<Shown> with_room(const std::vector<double>& values) {
  double low = INFINITY;
  double high = -INFINITY;
  std::vector<Shown> shown;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    shown.push_back({.value = value});
    low = std::min(low, value);
    high = std::max(high, value);
  }
  constexpr double narrow = 1e-6;
  constexpr double room = 0.05;
  if (high - low > narrow * std::fabs(high)) return shown;
  for (Shown& one : shown) one.error = one.value != 0.0 ? room * std::fabs(one.value) : room;
  return shown;
}

bool spans_a_decade(const std::vector<double>& values) {
  double low = INFINITY;
  double high = 0.0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  return low > 0.0 && high > decade * low;
}

// Data, clauses and legend of the picture while it is put together.
class Drawing {
 public:
  Drawing(const SweepFigure& figure, const SweepAxis& axis, const std::vector<SweepCurve>& curves)
      : figure_(figure), axis_(axis), curves_(curves) {}

  FigureScript script() {
    for (std::size_t i = 0; i < curves_.size(); ++i) add_curve(i);
    add_bounds();
    FigureScript script{.name = figure_.name, .caption = figure_.caption, .data = data_, .commands = ""};
    // A legend of several lines makes the picture taller, not the plot flatter.
    script.height += static_cast<int>(legend_line) * (legend_rows(script.width, legend_) - 1);
    script.commands = frame(script) + axes() + fmt::format("plot {}\n", fmt::join(clauses_, ", \\\n  "));
    return script;
  }

 private:
  void add_curve(std::size_t i) {
    const bool marked = axis_.values.size() <= most_marked;
    data_ += block(fmt::format("curve{}", i), axis_, curves_[i].values);
    clauses_.push_back(fmt::format("$curve{} using 1:2 with {} lw 2 lc rgb '{}' {}", i,
                                   marked ? "linespoints pt 7 ps 0.5" : "lines", colour(i, curves_.size()),
                                   in_legend(i, curves_.size()) ? entry(curves_[i].label) : "notitle"));
  }

  void add_bounds() {
    const bool one = share_bound(curves_);
    const bool named = curves_.size() <= colours.size();
    const char* style = axis_.values.size() > 1 ? "lines lw 1.4 dt (9, 6)" : "points pt 6 ps 0.7";
    for (std::size_t i = 0; i < curves_.size(); ++i) {
      if (curves_[i].bound.empty() || (one && i > 0)) continue;
      std::string title = "notitle";
      if (one || (!named && i == 0)) title = entry(figure_.bound_label + (one ? "" : ", same colours"));
      if (!one && named) title = entry(figure_.bound_label + ", " + curves_[i].label);
      data_ += block(fmt::format("bound{}", i), axis_, curves_[i].bound);
      clauses_.push_back(fmt::format("$bound{} using 1:2 with {} lc rgb '{}' {}", i, style,
                                     one ? "#222222" : colour(i, curves_.size()), title));
    }
  }

  std::string entry(const std::string& text) {
    legend_.push_back(plain(text));
    return "title " + quoted(legend_.back());
  }

  [[nodiscard]] std::string frame(const FigureScript& script) const {
    constexpr std::size_t widest = 90;
    constexpr double title_line = 19;
    std::vector<std::string> lines;
    for (const std::string& text : wrapped(figure_.title, widest)) lines.push_back(quoted(text));
    const Canvas canvas{static_cast<double>(script.width), static_cast<double>(script.height)};
    const Cell cell{.left = 0,
                    .top = 0,
                    .width = canvas.width,
                    .height = canvas.height,
                    .title = title_line * (1.5 + static_cast<double>(lines.size()))};
    return fmt::format("set title {} noenhanced font ',10'\n", fmt::join(lines, ".\"\\n\".")) +
           layout_with_legend_below(canvas, cell, legend_);
  }

  [[nodiscard]] std::string axes() const {
    constexpr int labels = 8;
    std::vector<double> places;
    for (std::size_t i = 0; i < axis_.values.size(); ++i) places.push_back(axis_.value(i));
    std::vector<double> heights;
    for (const SweepCurve& curve : curves_) {
      heights.insert(heights.end(), curve.values.begin(), curve.values.end());
      heights.insert(heights.end(), curve.bound.begin(), curve.bound.end());
    }
    return fmt::format("set xlabel {} noenhanced offset 0, 0.5\nset ylabel {}\n", quoted(figure_.x_label),
                       quoted(figure_.y_label)) +
           axis_commands("x", axis_for(with_room(places), axis_.log), labels) +
           axis_commands("y", axis_for(with_room(heights), spans_a_decade(heights)), labels);
  }

  const SweepFigure& figure_;
  const SweepAxis& axis_;
  const std::vector<SweepCurve>& curves_;
  std::string data_;
  std::vector<std::string> clauses_;
  std::vector<std::string> legend_;
};

}  // namespace

bool has_points(const std::vector<SweepCurve>& curves) {
  return std::any_of(curves.begin(), curves.end(), [](const SweepCurve& curve) {
    return std::any_of(curve.values.begin(), curve.values.end(), [](double value) { return std::isfinite(value); });
  });
}

FigureScript sweep_script(const SweepFigure& figure, const SweepAxis& axis, const std::vector<SweepCurve>& curves) {
  return Drawing(figure, axis, curves).script();
}

}  // namespace sgdyn::tools
