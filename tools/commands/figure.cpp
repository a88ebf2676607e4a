// sgdyn figure: the figures of the source papers, computed again.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "commands/commands.hpp"
#include "figures.hpp"
#include "gallery.hpp"
#include "options.hpp"
#include "output.hpp"
#include "panel_script.hpp"
#include "session.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/io/atomic_file.hpp"
#include "sgdyn/io/file_text.hpp"
#include "sgdyn/validation/figure/shipped.hpp"

namespace sgdyn::tools {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* default_directory = "sgdyn-out";

bool is_file_name(const std::string& name) { return name.ends_with(".toml"); }

ExitStatus list(const Options& options) {
  ordered_json figures = ordered_json::array();
  std::string text;
  for (const figure::ShippedRecipe& shipped : figure::shipped_recipes()) {
    const figure::Recipe recipe = figure::parse_recipe(shipped.text, std::string(shipped.name) + ".toml");
    figures.push_back(
        {{"name", recipe.name}, {"title", recipe.title}, {"source", recipe.source}, {"sentence", recipe.sentence}});
    text += fmt::format("{:<18}{} ({})\n", recipe.name, recipe.title, recipe.source);
  }
  print(options.json
            ? ordered_json{{"schema", "sgdyn-figures/1"}, {"command", "figure"}, {"figures", figures}}.dump(1) + "\n"
            : text);
  return exit_ok;
}

std::vector<figure::Recipe> read_recipes(const Options& options, bool quick) {
  const figure::ReadOptions how{
      .size = quick ? figure::Size::quick : figure::Size::full, .seed = options.seed, .settings = options.settings};
  if (is_file_name(options.file)) {
    return {figure::parse_recipe(detail::read_text(options.file), detail::shown(options.file), how)};
  }
  std::vector<figure::Recipe> recipes;
  const auto add = [&](const figure::ShippedRecipe& shipped) {
    recipes.push_back(figure::parse_recipe(shipped.text, std::string(shipped.name) + ".toml", how));
  };
  if (options.file == "all") {
    for (const figure::ShippedRecipe& shipped : figure::shipped_recipes()) add(shipped);
  } else {
    add(figure::find_recipe(options.file));
  }
  return recipes;
}

// gallery.md and figures/ below the output directory; without one nothing is written.
class GalleryWriter {
 public:
  GalleryWriter(const Options& options, Session& session) : plot_(options.plot), session_(session) {
    directory_ = !options.out.empty() ? fs::path(options.out) : options.json ? fs::path() : fs::path(default_directory);
    if (directory_.empty()) return;
    prepare_output_directory(directory_);
    if (!earlier().empty() && !is_gallery(earlier())) {
      throw InputError("--out", "\"" + directory_.string() +
                                    "\" holds a gallery.md that sgdyn did not write; allowed is another directory");
    }
    prepare_output_directory(directory_ / "figures");
  }

  /// The names of the files written for it.
  std::vector<std::string> write(GalleryEntry& entry) {
    if (directory_.empty()) return {};
    const std::string stem = "figures/" + entry.result.recipe.name;
    std::vector<std::string> files{stem + ".csv"};
    write_file(directory_ / files.front(), figure::curves_csv(entry.panels));
    if (plot_) draw(entry);
    if (entry.drawn) files.insert(files.end(), {stem + ".svg", stem + ".png"});
    write_file(directory_ / "gallery.md", with_section(earlier(), entry));
    files.emplace_back("gallery.md");
    return files;
  }

  [[nodiscard]] std::string place() const { return directory_.empty() ? "" : (directory_ / "gallery.md").string(); }

 private:
  [[nodiscard]] std::string earlier() const {
    std::ifstream stream(directory_ / "gallery.md", std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }

  void draw(GalleryEntry& entry) {
    const Drawing drawing = draw_scripts({panels_script(entry.result.recipe, entry.panels)}, directory_ / "figures");
    entry.drawn = !drawing.figures.empty();
    if (!drawing.warning.empty()) session_.warn(drawing.warning + "; everything else was written");
  }

  fs::path directory_;
  bool plot_;
  Session& session_;
};

struct Tally {
  bool numerical = false, disagrees = false;
  ordered_json figures = ordered_json::array();

  void add(const GalleryEntry& entry, const std::vector<std::string>& files) {
    numerical = numerical || entry.result.status != Status::ok;
    disagrees = disagrees || entry.result.disagrees();
    figures.push_back(figure_document(entry, files));
  }

  [[nodiscard]] std::string status(bool stopped) const {
    return stopped ? "interrupted" : numerical ? "not-converged" : "ok";
  }

  [[nodiscard]] ExitStatus exit_status(bool stopped) const {
    if (stopped) return exit_interrupted;
    return numerical ? exit_numerical : disagrees ? exit_disagree : exit_ok;
  }
};

ExitStatus run(const Options& options, Session& session) {
  if (options.file.empty()) throw InputError("", "sgdyn figure needs a name, for example: sgdyn figure list");
  if (options.file == "list") return list(options);
  const bool quick = own_option(options, "--quick").has_value();
  const std::vector<figure::Recipe> recipes = read_recipes(options, quick);
  figure::Workshop workshop(recipes, session.execution());
  GalleryWriter writer(options, session);
  Tally tally;
  for (const figure::Recipe& recipe : recipes) {
    GalleryEntry entry{.result = workshop.compute(recipe), .panels = {}, .quick = quick};
    if (entry.result.status == Status::interrupted) break;  // what was finished before is on disk
    entry.panels = figure::panel_data(entry.result);
    session.clear_progress();
    const std::vector<std::string> files = writer.write(entry);
    tally.add(entry, files);
    if (!options.json) print(summary(entry) + "\n");
  }
  session.clear_progress();
  if (options.json) {
    print(ordered_json{{"schema", "sgdyn-figures/1"},
                       {"command", "figure"},
                       {"size", quick ? "quick" : "full"},
                       {"status", tally.status(session.stopped())},
                       {"figures", tally.figures}}
              .dump(1) +
          "\n");
  } else if (!writer.place().empty() && !tally.figures.empty()) {
    print("gallery: " + writer.place() + "\n");
  }
  if (session.stopped()) session.warn("interrupted: finished figures were kept");
  return tally.exit_status(session.stopped());
}

}  // namespace

Command figure_command() {
  return {.name = "figure",
          .summary = "Compute the figures of the source papers again, and judge what is claimed of them.",
          .example = "sgdyn figure en1 --quick",
          .takes = Takes::figure,
          .options = {{"--quick", "", "small sizes: minutes instead of hours"}},
          .run = run};
}

}  // namespace sgdyn::tools
