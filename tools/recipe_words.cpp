#include "recipe_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "description.hpp"

namespace sgdyn::tools {
namespace {

using figure::Effort;
using figure::Panel;
using figure::Plot;
using figure::Recipe;
using Items = std::vector<std::string>;

// Keys of the problem file as the titles of figures call them.
std::string in_symbols(const std::string& item) {
  static constexpr std::array<std::pair<const char*, const char*>, 2> symbols{
      {{"batch = ", "b = "}, {"persistence = ", "\u03c4 = "}}};
  for (const auto& [name, symbol] : symbols) {
    if (item.starts_with(name)) return symbol + item.substr(std::string_view(name).size());
  }
  return item;
}

bool contains(const Items& items, const std::string& one) {
  return std::find(items.begin(), items.end(), one) != items.end();
}

void drop(Items& items, const Items& others) {
  std::erase_if(items, [&](const std::string& one) { return contains(others, one); });
}

void keep_common(Items& items, const Items& others) {
  std::erase_if(items, [&](const std::string& one) { return !contains(others, one); });
}

Description of_sweeps(const Recipe& recipe, const std::vector<std::size_t>& sweeps) {
  Description common;
  bool first = true;
  for (const std::size_t s : sweeps) {
    for (const figure::Point& point : recipe.sweeps[s].points) {
      const Description one = description_of(point.problem);
      if (std::exchange(first, false)) common = one;
      keep_common(common.components, one.components);
      keep_common(common.numbers, one.numbers);
    }
  }
  std::transform(common.numbers.begin(), common.numbers.end(), common.numbers.begin(), in_symbols);
  return common;
}

Description of_figure(const Recipe& recipe) {
  std::vector<std::size_t> sweeps;
  for (const Panel& panel : recipe.panels) sweeps.insert(sweeps.end(), panel.sweeps.begin(), panel.sweeps.end());
  return of_sweeps(recipe, sweeps);
}

std::string joined(const Description& description) {
  const bool both = !description.components.empty() && !description.numbers.empty();
  return fmt::format("{}{}{}", fmt::join(description.components, ", "), both ? ": " : "",
                     fmt::join(description.numbers, ", "));
}

bool says(const std::string& title, const std::string& item) {
  const std::size_t place = title.find(item);
  if (place == std::string::npos) return false;
  const std::size_t end = place + item.size();  // not "b = 0.3" of "b = 0.35"
  return end == title.size() || std::isdigit(static_cast<unsigned char>(title[end])) == 0;
}

// Effort texts in the order they first appear, each with the sweeps it holds for.
template <class Text>
std::string by_sweep(const Recipe& recipe, bool Effort::*asked, Text text) {
  std::vector<std::pair<std::string, Items>> groups;
  for (const figure::Sweep& sweep : recipe.sweeps) {
    const Effort& effort = sweep.points.front().effort;  // all points of a sweep share it
    if (!(effort.*asked)) continue;
    const std::string one = text(effort);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& known) { return known.first == one; });
    if (group == groups.end()) group = groups.insert(groups.end(), {one, {}});
    group->second.push_back("\u201c" + sweep.name + "\u201d");
  }
  if (groups.size() == 1) return groups.front().first;
  Items all;
  for (const auto& [one, names] : groups) all.push_back(fmt::format("{} (sweep {})", one, fmt::join(names, ", ")));
  return fmt::format("{}", fmt::join(all, "; "));
}

std::string times(long count, const std::string& what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

bool is_fdt(const Panel& panel) {
  return panel.plot == Plot::fdt || panel.plot == Plot::last_slopes || panel.plot == Plot::local_temperatures;
}

// An extrapolation gives neither FDT curves nor values at one N.
std::string exceptions(const Recipe& recipe, const Effort& effort) {
  const std::vector<Panel>& panels = recipe.panels;
  std::string text;
  if (std::any_of(panels.begin(), panels.end(), is_fdt)) {
    text += fmt::format("; FDT curves and their slopes: N = {}", effort.simulation.dimension.values().back());
  }
  if (std::any_of(panels.begin(), panels.end(), [](const Panel& panel) { return panel.sizes; })) {
    text += "; where the legend names an N, that N";
  }
  return text;
}

std::string simulation_text(const Recipe& recipe, const Effort& effort) {
  const SimulationOptions& options = effort.simulation;
  const std::vector<long>& sizes = options.dimension.values();
  std::string runs = times(options.runs, "run");
  if (options.realisations > 1) runs += " of " + times(options.realisations, "realisation");
  if (sizes.size() == 1) return fmt::format("N = {}, {}, not extrapolated", sizes.front(), runs);
  return fmt::format("N \u2192 \u221e from N = {}, {} at the largest{}", fmt::join(sizes, ", "), runs,
                     exceptions(recipe, effort));
}

}  // namespace

std::string shared_parameters(const Recipe& recipe) { return joined(of_figure(recipe)); }

std::string own_parameters(const Recipe& recipe, const Panel& panel) {
  const Description shared = of_figure(recipe);
  Description own = of_sweeps(recipe, panel.sweeps);
  drop(own.components, shared.components);
  drop(own.numbers, shared.numbers);
  std::erase_if(own.numbers, [&](const std::string& item) { return says(panel.title, item); });
  return joined(own);
}

std::string simulation_effort(const Recipe& recipe) {
  return by_sweep(recipe, &Effort::simulate, [&](const Effort& effort) { return simulation_text(recipe, effort); });
}

std::string theory_effort(const Recipe& recipe) {
  return by_sweep(recipe, &Effort::solve, [](const Effort& effort) {
    return fmt::format("{} samples in {} scramblings", effort.theory.samples, effort.theory.scramblings);
  });
}

}  // namespace sgdyn::tools
