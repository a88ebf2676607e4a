// sgdyn figure: the figures of the source papers, computed again.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "commands/commands.hpp"
#include "gallery_writer.hpp"
#include "options.hpp"
#include "outcome.hpp"
#include "output.hpp"
#include "sgdyn/core/error.hpp"
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

// Nothing is written with --json alone.
fs::path directory_for(const Options& options) {
  if (!options.out.empty()) return options.out;
  return options.json ? fs::path() : fs::path(default_directory);
}

FigureRequest request_for(const Options& options, const figure::Recipe& recipe, bool quick) {
  return {.figure = is_file_name(options.file) ? options.file : recipe.name,
          .quick = quick,
          .seed = options.seed,
          .settings = options.settings};
}

struct Tally {
  Status worst = Status::ok;
  bool disagrees = false;
  ordered_json figures = ordered_json::array();

  void add(const GalleryEntry& entry, const std::vector<std::string>& files) {
    worst = worse(worst, entry.result.status);
    disagrees = disagrees || entry.result.disagrees();
    figures.push_back(figure_document(entry, files));
  }

  [[nodiscard]] std::string_view status(bool stopped) const { return to_string(stopped ? Status::interrupted : worst); }

  [[nodiscard]] ExitStatus exit_status(bool stopped) const {
    if (stopped) return exit_interrupted;
    return worst != Status::ok ? exit_numerical : disagrees ? exit_disagree : exit_ok;
  }
};

ExitStatus run(const Options& options, Session& session) {
  if (options.file.empty()) throw InputError("", "sgdyn figure needs a name, for example: sgdyn figure list");
  if (options.file == "list") return list(options);
  const bool quick = own_option(options, "--quick").has_value();
  const std::vector<figure::Recipe> recipes = read_recipes(options, quick);
  figure::Workshop workshop(recipes, session.execution());
  GalleryWriter writer(directory_for(options), is_file_name(options.file) ? fs::path(options.file) : fs::path(),
                       recipes, options.plot, session);
  Tally tally;
  for (const figure::Recipe& recipe : recipes) {
    GalleryEntry entry{
        .result = workshop.compute(recipe), .panels = {}, .request = request_for(options, recipe, quick)};
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
          .options = {{"--quick", "", "small sizes: about a minute for a figure, with wider error bars"}},
          .run = run};
}

}  // namespace sgdyn::tools
