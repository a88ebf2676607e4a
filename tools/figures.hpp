// Figures of a result, drawn by gnuplot: <name>.svg and <name>.png each.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "figure_scripts.hpp"
#include "outcome.hpp"

namespace sgdyn::tools {

struct Figure {
  std::string name;     ///< file name without extension
  std::string caption;  ///< one sentence
};

struct Drawing {
  std::vector<Figure> figures;
  std::string warning;  ///< why there are fewer figures than there could be
};

/// Draws every observable over time (theory and simulation together), the gaps of a comparison, and heat maps of
/// C(t,t') and R(t,t') into `directory`, which exists and holds no older pictures that would pass for new ones. Never
/// throws for want of gnuplot: it warns.
[[nodiscard]] Drawing draw_figures(const Outcome& outcome, const std::filesystem::path& directory);

/// Draws these scripts in the same way.
[[nodiscard]] Drawing draw_scripts(const std::vector<FigureScript>& scripts, const std::filesystem::path& directory);

}  // namespace sgdyn::tools
