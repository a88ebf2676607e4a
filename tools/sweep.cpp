#include "sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "options.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sweep_key.hpp"

namespace sgdyn::tools {
namespace {

constexpr long long most_values = 10000;
constexpr const char* allowed =
    "KEY=FROM:TO:COUNT, KEY=FROM:TO:COUNT:log or KEY=VALUE,VALUE,..., as in data.alpha=0.5:10:20";

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

// 0.3 where rounding would give 0.30000000000000004: what is told apart are the digits a person would type.
double tidy(double value) {
  const std::string text = fmt::format("{:.14g}", value);
  (void)std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
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
    value = i == 0 ? from : i + 1 == count ? to : tidy(value);
    axis.values.push_back(shortest(value));
  }
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

// The problem at one value, where a mistake is one of the axis.
Problem moved(const std::string& flag, const Problem& problem, const SweepAxis& axis, std::size_t i) {
  try {
    return with_number(problem, axis.key, axis.value(i));
  } catch (const InputError& error) {
    throw InputError(flag, error.what());
  }
}

}  // namespace

double SweepAxis::value(std::size_t i) const {
  double result = 0.0;
  std::from_chars(values[i].data(), values[i].data() + values[i].size(), result);
  return result;
}

SweepAxis parse_sweep(const std::string& flag, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError(flag, "\"" + text + "\" is not understood; allowed is " + allowed);
  }
  SweepAxis axis{.key = text.substr(0, equals), .values = {}};
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

SweepGrid::SweepGrid(Problem base, SweepAxis axis, std::optional<SweepAxis> curves)
    : base_(std::move(base)), axis_(std::move(axis)), curves_(std::move(curves)) {
  check();
}

// Mistakes are told before the first point is solved: values are checked one by one, not in all their combinations.
void SweepGrid::check() const {
  require_sweepable("--sweep", base_, axis_.key);
  if (curves_) {
    require_sweepable("--curves", base_, curves_->key);
    if (curves_->key == axis_.key) {
      throw InputError("--curves", curves_->key + " is the key of --sweep already; allowed is another one");
    }
  }
  if (size() > most_sweep_points) {
    throw InputError(curves_ ? "--curves" : "--sweep",
                     fmt::format("{} values on {} curves make {} points; allowed are {} points in all",
                                 axis_.values.size(), curve_count(), size(), most_sweep_points));
  }
  for (std::size_t i = 0; i < axis_.values.size(); ++i) (void)moved("--sweep", base_, axis_, i);
  for (std::size_t c = 0; curves_ && c < curve_count(); ++c) (void)moved("--curves", base_, *curves_, c);
}

Problem SweepGrid::problem(std::size_t point) const {
  const Problem on_curve = curves_ ? moved("--curves", base_, *curves_, on_curves(point)) : base_;
  return moved("--sweep", on_curve, axis_, on_axis(point));
}

std::string SweepGrid::place(std::size_t point) const {
  const std::string text = axis_.key + " = " + axis_.values[on_axis(point)];
  return curves_ ? text + ", " + curves_->key + " = " + curves_->values[on_curves(point)] : text;
}

}  // namespace sgdyn::tools
