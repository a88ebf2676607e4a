// The gnuplot script of a figure of the papers: all its panels in one picture.
#pragma once

#include <string>
#include <vector>

#include "figure_scripts.hpp"
#include "sgdyn/validation/figure/curves.hpp"

namespace sgdyn::tools {

/// Theory as lines with a band of one standard error, simulation as points with bars of one standard error.
[[nodiscard]] FigureScript panels_script(const figure::Recipe& recipe, const std::vector<figure::PanelData>& panels);

}  // namespace sgdyn::tools
