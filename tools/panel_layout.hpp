// Where a plot and its legend stand on a picture, in pixels from its upper left corner. gnuplot would put a legend of
// several lines on top of the label of the x axis.
#pragma once

#include <string>
#include <vector>

namespace sgdyn::tools {

struct Canvas {
  double width = 0.0, height = 0.0;
};

/// The part of a picture that a plot has for itself, with its title and its legend.
struct Cell {
  double left = 0.0, top = 0.0, width = 0.0, height = 0.0;
  double title = 0.0;  ///< height of the title
};

/// Height of a line of a legend.
inline constexpr double legend_line = 19;

/// Lines of a legend below a plot on a picture of this width.
[[nodiscard]] int legend_rows(double width, const std::vector<std::string>& labels);

/// Margins and legend for entries that read `labels`: beside the plot if they are short, else below the label of the
/// x axis; none for a single entry, which the title explains.
[[nodiscard]] std::string panel_layout(const Canvas& canvas, const Cell& cell, const std::vector<std::string>& labels);

/// The same with the legend below in any case.
[[nodiscard]] std::string layout_with_legend_below(const Canvas& canvas, const Cell& cell,
                                                   const std::vector<std::string>& labels);

}  // namespace sgdyn::tools
