// The values that several tables of a recipe take.
#include <fmt/format.h>

#include <algorithm>

#include "sgdyn/core/error.hpp"
#include "sgdyn/validation/figure/recipe_parts.hpp"

namespace sgdyn::figure {

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

}  // namespace sgdyn::figure
