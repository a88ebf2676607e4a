// [[panel]] and [[table]] of a recipe.
#include <algorithm>

#include "sgdyn/core/error.hpp"
#include "sgdyn/validation/figure/recipe_parts.hpp"

namespace sgdyn::figure {
namespace {

// In the order of Plot.
const std::vector<std::string> plot_names{"fdt",   "last-slopes", "local-temperatures", "series",
                                          "sweep", "scatter",     "difference"};

void check_panel(const Panel& panel, const TableReader& table) {
  const auto require = [&](bool holds, const std::string& key, const std::string& plot) {
    if (!holds) throw table.error(key, "is missing; allowed is one with plot = \"" + plot + "\"");
  };
  require(panel.plot != Plot::sweep || panel.quantity, "quantity", "sweep");
  require(panel.plot != Plot::scatter || panel.quantity, "quantity", "scatter");
  require(panel.plot != Plot::scatter || panel.against, "against", "scatter");
}

}  // namespace

Panel read_panel(TableReader& table, const std::vector<Sweep>& sweeps) {
  Panel panel;
  panel.plot = enumerated<Plot>(plot_names, table.word("plot", plot_names));
  panel.title = table.text("title");
  panel.sweeps = find_sweeps(table, "sweep", sweeps);
  if (panel.plot == Plot::series || panel.plot == Plot::difference)
    panel.observable = read_observable(table, "observable");
  if (panel.plot == Plot::sweep || panel.plot == Plot::scatter) panel.quantity = read_quantity(table, "quantity");
  if (panel.plot == Plot::scatter) panel.against = read_quantity(table, "against");
  if (panel.plot == Plot::fdt) panel.waiting = read_numbers(table, "waiting");
  if (panel.plot == Plot::last_slopes) panel.last = table.integers("last", {5, 10, 15}, 2, max_steps);
  if (panel.plot == Plot::sweep) panel.sizes = table.flag("sizes", false);
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

}  // namespace sgdyn::figure
