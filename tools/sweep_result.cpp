#include "sweep_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "outcome.hpp"
#include "sgdyn/core/parameters.hpp"

namespace sgdyn::tools {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr const char* missing = "-";

// A point without an answer has every column all the same, null for one reason.
ordered_json unsolved(const SweepPoint& point, const std::vector<std::string>& columns) {
  ordered_json document{{"status", to_string(point.status)}, {"message", point.message}};
  for (const std::string& name : columns) document[name] = nullptr;
  document["reason"] = point.message;
  return document;
}

Row head(const SweepResult& result) {
  Row row{result.grid.axis().key};
  if (result.grid.curves()) row.push_back(result.grid.curves()->key);
  row.insert(row.end(), result.columns.begin(), result.columns.end());
  return row;
}

Row cells(const SweepResult& result, std::size_t i) {
  const SweepPoint& point = result.points[i];
  const auto short_number = [](double value) { return fmt::format("{:.10g}", value); };
  Row row{short_number(result.grid.axis().value(result.grid.on_axis(i)))};
  if (result.grid.curves()) row.push_back(short_number(result.grid.curves()->value(result.grid.on_curves(i))));
  for (std::size_t k = 0; k < result.columns.size(); ++k) {
    const bool known = point.solved() && std::isfinite(point.numbers[k]);
    row.push_back(known ? fmt::format("{:.6g}", point.numbers[k]) : missing);
  }
  if (!point.solved()) row.emplace_back(to_string(point.status));
  return row;
}

void widen(std::vector<std::size_t>& widths, const Row& row) {
  widths.resize(std::max(widths.size(), row.size()));
  for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
}

// Axes to the left, numbers to the right, the status of a failure at the end.
std::string line(const Row& row, const std::vector<std::size_t>& widths, std::size_t axes, std::size_t columns) {
  std::string text;
  for (std::size_t k = 0; k < row.size(); ++k) {
    const bool to_the_right = k >= axes && k < axes + columns;
    text += "  " + (to_the_right ? fmt::format("{:>{}}", row[k], widths[k]) : fmt::format("{:<{}}", row[k], widths[k]));
  }
  return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

double SweepResult::value(std::size_t point, const std::string& name) const {
  const auto column = std::find(columns.begin(), columns.end(), name);
  if (!points[point].solved() || column == columns.end()) return std::numeric_limits<double>::quiet_NaN();
  return points[point].numbers[static_cast<std::size_t>(column - columns.begin())];
}

Status SweepResult::status() const {
  Status worst = Status::ok;
  for (const SweepPoint& point : points) {
    if (point.status != Status::not_applicable) worst = worse(worst, point.status);
  }
  return worst;
}

bool SweepResult::nothing_applies() const {
  return std::all_of(points.begin(), points.end(),
                     [](const SweepPoint& point) { return point.status == Status::not_applicable; });
}

std::string SweepResult::failures() const {
  std::map<Status, std::size_t> counts;
  std::size_t count = 0;
  for (const SweepPoint& point : points) {
    if (point.solved()) continue;
    ++counts[point.status];
    ++count;
  }
  if (count == 0) return "";
  Row counted;
  for (const auto& [status, times] : counts) counted.push_back(fmt::format("{} {}", times, to_string(status)));
  const Status quoted = status() == Status::ok ? Status::not_applicable : status();
  const auto first =
      std::find_if(points.begin(), points.end(), [&](const SweepPoint& point) { return point.status == quoted; });
  const std::string which = counts.size() > 1 ? fmt::format("first {}", to_string(quoted)) : "first";
  return fmt::format("{} of {} points {} no answer ({}), the {} at {}: {}", count, points.size(),
                     count == 1 ? "has" : "have", fmt::join(counted, ", "), which,
                     grid.place(static_cast<std::size_t>(first - points.begin())), first->message);
}

ordered_json take_document(SweepResult& result) {
  const SweepGrid& grid = result.grid;
  ordered_json points = ordered_json::array();
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    SweepPoint& found = result.points[i];
    ordered_json point{{grid.axis().key, grid.axis().value(grid.on_axis(i))}};
    if (grid.curves()) point[grid.curves()->key] = grid.curves()->value(grid.on_curves(i));
    ordered_json rest = found.solved() ? std::move(found.document) : unsolved(found, result.columns);
    for (auto& [key, value] : rest.items()) point[key] = std::move(value);
    points.push_back(std::move(point));
  }
  return {{"parameter", grid.axis().key},
          {"curves", grid.curves() ? ordered_json(grid.curves()->key) : ordered_json(nullptr)},
          {"points_in_all", grid.size()},
          {"points", std::move(points)}};
}

std::string sweep_csv(const SweepResult& result) {
  std::string text = fmt::format("{},status\n", fmt::join(head(result), ","));
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    const SweepPoint& point = result.points[i];
    text += result.grid.axis().values[result.grid.on_axis(i)];
    if (result.grid.curves()) text += "," + result.grid.curves()->values[result.grid.on_curves(i)];
    for (std::size_t k = 0; k < result.columns.size(); ++k) {
      text += ",";
      if (point.solved() && std::isfinite(point.numbers[k])) text += shortest(point.numbers[k]);
    }
    text += fmt::format(",{}\n", to_string(point.status));
  }
  return text;
}

std::string sweep_table(const SweepResult& result) {
  const std::size_t axes = result.grid.curves() ? 2 : 1;
  std::vector<std::size_t> widths;
  widen(widths, head(result));
  for (std::size_t i = 0; i < result.points.size(); ++i) widen(widths, cells(result, i));
  std::string text = line(head(result), widths, axes, result.columns.size());
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    text += line(cells(result, i), widths, axes, result.columns.size());
  }
  const std::string failures = result.failures();
  return failures.empty() ? text : text + failures + "\n";
}

}  // namespace sgdyn::tools
