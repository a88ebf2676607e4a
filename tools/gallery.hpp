// What is said about figures: entries of gallery.md, lines on stdout, the JSON document.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sgdyn/validation/figure/curves.hpp"

namespace sgdyn::tools {

/// What the user asked for, as far as it decides what the numbers are.
struct FigureRequest {
  std::string figure{};  ///< a name, or the file of a recipe as typed
  bool quick = false;
  std::optional<std::uint64_t> seed{};
  std::vector<std::string> settings{};
};

/// A computed figure with what was written for it.
struct GalleryEntry {
  figure::Result result;
  std::vector<figure::PanelData> panels;
  FigureRequest request;
  bool drawn = false;
};

/// The command that computes the figure again, quoted for a shell.
[[nodiscard]] std::string command_line(const FigureRequest& request);

/// The section of one figure, made from `source`; pictures and data are in figures/.
[[nodiscard]] std::string gallery_section(const GalleryEntry& entry, const std::string& source);
/// `gallery` (empty: a new one) with the section of this figure put in, or in the place of an earlier one; sections are
/// in the order of their names.
[[nodiscard]] std::string with_section(const std::string& gallery, const GalleryEntry& entry,
                                       const std::string& source);
/// Whether a file of that content was written by with_section().
[[nodiscard]] bool is_gallery(const std::string& text);

/// What stands for the recipes that sgdyn brings along, as a source.
inline constexpr const char* shipped_source = "sgdyn";
/// The source of the section of that name; nothing when there is no such section.
[[nodiscard]] std::optional<std::string> source_in(const std::string& gallery, const std::string& name);

/// Title, claims with their verdicts and numbers, for a terminal.
[[nodiscard]] std::string summary(const GalleryEntry& entry);

[[nodiscard]] nlohmann::ordered_json figure_document(const GalleryEntry& entry, const std::vector<std::string>& files);

}  // namespace sgdyn::tools
