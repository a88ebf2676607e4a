#include "sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "gnuplot_text.hpp"
#include "options.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"

namespace sgdyn::tools {
namespace {

constexpr long long most_values = 10000;
constexpr const char* allowed =
    "KEY=FROM:TO:COUNT, KEY=FROM:TO:COUNT:log or KEY=VALUE,VALUE,..., as in data.alpha=0.5:10:20";
constexpr std::array<const char*, 8> colours{"#1b4f9c", "#c8452d", "#2e8b57", "#8a4fa3",
                                             "#b8860b", "#4f6d7a", "#d1588f", "#333333"};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> words;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    words.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

double finite_number(const std::string& flag, const std::string& text) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return parse_number(flag, text, -infinity, infinity);
}

void fill_range(const std::string& flag, const std::vector<std::string>& words, SweepAxis& axis) {
  const double from = finite_number(flag, words[0]);
  const double to = finite_number(flag, words[1]);
  const auto count = parse_integer(flag, words[2], 2, most_values);
  axis.log = words.size() == 4;
  if (axis.log && !(from > 0.0 && to > 0.0)) {
    throw InputError(flag, "\"" + words[0] + ":" + words[1] + "\" has no logarithms; allowed are ends above 0");
  }
  for (long long i = 0; i < count; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(count - 1);
    double value = axis.log ? from * std::pow(to / from, part) : from + (to - from) * part;
    if (i + 1 == count) value = to;
    axis.values.push_back(shortest(value));
  }
}

std::string block(const std::string& name, const SweepAxis& axis, const std::vector<double>& values) {
  std::string text = "$" + name + " << EOD\n";
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += number(axis.value(i)) + " " + number(values[i]) + "\n";
  }
  return text + "EOD\n";
}

// A logarithmic axis, "x" or "y", over values of which those above zero count: labels at powers of ten, and over a few
// decades at 2 and 5 of them too.
std::string log_axis(const std::string& name, const std::vector<double>& values) {
  double low = std::numeric_limits<double>::infinity();
  double high = 0.0;
  for (const double value : values) {
    if (!(value > 0.0)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  std::string text = fmt::format("set logscale {}\n", name);
  if (!(high > 0.0) || high > 1e3 * low) return text + fmt::format("set format {} '10^{{%L}}'\n", name);
  std::vector<std::string> ticks;
  for (double power = std::pow(10.0, std::floor(std::log10(low))); power <= high; power *= 10.0) {
    for (const double step : {1.0, 2.0, 5.0}) ticks.push_back(number(step * power));
  }
  return text + fmt::format("set format {} '%g'\nset {}tics ({})\n", name, name, fmt::join(ticks, ", "));
}

bool spans_decades(const SweepAxis& axis) {
  double low = axis.value(0);
  double high = low;
  for (std::size_t i = 1; i < axis.values.size(); ++i) {
    low = std::min(low, axis.value(i));
    high = std::max(high, axis.value(i));
  }
  return low > 0.0 && high > 100.0 * low;
}

}  // namespace

double SweepAxis::value(std::size_t i) const {
  double result = 0.0;
  std::from_chars(values[i].data(), values[i].data() + values[i].size(), result);
  return result;
}

SweepAxis parse_sweep(const std::string& flag, const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string key = text.substr(0, std::min(equals, text.size()));
  if (equals == std::string::npos || key.find('.') == std::string::npos) {
    throw InputError(flag, "\"" + text + "\" is not understood; allowed is " + allowed);
  }
  SweepAxis axis{.key = key, .values = {}};
  const std::string values = text.substr(equals + 1);
  const std::vector<std::string> words = split(values, ':');
  if (words.size() == 3 || (words.size() == 4 && words[3] == "log")) {
    fill_range(flag, words, axis);
    return axis;
  }
  if (words.size() != 1) throw InputError(flag, "\"" + text + "\" is not understood; allowed is " + allowed);
  for (const std::string& word : split(values, ',')) axis.values.push_back(shortest(finite_number(flag, word)));
  axis.log = spans_decades(axis);
  return axis;
}

FigureScript sweep_script(const SweepFigure& figure, const SweepAxis& axis, const std::vector<SweepCurve>& curves) {
  FigureScript script{.name = figure.name, .caption = figure.caption, .data = "", .commands = ""};
  std::vector<std::string> clauses;
  // Curves that share one bound have it drawn once.
  const bool one_bound = std::all_of(curves.begin(), curves.end(), [&](const SweepCurve& curve) {
    return curve.bound.empty() || curve.bound == curves.front().bound;
  });
  const char* points = axis.values.size() <= 40 ? "linespoints pt 7 ps 0.5" : "lines";
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const char* colour = colours[i % colours.size()];
    script.data += block(fmt::format("curve{}", i), axis, curves[i].values);
    clauses.push_back(fmt::format("$curve{} using 1:2 with {} lw 2 lc rgb '{}' title {}", i, points, colour,
                                  quoted(curves[i].label)));
  }
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (curves[i].bound.empty() || (one_bound && i > 0)) continue;
    script.data += block(fmt::format("bound{}", i), axis, curves[i].bound);
    clauses.push_back(fmt::format("$bound{} using 1:2 with lines lw 2 dt (6, 5) lc rgb '{}' title {}", i,
                                  one_bound ? "#222222" : colours[i % colours.size()],
                                  i == 0 ? quoted(figure.bound_label) : std::string("''")));
  }
  std::vector<double> places;
  for (std::size_t i = 0; i < axis.values.size(); ++i) places.push_back(axis.value(i));
  std::vector<double> heights;
  for (const SweepCurve& curve : curves) heights.insert(heights.end(), curve.values.begin(), curve.values.end());
  script.commands = fmt::format(
      "set title {} noenhanced font ',10'\nset xlabel {}\nset ylabel {}\nset key outside below center horizontal\n{}{}"
      "set autoscale fix\nset offsets 0, 0, graph 0.06, graph 0.06\nplot {}\n",
      quoted(figure.title), quoted(figure.x_label), quoted(figure.y_label), axis.log ? log_axis("x", places) : "",
      figure.log_y ? log_axis("y", heights) : "", fmt::join(clauses, ", "));
  return script;
}

}  // namespace sgdyn::tools
