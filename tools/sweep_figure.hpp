// A figure of a sweep: curves over the values of an axis, each with a bound.
#pragma once

#include <string>
#include <vector>

#include "figure_script.hpp"
#include "sweep.hpp"

namespace sgdyn::tools {

/// Points of which some may be missing (NaN): the line has a gap there.
struct SweepCurve {
  std::string label;
  std::vector<double> values;  ///< one for each value of the axis, or fewer
  std::vector<double> bound;   ///< drawn broken; empty for none
};

struct SweepFigure {
  std::string name;
  std::string caption;
  std::string title;
  std::string x_label;
  std::string y_label;  ///< in the enhanced mode of gnuplot, as gnuplot_text.hpp has it
  std::string bound_label;
};

/// Whether there is a number to draw.
[[nodiscard]] bool has_points(const std::vector<SweepCurve>& curves);

/// Logarithmic upwards where the numbers span more than a decade. A bound that all curves share is drawn once, in
/// black; else each in the colour of its curve.
[[nodiscard]] FigureScript sweep_script(const SweepFigure& figure, const SweepAxis& axis,
                                        const std::vector<SweepCurve>& curves);

}  // namespace sgdyn::tools
