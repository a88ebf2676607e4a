// The parts of a recipe, read one by one. Internal to validation/figure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sgdyn/io/document.hpp"
#include "sgdyn/validation/figure/recipe.hpp"
#include "sgdyn/validation/figure/table_reader.hpp"

namespace sgdyn::figure {

/// [quick] or [full].
struct EffortTable {
  std::string name;
  const detail::Table* table = nullptr;
  std::string place;
};

/// What all parts of a recipe share.
struct Common {
  detail::Table problem;             ///< the tables data, loss, algorithm, initial, observables
  std::vector<EffortTable> efforts;  ///< both, so that neither is found wrong only when its turn comes
  std::string effort;                ///< the name of the one to compute
  std::string origin;
  std::vector<std::string> settings;  ///< of the user, for every problem
  std::optional<std::uint64_t> seed;
};

[[nodiscard]] Sweep read_sweep(TableReader& table, const Common& common);
[[nodiscard]] Panel read_panel(TableReader& table, const std::vector<Sweep>& sweeps);
[[nodiscard]] DifferenceTable read_difference_table(TableReader& table, const std::vector<Sweep>& sweeps);
[[nodiscard]] Claim read_claim(TableReader& table, const std::vector<Sweep>& sweeps);

/// The positions of the sweeps named by a key. @throws InputError with the nearest name.
[[nodiscard]] std::vector<std::size_t> find_sweeps(TableReader& table, const std::string& key,
                                                   const std::vector<Sweep>& sweeps);
/// The quantities written under a key, none when it is absent. @throws InputError with the place.
[[nodiscard]] std::vector<Quantity> read_quantities(TableReader& table, const std::string& key);
[[nodiscard]] std::optional<Quantity> read_quantity(TableReader& table, const std::string& key);
/// The name of an observable. @throws InputError with the nearest one.
[[nodiscard]] std::string read_observable(TableReader& table, const std::string& key);
/// A list of numbers, none when the key is absent. @throws InputError with the place.
[[nodiscard]] std::vector<double> read_numbers(TableReader& table, const std::string& key);

/// A word as the enumerator at its place among `names`, which hold it.
template <class Enum>
Enum enumerated(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<Enum>(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace sgdyn::figure
