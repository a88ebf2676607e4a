#include "axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "gnuplot_text.hpp"

namespace sgdyn::tools {
namespace {

constexpr double margin = 0.05;           // of the range, at each end
constexpr double longest_bar_down = 3.0;  // times below its value, on a logarithmic axis
constexpr std::size_t fewest_labels = 3;
constexpr double rounding = 1e-9;

// The largest of 1, 2, 5 times a power of ten that steps over `span` in at most `most` steps.
double step_for(double span, int most) {
  const double power = std::pow(10.0, std::floor(std::log10(span / most)));
  for (const double digit : {1.0, 2.0, 5.0}) {
    if (digit * power * most >= span) return digit * power;
  }
  return 10.0 * power;
}

double low_end(const Shown& one, bool log) {
  const double low = one.value - one.error;
  return log ? std::max(low, one.value / longest_bar_down) : low;
}

std::vector<double> multiples_of_decades(const Axis& axis, const std::vector<double>& digits) {
  std::vector<double> places;
  const int last = static_cast<int>(std::ceil(std::log10(axis.high)));
  for (int power = static_cast<int>(std::floor(std::log10(axis.low))); power <= last; ++power) {
    for (const double digit : digits) {
      const double place = digit * std::pow(10.0, power);
      if (place >= axis.low * (1.0 - rounding) && place <= axis.high * (1.0 + rounding)) places.push_back(place);
    }
  }
  return places;
}

std::vector<double> multiples_of_step(const Axis& axis, int labels) {
  std::vector<double> places;
  const double step = step_for(axis.high - axis.low, labels);
  for (double k = std::ceil(axis.low / step); k * step <= axis.high; ++k) places.push_back(k * step);
  return places;
}

// From whole decades to ever more between them, until there are enough.
std::vector<double> logarithmic_places(const Axis& axis, int labels) {
  static const std::array<std::vector<double>, 4> choices{
      {{1.0}, {1.0, 3.0}, {1.0, 2.0, 5.0}, {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0}}};
  for (const std::vector<double>& digits : choices) {
    std::vector<double> places = multiples_of_decades(axis, digits);
    if (places.size() < fewest_labels) continue;
    std::vector<double> some;
    const std::size_t stride =
        (places.size() + static_cast<std::size_t>(labels)) / static_cast<std::size_t>(labels + 1);
    for (std::size_t i = 0; i < places.size(); i += stride) some.push_back(places[i]);
    return some;
  }
  return multiples_of_step(axis, labels);
}

// "0.002", but "2\u00b710^{-5}".
std::string tic_text(double place) {
  constexpr int longest = 4;  // powers of ten written out
  const int power = static_cast<int>(std::floor(std::log10(place) + rounding));
  if (std::abs(power) < longest) return fmt::format("{:.4g}", place);
  const std::string digits = fmt::format("{:.4g}", place / std::pow(10.0, power));
  return (digits == "1" ? "" : digits + "\u00b7") + fmt::format("10^{{{}}}", power);
}

std::string logarithmic_tics(const std::string& name, const Axis& axis, int labels) {
  std::vector<std::string> tics;
  for (const double place : logarithmic_places(axis, labels)) {
    tics.push_back(fmt::format("'{}' {}", tic_text(place), number(place)));
  }
  std::vector<std::string> small;
  for (const double place : multiples_of_decades(axis, {1, 2, 3, 4, 5, 6, 7, 8, 9})) {
    small.push_back(fmt::format("'' {} 1", number(place)));
  }
  std::string text = fmt::format("set {}tics ({}) font ',10'\n", name, fmt::join(tics, ", "));
  if (!small.empty()) text += fmt::format("set {}tics add ({})\n", name, fmt::join(small, ", "));
  return text;
}

}  // namespace

double Axis::clipped(double value) const { return std::clamp(value, low, high); }

double Axis::distance(double a, double b) const {
  if (a == b) return 0.0;
  if (!takes(a) || !takes(b)) return std::numeric_limits<double>::infinity();
  return std::fabs(log ? std::log(a / b) / std::log(high / low) : (a - b) / (high - low));
}

Axis axis_for(const std::vector<Shown>& shown, bool log) {
  Axis axis{
      .low = std::numeric_limits<double>::infinity(), .high = -std::numeric_limits<double>::infinity(), .log = log};
  for (const Shown& one : shown) {
    if (!axis.takes(one.value) || !std::isfinite(one.value) || !std::isfinite(one.error)) continue;
    axis.low = std::min(axis.low, low_end(one, log));
    axis.high = std::max(axis.high, one.value + one.error);
  }
  if (!(axis.low <= axis.high)) return {.low = log ? 0.1 : 0.0, .high = 1.0, .log = log};
  if (log) {
    const double factor = std::max(std::pow(axis.high / axis.low, margin), 1.02);
    return {.low = axis.low / factor, .high = axis.high * factor, .log = true};
  }
  const double size = std::max(std::fabs(axis.low), std::fabs(axis.high));
  const double room = std::max(margin * (axis.high - axis.low), size > 0.0 ? rounding * size : 0.5);
  return {.low = axis.low - room, .high = axis.high + room, .log = false};
}

std::string axis_commands(const std::string& name, const Axis& axis, int labels) {
  std::string text = fmt::format("{} logscale {}\nset {}range [{:.12g}:{:.12g}]\n", axis.log ? "set" : "unset", name,
                                 name, axis.low, axis.high);
  if (axis.log) return text + logarithmic_tics(name, axis, labels);
  return text + fmt::format("set {}tics {} font ',10'\n", name, number(step_for(axis.high - axis.low, labels)));
}

}  // namespace sgdyn::tools
