#include "gallery_writer.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "figures.hpp"
#include "panel_script.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/io/atomic_file.hpp"
#include "stage.hpp"

namespace sgdyn::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* gallery_name = "gallery.md";

InputError refused(const std::string& message) { return {"--out", message}; }

// A file as seen from the gallery, so that both may move together. What would end the comment it is written in is
// spelled out.
std::string source_name(const fs::path& file, const fs::path& directory) {
  if (file.empty()) return shipped_source;
  const fs::path real = fs::weakly_canonical(file);
  std::string safe;
  for (const char letter : real.lexically_relative(fs::weakly_canonical(directory)).generic_string()) {
    const auto code = static_cast<unsigned char>(letter);
    const bool harmful = code <= 0x20 || code == 0x7f || letter == '>' || letter == '%';
    safe += harmful ? fmt::format("%{:02X}", code) : std::string(1, letter);
  }
  return safe;
}

std::string in_words(const std::string& source) {
  return source == shipped_source ? "the recipe of sgdyn" : "the recipe " + source;
}

void move_into_place(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) throw refused("\"" + to.string() + "\" cannot be written: " + error.message());
}

}  // namespace

GalleryWriter::GalleryWriter(fs::path directory, const fs::path& source, const std::vector<figure::Recipe>& recipes,
                             bool plot, Session& session)
    : directory_(std::move(directory)), plot_(plot), session_(session) {
  if (directory_.empty()) return;
  prepare_output_directory(directory_);
  source_ = source_name(source, directory_);
  const std::string gallery = earlier();
  for (const figure::Recipe& recipe : recipes) refuse_another_source(gallery, recipe.name);
  prepare_output_directory(directory_ / "figures");
}

std::vector<std::string> GalleryWriter::write(GalleryEntry& entry) {
  if (directory_.empty()) return {};
  const std::string name = entry.result.recipe.name;
  const Stage stage(directory_);
  if (plot_) draw(entry, stage.path());
  std::vector<std::string> files{name + ".csv"};
  write_file(stage.path() / files.front(), figure::curves_csv(entry.panels));
  if (entry.drawn) files.insert(files.end(), {name + ".svg", name + ".png"});

  const DirectoryLock lock(directory_);
  const std::string gallery = earlier();
  refuse_another_source(gallery, name);
  std::error_code ignored;
  for (const char* ending : {".svg", ".png"}) fs::remove(directory_ / "figures" / (name + ending), ignored);
  for (std::string& file : files) {
    move_into_place(stage.path() / file, directory_ / "figures" / file);
    file.insert(0, "figures/");
  }
  write_file(directory_ / gallery_name, with_section(gallery, entry, source_));
  files.emplace_back(gallery_name);
  return files;
}

std::string GalleryWriter::place() const { return directory_.empty() ? "" : (directory_ / gallery_name).string(); }

std::string GalleryWriter::earlier() const {
  const fs::path file = directory_ / gallery_name;
  const std::string shown = "\"" + file.string() + "\"";
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found) return "";
  if (!fs::is_regular_file(status)) throw refused(shown + " is not a file; allowed is another directory");
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream) throw refused(shown + " cannot be read; allowed is another directory, or to make it readable");
  if (text.empty() || is_gallery(text)) return text;
  throw refused("\"" + directory_.string() +
                "\" holds a gallery.md that sgdyn did not write; allowed is another directory");
}

// Its picture and its data would be lost under a name that says nothing of it.
void GalleryWriter::refuse_another_source(const std::string& gallery, const std::string& name) const {
  const std::optional<std::string> known = source_in(gallery, name);
  if (!known || *known == source_) return;
  throw refused(fmt::format(
      "\"{}\" holds a figure {} from {}, and this one is from {}; allowed is another directory or another name",
      directory_.string(), name, in_words(*known), in_words(source_)));
}

void GalleryWriter::draw(GalleryEntry& entry, const fs::path& stage) {
  const Drawing drawing = draw_scripts({panels_script(entry.result.recipe, entry.panels)}, stage);
  entry.drawn = !drawing.figures.empty();
  if (!drawing.warning.empty()) session_.warn(drawing.warning + "; everything else was written");
}

}  // namespace sgdyn::tools
