// A figure of the source papers as a TOML file: the problems to solve, what to draw, and what the text says of it.
// The form of the file: validation/reference/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/validation/figure/quantity.hpp"

namespace sgdyn::figure {

enum class Size { quick, full };

/// What one point costs, and how sharp a claim of agreement is.
struct Effort {
  dmft::Options theory{};
  SimulationOptions simulation{};
  bool solve = true;  ///< the theory
  bool simulate = true;
  double resolution = 0.05;  ///< gaps between theory and simulation are judged against this fraction
};

/// One problem of a sweep.
struct Point {
  std::string value{};  ///< of the swept key, as text; empty in a sweep of one point
  double x = 0.0;       ///< its number, or its position if it is a word
  std::string label{};  ///< "b = 0.3"
  Problem problem{};
  Effort effort{};
};

struct Sweep {
  std::string name{};
  std::string label{};   ///< in legends of panels with several sweeps
  std::string symbol{};  ///< of the swept key
  bool words = false;    ///< the values are words
  std::vector<Point> points{};
};

enum class Plot { fdt, last_slopes, local_temperatures, series, sweep, scatter, difference };

struct Panel {
  Plot plot = Plot::series;
  std::string title{};
  std::vector<std::size_t> sweeps{};
  std::string observable{};            ///< series, difference
  std::optional<Quantity> quantity{};  ///< sweep, scatter: y
  std::optional<Quantity> against{};   ///< scatter: x
  std::vector<double> waiting{};       ///< fdt: waiting times; none: the middle of the run
  std::vector<long> last{};            ///< last_slopes: numbers of steps
  bool sizes = false;                  ///< sweep: the simulation at every N instead of extrapolated
  bool log_x = false, log_y = false;
};

/// How the last point of a sweep differs from the first, in numbers.
struct DifferenceTable {
  std::string title{};
  std::size_t sweep = 0;
  std::vector<double> times{};
  std::vector<std::string> observables{};
};

/// A sentence of the paper as a statement about numbers.
struct Claim {
  enum class Kind { increasing, decreasing, maximum_inside, value, equal, agrees, approaches, differs };
  Kind kind = Kind::agrees;
  std::string text{};
  std::vector<std::size_t> sweeps{};     ///< one, but for agrees
  std::optional<std::size_t> other{};    ///< approaches, differs: the sweep compared with
  std::vector<Quantity> quantities{};    ///< one, of every point; or several, of one point
  std::string series{};                  ///< agrees: an observable over time instead
  std::vector<std::string> at{};         ///< points; none: all
  std::vector<double> values{};          ///< value: one a point
  std::optional<double> tolerance{};     ///< relative; agrees: the resolution of the effort
  std::optional<double> absolute{};      ///< value: the tolerance as a number
  std::vector<std::string> producers{};  ///< "theory", "simulation"
};

struct Recipe {
  std::string name{};
  std::string title{};
  std::string source{};
  std::string sentence{};              ///< what the figure shows
  std::vector<std::string> choices{};  ///< what the paper does not say and we chose
  std::vector<Sweep> sweeps{};
  std::vector<Panel> panels{};
  std::vector<DifferenceTable> tables{};
  std::vector<Claim> claims{};
};

struct ReadOptions {
  Size size = Size::full;
  std::optional<std::uint64_t> seed{};  ///< of everything, instead of the recipe's
  /// "dotted.key=value": of the tables quick and full, or of every problem of the figure.
  std::vector<std::string> settings{};
};

/// Reads a recipe with all problems checked. `origin` stands for the file in messages and gives the figure its name.
/// @throws InputError: one sentence naming file, line, key, value and what is allowed.
[[nodiscard]] Recipe parse_recipe(std::string_view text, const std::string& origin, const ReadOptions& options = {});

/// The positions in a sweep of the points a claim is about, in the order of `at`.
/// @throws InputError without a place for a value that is not in the sweep, or is there twice.
[[nodiscard]] std::vector<std::size_t> chosen_points(const Claim& claim, const Sweep& sweep);

/// A claim of the vocabulary by name ("maximum-inside"), in the order of Claim::Kind.
[[nodiscard]] std::span<const std::string> claim_kinds();

}  // namespace sgdyn::figure
