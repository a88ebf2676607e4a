// [[sweep]] of a recipe: a problem, one of whose keys takes several values.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
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

// What is wrong with a setting is said of the sweep, unless the user gave it.
Problem problem_with(const Common& common, const std::vector<std::string>& settings, const TableReader& sweep) {
  detail::Table tables = common.problem;
  for (const std::string& setting : settings) detail::apply_setting(tables, setting);
  try {
    return detail::to_problem(tables, common.origin, {});
  } catch (const InputError& error) {
    if (!common.settings.empty() || !std::string(error.what()).starts_with("--set")) throw;
    throw InputError(error.key(), error.message()).at(sweep.place());
  }
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// The same problem with as many steps as the duration takes.
Problem lasting(Problem problem, const std::optional<double>& duration) {
  if (!duration) return problem;
  const double steps = std::round(*duration / problem.algorithm.learning_rate.at(0));
  problem.algorithm.steps = static_cast<int>(std::clamp(steps, 1.0, static_cast<double>(max_steps)));
  return problem;
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

}  // namespace

Sweep read_sweep(TableReader& table, const Common& common) {
  Sweep sweep;
  sweep.name = table.text("name");
  sweep.label = table.text("label", sweep.name);
  const Varied varied = read_varied(table);
  sweep.symbol = table.text("symbol", varied.key.empty() ? "-" : key_symbol(varied.key));
  sweep.words = !std::all_of(varied.values.begin(), varied.values.end(),
                             [](const std::string& value) { return as_number(value).has_value(); });
  std::vector<std::string> settings = table.texts("settings");
  Effort effort;
  TableReader shared(*common.effort, common.effort_name, common.effort_place);
  read_effort(shared, effort, settings);
  const detail::Table* own = table.table(common.effort_name);
  table.leave({"quick", "full"});
  if (own != nullptr) {
    TableReader reader(*own, "sweep." + common.effort_name, table.place());
    read_effort(reader, effort, settings);
  }
  if (common.seed) effort.theory.seed = effort.simulation.seed = *common.seed;
  const std::optional<double> duration = table.number("duration", Range::positive());
  table.finish();
  for (std::size_t i = 0; i < varied.values.size(); ++i) {
    std::vector<std::string> all = settings;
    if (!varied.key.empty()) all.push_back(varied.key + "=" + varied.values[i]);
    append(all, common.settings);
    sweep.points.push_back(make_point(varied, i, sweep, lasting(problem_with(common, all, table), duration), effort));
  }
  return sweep;
}

}  // namespace sgdyn::figure
