#include "panel_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gnuplot_text.hpp"

namespace sgdyn::tools {
namespace {

constexpr double left_margin = 102;  // labels of the y axis
constexpr double right_margin = 20;
constexpr double bottom_margin = 66;  // labels of the x axis
constexpr double letter = 7.5;        // width in a legend
constexpr double sample = 52;         // width of line and marks with the space around them
constexpr double widest_beside = 150;

double entry_width(const std::vector<std::string>& labels) {
  std::size_t longest = 0;
  for (const std::string& label : labels) longest = std::max(longest, shown_length(label));
  return sample + letter * static_cast<double>(longest);
}

int rows_of(double room, const std::vector<std::string>& labels) {
  const auto count = static_cast<double>(std::max<std::size_t>(1, labels.size()));
  const double columns = std::clamp(std::floor(room / entry_width(labels)), 1.0, count);
  return static_cast<int>(std::ceil(count / columns));
}

struct Margins {
  double left, right, top, bottom;  // of the plot itself
};

Margins margins(const Cell& cell) {
  return {cell.left + left_margin, cell.left + cell.width - right_margin, cell.top + cell.title,
          cell.top + cell.height - bottom_margin};
}

std::string commands(const Canvas& canvas, const Margins& at) {
  return fmt::format(
      "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\nset tmargin at screen {:.4f}\nset bmargin at screen "
      "{:.4f}\n",
      at.left / canvas.width, at.right / canvas.width, 1.0 - at.top / canvas.height, 1.0 - at.bottom / canvas.height);
}

std::string key(const Canvas& canvas, double x, double y, const std::string& how) {
  return fmt::format("set key on enhanced Left reverse samplen 2 font ',10' at screen {:.4f}, screen {:.4f} {}\n",
                     x / canvas.width, 1.0 - y / canvas.height, how);
}

}  // namespace

int legend_rows(double width, const std::vector<std::string>& labels) {
  return rows_of(width - left_margin - right_margin, labels);
}

std::string layout_with_legend_below(const Canvas& canvas, const Cell& cell, const std::vector<std::string>& labels) {
  Margins at = margins(cell);
  const int rows = rows_of(at.right - at.left, labels);
  at.bottom -= legend_line * rows + legend_line / 2;
  return commands(canvas, at) + key(canvas, (at.left + at.right) / 2, at.bottom + bottom_margin,
                                    fmt::format("center top vertical maxrows {}", rows));
}

std::string panel_layout(const Canvas& canvas, const Cell& cell, const std::vector<std::string>& labels) {
  if (labels.size() < 2) return commands(canvas, margins(cell)) + "set key off\n";
  const double entry = entry_width(labels);
  if (entry > widest_beside) return layout_with_legend_below(canvas, cell, labels);
  Margins at = margins(cell);
  at.right -= entry - right_margin;
  return commands(canvas, at) + key(canvas, at.right + right_margin / 2, at.top, "left top vertical");
}

}  // namespace sgdyn::tools
