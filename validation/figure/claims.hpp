// Is a claim true of these numbers, given their error bars?
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/validation/figure/quantity.hpp"
#include "sgdyn/validation/figure/recipe.hpp"

namespace sgdyn::figure {

enum class Truth { holds, fails, undecided };

[[nodiscard]] std::string_view to_string(Truth truth);

/// Probability with which noise alone turns a claim into `holds` or `fails` when it is on the edge.
inline constexpr double claim_error = 0.01;

/// What a claim is judged on. With `agrees`, `measured` is the theory and `reference` the simulation; with `approaches`
/// and `differs`, `reference` is the other sweep (one entry, or one a point).
struct Evidence {
  std::vector<std::string> at{};  ///< names of the points
  std::vector<Measured> measured{};
  std::vector<Measured> reference{};
  std::vector<double> scale{};  ///< agrees: what a gap is relative to, one a point
};

struct Finding {
  Truth truth = Truth::undecided;
  std::string numbers{};  ///< "0.0148(1), 0.0223(2), ...", and what decided
};

/// All differences are judged together with Student's t at the level claim_error; those of numbers from the same
/// replicates with the error of their paired difference:
///   increasing, decreasing  every step beyond its error bar: holds; one step the other way: fails
///   maximum-inside          an inner point above both ends: holds; an end above all inner points: fails
///   value, equal, agrees    |gap| surely within the tolerance: holds; surely beyond: fails. agrees also holds where no
///                           gap is beyond its error bar and all bars are within the tolerance
///   approaches              gaps to the reference grow from the first point to the last: holds; shrink: fails
///   differs                 some gap to the reference is beyond its error bar: holds; all gaps surely below 1 % of the
///                           reference, and none beyond its error bar: fails
[[nodiscard]] Finding judge(const Claim& claim, const Evidence& evidence, double resolution);

/// "0.0148(1)": the error in units of the last digit; the plain number where it is exact.
[[nodiscard]] std::string with_error(const Measured& measured);

}  // namespace sgdyn::figure
