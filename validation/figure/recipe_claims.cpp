// [[panel]] and [[claim]] of a recipe.
#include <fmt/format.h>

#include <algorithm>

#include "sgdyn/core/error.hpp"
#include "sgdyn/validation/figure/recipe_parts.hpp"

namespace sgdyn::figure {
namespace {

// In the order of Plot and Claim::Kind.
const std::vector<std::string> plot_names{"fdt",   "last-slopes", "local-temperatures", "series",
                                          "sweep", "scatter",     "difference"};
const std::vector<std::string> kind_names{"increasing", "decreasing", "maximum-inside", "value",
                                          "equal",      "agrees",     "approaches",     "differs"};

template <class Enum>
Enum enumerated(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<Enum>(std::find(names.begin(), names.end(), name) - names.begin());
}

std::string read_observable(TableReader& table, const std::string& key) { return table.word(key, observable_names()); }

std::vector<double> read_numbers(TableReader& table, const std::string& key) {
  std::vector<double> numbers;
  if (!table.has(key)) return numbers;
  for (const std::string& text : table.values(key)) {
    try {
      std::size_t used = 0;
      numbers.push_back(std::stod(text, &used));
      if (used == text.size()) continue;
    } catch (const std::exception&) {  // said below
    }
    throw table.error(key, "\"" + text + "\" is not a number; allowed is a list of numbers");
  }
  return numbers;
}

// Every point a claim names must be one of its sweep.
void check_points(const Claim& claim, const std::vector<Sweep>& sweeps, const TableReader& table) {
  for (const std::size_t sweep : claim.sweeps) {
    const std::vector<Point>& points = sweeps[sweep].points;
    for (const std::string& value : claim.at) {
      if (std::any_of(points.begin(), points.end(), [&](const Point& point) { return point.value == value; })) continue;
      throw table.error("at", "\"" + value + "\" is no value of the sweep " + sweeps[sweep].name);
    }
  }
}

std::size_t points_of(const Claim& claim, const std::vector<Sweep>& sweeps) {
  if (claim.quantities.size() > 1) return claim.quantities.size();
  return claim.at.empty() ? sweeps[claim.sweeps.front()].points.size() : claim.at.size();
}

void check_kind(const Claim& claim, const std::vector<Sweep>& sweeps, const TableReader& table) {
  const std::size_t points = points_of(claim, sweeps);
  using Kind = Claim::Kind;
  const auto require = [&](bool holds, const std::string& key, const std::string& message) {
    if (!holds) throw table.error(key, message);
  };
  if (claim.kind != Kind::agrees) {
    require(claim.sweeps.size() == 1, "sweep", "is a list; allowed is one sweep, but for agrees");
    require(claim.series.empty(), "series", "applies to agrees alone; allowed is a quantity");
  }
  require(claim.quantities.empty() != claim.series.empty(), "quantity",
          "is missing; allowed is a quantity, or for agrees the series of an observable");
  const std::size_t chosen = claim.at.empty() ? sweeps[claim.sweeps.front()].points.size() : claim.at.size();
  require(claim.quantities.size() < 2 || (chosen == 1 && !claim.other && claim.kind != Claim::Kind::agrees), "quantity",
          "is a list; allowed is one quantity, but for claims within one point of a sweep");
  const bool order = claim.kind == Kind::increasing || claim.kind == Kind::decreasing || claim.kind == Kind::equal;
  require(!order || points >= 2, "sweep", "has one point; allowed are at least two");
  require(claim.kind != Kind::maximum_inside || points >= 3, "sweep",
          "has no inside; allowed are at least three points");
  const bool against = claim.kind == Kind::approaches || claim.kind == Kind::differs;
  require(!against || claim.other.has_value(), "other", "is missing; allowed is the sweep compared with");
  require(against || !claim.other, "other", "applies to approaches and differs alone");
  if (against) {
    const std::size_t others = sweeps[*claim.other].points.size();
    require(others == 1 || others == sweeps[claim.sweeps.front()].points.size(), "other",
            "has another number of points; allowed is one, or as many as the sweep");
  }
  require(claim.kind != Kind::approaches || points >= 2, "sweep", "has one point; allowed are at least two");
  require((claim.kind == Kind::value) == !claim.values.empty(), "value",
          claim.values.empty() ? "is missing; allowed is a list of numbers" : "applies to the kind value alone");
  require(claim.kind != Kind::value || claim.values.size() == points, "value",
          fmt::format("has {} numbers; allowed is one for each of the {} points", claim.values.size(), points));
  const bool tolerant = claim.kind == Kind::value || claim.kind == Kind::equal;
  require(!tolerant || claim.tolerance || claim.absolute, "tolerance",
          "is missing; allowed is a relative tolerance (or absolute = a number)");
  require(tolerant || claim.kind == Kind::agrees || (!claim.tolerance && !claim.absolute), "tolerance",
          "applies to value, equal and agrees alone");
}

void check_panel(const Panel& panel, const TableReader& table) {
  const auto require = [&](bool holds, const std::string& key, const std::string& plot) {
    if (!holds) throw table.error(key, "is missing; allowed is one with plot = \"" + plot + "\"");
  };
  require(panel.plot != Plot::sweep || panel.quantity, "quantity", "sweep");
  require(panel.plot != Plot::scatter || panel.quantity, "quantity", "scatter");
  require(panel.plot != Plot::scatter || panel.against, "against", "scatter");
}

}  // namespace

std::span<const std::string> claim_kinds() { return kind_names; }

std::vector<std::size_t> find_sweeps(TableReader& table, const std::string& key, const std::vector<Sweep>& sweeps) {
  std::vector<std::string> names(sweeps.size());
  std::transform(sweeps.begin(), sweeps.end(), names.begin(), [](const Sweep& sweep) { return sweep.name; });
  const std::vector<std::string> wanted = table.texts(key);
  if (wanted.empty()) throw table.error(key, fmt::format("is missing; allowed is one of {}", fmt::join(names, ", ")));
  std::vector<std::size_t> found;
  for (const std::string& name : wanted) {
    const auto place = std::find(names.begin(), names.end(), name);
    if (place == names.end()) {
      throw table.error(key, fmt::format("\"{}\" is no sweep{}; allowed is one of {}", name, did_you_mean(name, names),
                                         fmt::join(names, ", ")));
    }
    found.push_back(static_cast<std::size_t>(place - names.begin()));
  }
  return found;
}

std::vector<Quantity> read_quantities(TableReader& table, const std::string& key) {
  std::vector<Quantity> all;
  for (const std::string& text : table.texts(key)) {
    try {
      all.push_back(Quantity::parse(text));
    } catch (const InputError& error) {
      throw table.error(key, error.message());
    }
  }
  return all;
}

std::optional<Quantity> read_quantity(TableReader& table, const std::string& key) {
  const std::vector<Quantity> all = read_quantities(table, key);
  if (all.size() > 1) throw table.error(key, "is a list; allowed is one quantity");
  return all.empty() ? std::nullopt : std::optional<Quantity>(all.front());
}

Panel read_panel(TableReader& table, const std::vector<Sweep>& sweeps) {
  Panel panel;
  panel.plot = enumerated<Plot>(plot_names, table.word("plot", plot_names));
  panel.title = table.text("title");
  panel.sweeps = find_sweeps(table, "sweep", sweeps);
  if (panel.plot == Plot::series || panel.plot == Plot::difference)
    panel.observable = read_observable(table, "observable");
  if (panel.plot == Plot::sweep || panel.plot == Plot::scatter) panel.quantity = read_quantity(table, "quantity");
  if (panel.plot == Plot::scatter) panel.against = read_quantity(table, "against");
  if (panel.plot == Plot::fdt || panel.plot == Plot::last_slopes) panel.waiting = read_numbers(table, "waiting");
  if (panel.plot == Plot::last_slopes) panel.last = table.integers("last", {5, 10, 15}, 2, max_steps);
  if (panel.plot == Plot::sweep || panel.plot == Plot::series) panel.sizes = table.flag("sizes", false);
  panel.log_x = table.flag("log_x", false);
  panel.log_y = table.flag("log_y", false);
  check_panel(panel, table);
  table.finish();
  return panel;
}

DifferenceTable read_difference_table(TableReader& table, const std::vector<Sweep>& sweeps) {
  DifferenceTable result;
  result.title = table.text("title");
  const std::vector<std::size_t> sweep = find_sweeps(table, "sweep", sweeps);
  result.sweep = sweep.front();
  if (sweep.size() != 1 || sweeps[result.sweep].points.size() < 2) {
    throw table.error("sweep", "has nothing to compare; allowed is one sweep of at least two points");
  }
  result.times = read_numbers(table, "times");
  result.observables = table.texts("observables");
  if (result.times.empty()) throw table.error("times", "is missing; allowed is a list of times");
  if (result.observables.empty()) throw table.error("observables", "is missing; allowed is a list of observables");
  const std::vector<std::string>& names = observable_names();
  for (const std::string& name : result.observables) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    throw table.error("observables", "\"" + name + "\" is no observable" + did_you_mean(name, names));
  }
  table.leave({"times"});
  table.finish();
  return result;
}

Claim read_claim(TableReader& table, const std::vector<Sweep>& sweeps) {
  Claim claim;
  claim.text = table.text("text");
  claim.kind = enumerated<Claim::Kind>(kind_names, table.word("kind", kind_names));
  claim.sweeps = find_sweeps(table, "sweep", sweeps);
  if (table.has("other")) claim.other = find_sweeps(table, "other", sweeps).front();
  claim.quantities = read_quantities(table, "quantity");
  if (table.has("series")) claim.series = read_observable(table, "series");
  if (table.has("at")) claim.at = table.values("at");
  claim.values = read_numbers(table, "value");
  claim.tolerance = table.number("tolerance", Range::positive());
  claim.absolute = table.number("absolute", Range::positive());
  const std::vector<std::string> producers{"theory", "simulation"};
  const std::string of = table.word("of", {"theory", "simulation", "both"}, "both");
  claim.producers = of == "both" ? producers : std::vector<std::string>{of};
  check_points(claim, sweeps, table);
  check_kind(claim, sweeps, table);
  table.leave({"other", "series", "at"});
  table.finish();
  return claim;
}

}  // namespace sgdyn::figure
