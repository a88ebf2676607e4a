// What a panel draws: curves of points with error bars, few enough for a picture and a table.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/validation/figure/fdt.hpp"
#include "sgdyn/validation/figure/figure.hpp"

namespace sgdyn::figure {

struct Curve {
  std::string label{};
  bool theory = true;
  std::size_t colour = 0;  ///< curves of one point, or of one sweep, share it
  std::size_t mark = 0;    ///< tells simulations at several N apart
  std::vector<Dot> dots{};
};

struct PanelData {
  std::string title{};
  std::string x_label{}, y_label{};  ///< in the enhanced mode of gnuplot
  std::vector<std::string> words{};  ///< names of x = 0, 1, ...; empty where x is a number
  bool log_x = false, log_y = false;
  std::vector<Curve> curves{};
};

[[nodiscard]] std::vector<PanelData> panel_data(const Result& result);

/// "panel,curve,producer,x,x_error,y,y_error", one line a point.
[[nodiscard]] std::string curves_csv(const std::vector<PanelData>& panels);

}  // namespace sgdyn::figure
