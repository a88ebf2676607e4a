// report.html: the whole result on one page that opens offline.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "figures.hpp"
#include "outcome.hpp"

namespace sgdyn::tools {

/// A self-contained page: verdict, figures (the SVG files of `figure_directory`, inlined), tables, the problem,
/// assumptions and provenance. It refers to nothing outside itself.
[[nodiscard]] std::string report_html(const Outcome& outcome, const std::vector<Figure>& figures,
                                      const std::filesystem::path& figure_directory);

}  // namespace sgdyn::tools
