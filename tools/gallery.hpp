// What is said about figures: entries of gallery.md, lines on stdout, the JSON document.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sgdyn/validation/figure/curves.hpp"

namespace sgdyn::tools {

/// A computed figure with what was written for it.
struct GalleryEntry {
  figure::Result result;
  std::vector<figure::PanelData> panels;
  bool quick = false;
  bool drawn = false;
};

/// The section of one figure; pictures and data are in figures/.
[[nodiscard]] std::string gallery_section(const GalleryEntry& entry);
/// `gallery` (empty: a new one) with the section of this figure put in, or in the place of an earlier one; sections are
/// in the order of their names.
[[nodiscard]] std::string with_section(const std::string& gallery, const GalleryEntry& entry);
/// Whether a file of that content was written by with_section().
[[nodiscard]] bool is_gallery(const std::string& text);

/// Title, claims with their verdicts and numbers, for a terminal.
[[nodiscard]] std::string summary(const GalleryEntry& entry);

[[nodiscard]] nlohmann::ordered_json figure_document(const GalleryEntry& entry, const std::vector<std::string>& files);

}  // namespace sgdyn::tools
