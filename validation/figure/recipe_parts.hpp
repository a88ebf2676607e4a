// The parts of a recipe, read one by one. Internal to validation/figure.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/io/document.hpp"
#include "sgdyn/validation/figure/recipe.hpp"
#include "sgdyn/validation/figure/table_reader.hpp"

namespace sgdyn::figure {

/// What all parts of a recipe share.
struct Common {
  detail::Table problem;                  ///< the tables data, loss, algorithm, initial, observables
  const detail::Table* effort = nullptr;  ///< quick or full
  std::string effort_name;
  std::string effort_place;
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

}  // namespace sgdyn::figure
