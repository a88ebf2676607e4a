// [[claim]] of a recipe.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sgdyn/core/error.hpp"
#include "sgdyn/validation/figure/recipe_parts.hpp"

namespace sgdyn::figure {
namespace {

// In the order of Claim::Kind.
const std::vector<std::string> kind_names{"increasing", "decreasing", "maximum-inside", "value",
                                          "equal",      "agrees",     "approaches",     "differs"};

std::size_t position_of(const std::string& value, const Sweep& sweep) {
  std::vector<std::string> values;
  for (const Point& point : sweep.points) values.push_back(point.value);
  const auto place = std::find(values.begin(), values.end(), value);
  if (place != values.end()) return static_cast<std::size_t>(place - values.begin());
  throw InputError("at", fmt::format("\"{}\" is no value of the sweep {}; allowed is {}", value, sweep.name,
                                     values.front().empty() ? "none, as it has one point"
                                                            : fmt::format("{}", fmt::join(values, ", "))));
}

// How many points a claim is about, each known to every sweep of it.
std::size_t points_of(const Claim& claim, const std::vector<Sweep>& sweeps, const TableReader& table) {
  std::size_t points = 0;
  for (const std::size_t sweep : claim.sweeps) {
    try {
      points = chosen_points(claim, sweeps[sweep]).size();
    } catch (const InputError& error) {
      throw table.error("at", error.message());
    }
  }
  return points;
}

class ClaimCheck {
 public:
  ClaimCheck(const Claim& claim, const std::vector<Sweep>& sweeps, const TableReader& table)
      : claim_(claim), sweeps_(sweeps), table_(table), chosen_(points_of(claim, sweeps, table)) {}

  void all() const {
    subject();
    order();
    comparison();
    wanted_values();
    tolerances();
  }

 private:
  using Kind = Claim::Kind;

  void require(bool holds, const std::string& key, const std::string& message) const {
    if (!holds) throw table_.error(key, message);
  }

  [[nodiscard]] std::size_t points() const { return claim_.quantities.size() > 1 ? claim_.quantities.size() : chosen_; }

  void subject() const {
    if (claim_.kind != Kind::agrees) {
      require(claim_.sweeps.size() == 1, "sweep", "is a list; allowed is one sweep, but for agrees");
      require(claim_.series.empty(), "series", "applies to agrees alone; allowed is a quantity");
    } else {
      require(!table_.has("of"), "of", "does not apply to agrees, which is about both; allowed is to leave it out");
    }
    require(claim_.quantities.empty() != claim_.series.empty(), "quantity",
            "is missing; allowed is a quantity, or for agrees the series of an observable");
    require(claim_.quantities.size() < 2 || (chosen_ == 1 && !claim_.other && claim_.kind != Kind::agrees), "quantity",
            "is a list; allowed is one quantity, but for claims within one point of a sweep");
  }

  void order() const {
    const bool ordered = claim_.kind == Kind::increasing || claim_.kind == Kind::decreasing ||
                         claim_.kind == Kind::equal || claim_.kind == Kind::approaches;
    require(!ordered || points() >= 2, "sweep", "has one point; allowed are at least two");
    require(claim_.kind != Kind::maximum_inside || points() >= 3, "sweep",
            "has no inside; allowed are at least three points");
  }

  void comparison() const {
    const bool against = claim_.kind == Kind::approaches || claim_.kind == Kind::differs;
    require(!against || claim_.other.has_value(), "other", "is missing; allowed is the sweep compared with");
    require(against || !claim_.other, "other", "applies to approaches and differs alone");
    if (!against) return;
    const std::size_t others = sweeps_[*claim_.other].points.size();
    require(others == 1 || others == sweeps_[claim_.sweeps.front()].points.size(), "other",
            "has another number of points; allowed is one, or as many as the sweep");
  }

  void wanted_values() const {
    require((claim_.kind == Kind::value) == !claim_.values.empty(), "value",
            claim_.values.empty() ? "is missing; allowed is a list of numbers" : "applies to the kind value alone");
    if (claim_.kind != Kind::value) return;
    require(claim_.values.size() == points(), "value",
            fmt::format("has {} numbers; allowed is one for each of the {} points", claim_.values.size(), points()));
    const bool zero = std::find(claim_.values.begin(), claim_.values.end(), 0.0) != claim_.values.end();
    require(!zero || claim_.absolute, "value",
            "0 has nothing within a relative tolerance; allowed with it is absolute = a number");
  }

  void tolerances() const {
    const bool tolerant = claim_.kind == Kind::value || claim_.kind == Kind::equal;
    const std::string elsewhere = claim_.tolerance ? "tolerance" : "absolute";
    require(!tolerant || claim_.tolerance || claim_.absolute, "tolerance",
            "is missing; allowed is a relative tolerance (or absolute = a number)");
    require(!claim_.tolerance || !claim_.absolute, "absolute", "goes with no tolerance; allowed is one of the two");
    require(tolerant || claim_.kind == Kind::agrees || (!claim_.tolerance && !claim_.absolute), elsewhere,
            "applies to value, equal and agrees alone");
    require(claim_.kind != Kind::agrees || !claim_.absolute, "absolute",
            "does not apply to agrees; allowed is a relative tolerance");
  }

  const Claim& claim_;
  const std::vector<Sweep>& sweeps_;
  const TableReader& table_;
  std::size_t chosen_;
};

std::optional<std::size_t> read_other(TableReader& table, const std::vector<Sweep>& sweeps) {
  if (!table.has("other")) return std::nullopt;
  const std::vector<std::size_t> others = find_sweeps(table, "other", sweeps);
  if (others.size() == 1) return others.front();
  throw table.error("other", "is a list; allowed is one sweep");
}

}  // namespace

std::span<const std::string> claim_kinds() { return kind_names; }

std::vector<std::size_t> chosen_points(const Claim& claim, const Sweep& sweep) {
  std::vector<std::size_t> chosen;
  for (const std::string& value : claim.at) {
    const std::size_t position = position_of(value, sweep);
    if (std::find(chosen.begin(), chosen.end(), position) != chosen.end()) {
      throw InputError("at", "\"" + value + "\" is there twice; allowed is every point once");
    }
    chosen.push_back(position);
  }
  if (!claim.at.empty()) return chosen;
  chosen.resize(sweep.points.size());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  return chosen;
}

Claim read_claim(TableReader& table, const std::vector<Sweep>& sweeps) {
  Claim claim;
  claim.text = table.text("text");
  claim.kind = enumerated<Claim::Kind>(kind_names, table.word("kind", kind_names));
  claim.sweeps = find_sweeps(table, "sweep", sweeps);
  claim.other = read_other(table, sweeps);
  claim.quantities = read_quantities(table, "quantity");
  if (table.has("series")) claim.series = read_observable(table, "series");
  if (table.has("at")) claim.at = table.values("at");
  claim.values = read_numbers(table, "value");
  claim.tolerance = table.number("tolerance", Range::positive());
  claim.absolute = table.number("absolute", Range::positive());
  const std::vector<std::string> producers{"theory", "simulation"};
  const std::string of = table.word("of", {"theory", "simulation", "both"}, "both");
  claim.producers = of == "both" ? producers : std::vector<std::string>{of};
  ClaimCheck(claim, sweeps, table).all();
  table.leave({"other", "series", "at"});
  table.finish();
  return claim;
}

}  // namespace sgdyn::figure
