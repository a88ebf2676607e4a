// The range of an axis and where its labels stand. gnuplot lets points touch the frame, and leaves a logarithmic axis
// that spans less than a decade without a label.
#pragma once

#include <string>
#include <vector>

namespace sgdyn::tools {

/// What has to fit: a value with its error bar.
struct Shown {
  double value = 0.0;
  double error = 0.0;
};

struct Axis {
  double low = 0.0, high = 1.0;
  bool log = false;

  /// Whether a value has a place on it.
  [[nodiscard]] bool takes(double value) const { return !log || value > 0.0; }
  /// How far apart two values are drawn, relative to the length of the axis; infinite where one has no place.
  [[nodiscard]] double distance(double a, double b) const;
  /// The value moved into the range; for the ends of error bars, which may go below zero.
  [[nodiscard]] double clipped(double value) const;
};

/// Room for all of `shown` and a margin; on a logarithmic axis for those above zero.
[[nodiscard]] Axis axis_for(const std::vector<Shown>& shown, bool log);

/// "set xrange ..." and "set xtics ..." with about `labels` labels; `name` is x or y.
[[nodiscard]] std::string axis_commands(const std::string& name, const Axis& axis, int labels);

}  // namespace sgdyn::tools
