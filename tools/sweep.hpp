// A list of values of one parameter, as typed on the command line, and what was found at each.
#pragma once

#include <string>
#include <vector>

#include "figure_script.hpp"

namespace sgdyn::tools {

/// "data.alpha=0.5:10:20" (from, to, count), "loss.ridge=1e-4:10:25:log", or "loss.ridge=0.1,1,10".
struct SweepAxis {
  std::string key;                  ///< dotted
  std::vector<std::string> values;  ///< as text that reads back to the same double
  bool log = false;                 ///< spaced evenly in the logarithm

  [[nodiscard]] double value(std::size_t i) const;
  [[nodiscard]] std::string setting(std::size_t i) const { return key + "=" + values[i]; }
};

/// @throws InputError naming `flag`, what was given and what is allowed.
[[nodiscard]] SweepAxis parse_sweep(const std::string& flag, const std::string& text);

/// One line of a sweep figure: points of which some may be missing (NaN).
struct SweepCurve {
  std::string label;
  std::vector<double> values;
  std::vector<double> bound;  ///< drawn broken in the same colour; empty for none
};

struct SweepFigure {
  std::string name;
  std::string caption;
  std::string title;
  std::string x_label;
  std::string y_label;
  std::string bound_label;
  bool log_y = false;
};

/// Curves over the values of an axis.
[[nodiscard]] FigureScript sweep_script(const SweepFigure& figure, const SweepAxis& axis,
                                        const std::vector<SweepCurve>& curves);

}  // namespace sgdyn::tools
