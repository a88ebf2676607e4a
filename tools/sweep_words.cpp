#include "sweep_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "description.hpp"

namespace sgdyn::tools {
namespace {

struct Words {
  const char* key;
  const char* symbol;
  const char* label;
};

constexpr std::array<Words, 6> known{
    {{"data.alpha", "\u03b1", "\u03b1, samples per weight"},
     {"data.noise", "\u0394", "\u0394, variance of the inputs orthogonal to the signal"},
     {"data.fraction", "fraction", "fraction \u03c1, probability of the label +1"},
     {"data.chi", "chi", "\u03c7, exponent of the density of the projection"},
     {"loss.ridge", "\u03bb", "\u03bb, ridge"},
     {"loss.margin", "margin", "margin \u03ba of the loss"}}};

const Words* find(const std::string& key) {
  const auto* found = std::find_if(known.begin(), known.end(), [&](const Words& words) { return key == words.key; });
  return found == known.end() ? nullptr : found;
}

// "\u03b1 = 0.5 to 10", "\u03bb = 0.1, 1, 10"
std::string range_text(const SweepAxis& axis) {
  constexpr std::size_t few = 3;
  const std::string name = symbol_of_key(axis.key) + " = ";
  const auto text = [&](std::size_t i) { return fmt::format("{:.6g}", axis.value(i)); };
  if (axis.values.size() > few) return name + text(0) + " to " + text(axis.values.size() - 1);
  std::string list = name + text(0);
  for (std::size_t i = 1; i < axis.values.size(); ++i) list += ", " + text(i);
  return list;
}

// The item of one number becomes another one, or goes.
void replace(std::vector<std::string>& items, const std::string& symbol, const std::string& text) {
  const auto place = std::find_if(items.begin(), items.end(),
                                  [&](const std::string& item) { return item.starts_with(symbol + " = "); });
  if (place == items.end()) {  // at its default, and so without an item
    if (!text.empty()) items.push_back(text);
  } else if (text.empty()) {
    items.erase(place);
  } else {
    *place = text;
  }
}

std::string describe(const Problem& problem, const SweepGrid& grid, bool optimise, bool with_ranges) {
  Description all = description_of(problem);
  const auto vary = [&](const SweepAxis& axis) {
    replace(all.numbers, symbol_of_key(axis.key), with_ranges ? range_text(axis) : "");
  };
  vary(grid.axis());
  if (grid.curves()) vary(*grid.curves());
  if (optimise) replace(all.numbers, symbol_of_key("loss.ridge"), symbol_of_key("loss.ridge") + " optimal");
  return fmt::format("{}{}{}", fmt::join(all.components, ", "), all.numbers.empty() ? "" : ": ",
                     fmt::join(all.numbers, ", "));
}

}  // namespace

std::string symbol_of_key(const std::string& key) {
  const Words* words = find(key);
  return words != nullptr ? words->symbol : key.substr(key.find('.') + 1);
}

std::string axis_label(const std::string& key) {
  const Words* words = find(key);
  return words != nullptr ? words->label : symbol_of_key(key);
}

std::string describe_fixed(const Problem& problem, const SweepGrid& grid, bool optimise) {
  return describe(problem, grid, optimise, false);
}

std::string describe_sweep(const Problem& problem, const SweepGrid& grid, bool optimise) {
  return describe(problem, grid, optimise, true);
}

}  // namespace sgdyn::tools
