// [[sweep]] of a recipe: a problem, one of whose keys takes several values.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/problem_reader.hpp"
#include "sgdyn/io/toml_text.hpp"
#include "sgdyn/validation/figure/recipe_parts.hpp"

namespace sgdyn::figure {
namespace {

constexpr long most_samples = 1L << 24;
constexpr long most_runs = 1000000;
constexpr long largest_dimension = 1000000;

std::string key_symbol(const std::string& key) {
  static constexpr std::array<std::pair<const char*, const char*>, 9> symbols{{{"algorithm.learning_rate", "dt"},
                                                                               {"algorithm.batch", "b"},
                                                                               {"algorithm.persistence", "\u03c4"},
                                                                               {"algorithm.steps", "steps"},
                                                                               {"algorithm.name", "algorithm"},
                                                                               {"loss.ridge", "\u03bb"},
                                                                               {"initial.variance", "R"},
                                                                               {"data.alpha", "\u03b1"},
                                                                               {"data.noise", "\u0394"}}};
  for (const auto& [name, symbol] : symbols) {
    if (key == name) return symbol;
  }
  return key;
}

std::optional<double> as_number(const std::string& text) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

// Keys of [quick] or [full], or of the same table of a sweep, which wins.
void read_effort(TableReader& table, Effort& effort, std::vector<std::string>& settings) {
  constexpr long any = std::numeric_limits<long>::max();
  effort.theory.samples = table.integer("samples", effort.theory.samples, 16, most_samples);
  effort.theory.scramblings =
      static_cast<int>(table.integer("scramblings", effort.theory.scramblings, 2, effort.theory.samples / 2));
  SimulationOptions& simulation = effort.simulation;
  simulation.dimension = Dimensions(table.integers("dimension", simulation.dimension.values(), 2, largest_dimension));
  simulation.runs = static_cast<int>(table.integer("runs", simulation.runs, 2, most_runs));
  simulation.realisations = static_cast<int>(table.integer("realisations", simulation.realisations, 1, most_runs));
  simulation.seed = static_cast<std::uint64_t>(table.integer("seed", static_cast<long>(simulation.seed), 0, any));
  effort.theory.seed = simulation.seed;
  effort.solve = table.flag("solve", effort.solve);
  effort.simulate = table.flag("simulate", effort.simulate);
  effort.resolution = table.number("resolution", Range::positive()).value_or(effort.resolution);
  for (std::string& setting : table.texts("settings")) settings.push_back(std::move(setting));
  table.finish();
}

// What the points of a sweep are made from, at one of the sizes.
struct Making {
  const Common& common;
  const TableReader& table;
  std::vector<std::string> settings{};  // of the recipe
  std::vector<std::string> user{};      // of the user, which come last
  std::optional<double> duration{};
  Effort effort{};
};

// What is wrong with a setting is said of the sweep, unless the user gave it.
Problem problem_with(const Making& making, std::vector<std::string> settings) {
  settings.insert(settings.end(), making.user.begin(), making.user.end());
  detail::Table tables = making.common.problem;
  try {
    for (const std::string& setting : settings) detail::apply_setting(tables, setting);
    return detail::to_problem(tables, making.common.origin, {});
  } catch (const InputError& error) {
    if (!making.user.empty() || !std::string(error.what()).starts_with("--set")) throw;
    throw InputError(error.key(), error.message()).at(making.table.place());
  }
}

// The steps that a duration takes are a setting of the recipe: those of the user win.
Problem problem_of(const Making& making, std::vector<std::string> settings) {
  Problem problem = problem_with(making, settings);
  if (!making.duration) return problem;
  const LearningRate& rate = problem.algorithm.learning_rate;
  if (!rate.constant()) {
    throw making.table.error("duration", shortest(*making.duration) + " takes a constant learning rate; allowed with " +
                                             rate.schedule + " is a setting algorithm.steps");
  }
  settings.push_back(fmt::format("algorithm.steps={:.0f}", *making.duration / rate.at(0)));
  return problem_with(making, std::move(settings));
}

struct Varied {
  std::string key;
  std::vector<std::string> values{""};
};

Varied read_varied(TableReader& table) {
  Varied varied;
  if (!table.has("vary")) {
    if (table.has("values")) throw table.error("vary", "is missing; allowed is the dotted key that takes the values");
    return varied;
  }
  varied.key = table.text("vary");
  varied.values = table.values("values");
  for (auto value = varied.values.begin(); value != varied.values.end(); ++value) {
    if (std::find(varied.values.begin(), value, *value) == value) continue;
    throw table.error("values", "\"" + *value + "\" is there twice; allowed is every value once");
  }
  return varied;
}

Point make_point(const Varied& varied, std::size_t place, const Sweep& sweep, Problem problem, const Effort& effort) {
  Point point;
  point.value = varied.values[place];
  point.x = as_number(point.value).value_or(static_cast<double>(place));
  point.label = varied.key.empty() ? sweep.label : sweep.words ? point.value : sweep.symbol + " = " + point.value;
  point.problem = std::move(problem);
  point.effort = effort;
  return point;
}

std::optional<double> read_duration(TableReader& table, const Varied& varied) {
  const std::optional<double> duration = table.number("duration", Range::positive());
  if (!duration || varied.key != "algorithm.steps") return duration;
  throw table.error("duration",
                    shortest(*duration) + " fixes the steps that the sweep varies; allowed is one of the two");
}

// Settings and efforts of the sweep and of a table [quick] or [full], that of the sweep itself last.
Making read_making(TableReader& table, const Common& common, const EffortTable& size) {
  Making making{.common = common, .table = table};
  making.settings = table.texts("settings");
  TableReader shared(*size.table, size.name, size.place);
  read_effort(shared, making.effort, making.settings);
  if (const detail::Table* own = table.table(size.name)) {
    TableReader reader(*own, "sweep." + size.name, table.place());
    read_effort(reader, making.effort, making.settings);
  }
  if (size.name == common.effort) making.user = common.settings;
  if (common.seed) making.effort.theory.seed = making.effort.simulation.seed = *common.seed;
  return making;
}

std::vector<Point> make_points(const Making& making, const Varied& varied, const Sweep& sweep) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < varied.values.size(); ++i) {
    std::vector<std::string> settings = making.settings;
    if (!varied.key.empty()) settings.push_back(varied.key + "=" + varied.values[i]);
    points.push_back(make_point(varied, i, sweep, problem_of(making, std::move(settings)), making.effort));
  }
  return points;
}

}  // namespace

Sweep read_sweep(TableReader& table, const Common& common) {
  Sweep sweep;
  sweep.name = table.text("name");
  sweep.label = table.text("label", sweep.name);
  const Varied varied = read_varied(table);
  sweep.symbol = varied.key.empty() ? "-" : table.text("symbol", key_symbol(varied.key));
  sweep.words = !std::all_of(varied.values.begin(), varied.values.end(),
                             [](const std::string& value) { return as_number(value).has_value(); });
  const std::optional<double> duration = read_duration(table, varied);
  for (const EffortTable& size : common.efforts) {
    Making making = read_making(table, common, size);
    making.duration = duration;
    std::vector<Point> points = make_points(making, varied, sweep);
    if (size.name == common.effort) sweep.points = std::move(points);
  }
  table.finish();
  return sweep;
}

}  // namespace sgdyn::figure
