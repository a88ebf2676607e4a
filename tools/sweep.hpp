// A list of values of one parameter, as typed on the command line, and the grid that one or two of them span.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sgdyn/core/problem.hpp"

namespace sgdyn::tools {

/// "data.alpha=0.5:10:20" (from, to, count), "loss.ridge=1e-4:10:25:log", or "loss.ridge=0.1,1,10".
struct SweepAxis {
  std::string key;                  ///< dotted
  std::vector<std::string> values;  ///< as text that reads back to the same double
  bool log = false;                 ///< spaced evenly in the logarithm

  [[nodiscard]] double value(std::size_t i) const;
};

/// @throws InputError naming `flag`, what was given and what is allowed.
[[nodiscard]] SweepAxis parse_sweep(const std::string& flag, const std::string& text);

/// Points of a sweep at most: a table of them is some hundred megabytes.
inline constexpr std::size_t most_sweep_points = 100000;

/// One problem for every value of an axis, or for every pair of values of two: curve by curve. Problems are made when
/// they are asked for.
class SweepGrid {
 public:
  /// `curves` is the second axis. @throws InputError ("--sweep" or "--curves") for keys that are not sweepable, for too
  /// many points, and for a value that is out of range.
  SweepGrid(Problem base, SweepAxis axis, std::optional<SweepAxis> curves);

  [[nodiscard]] const SweepAxis& axis() const { return axis_; }
  [[nodiscard]] const std::optional<SweepAxis>& curves() const { return curves_; }
  [[nodiscard]] bool varies(const std::string& key) const {
    return axis_.key == key || (curves_ && curves_->key == key);
  }
  [[nodiscard]] std::size_t curve_count() const { return curves_ ? curves_->values.size() : 1; }
  [[nodiscard]] std::size_t size() const { return curve_count() * axis_.values.size(); }

  [[nodiscard]] std::size_t on_axis(std::size_t point) const { return point % axis_.values.size(); }
  [[nodiscard]] std::size_t on_curves(std::size_t point) const { return point / axis_.values.size(); }
  [[nodiscard]] Problem problem(std::size_t point) const;
  /// "data.alpha = 2, loss.ridge = 0.1"
  [[nodiscard]] std::string place(std::size_t point) const;

 private:
  void check() const;

  Problem base_;
  SweepAxis axis_;
  std::optional<SweepAxis> curves_;
};

}  // namespace sgdyn::tools
