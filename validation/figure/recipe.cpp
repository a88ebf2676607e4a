#include "sgdyn/validation/figure/recipe.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/problem_reader.hpp"
#include "sgdyn/io/toml_text.hpp"
#include "sgdyn/validation/figure/recipe_parts.hpp"

namespace sgdyn::figure {
namespace {

const std::vector<std::string> effort_tables{"quick", "full"};

bool is_about_effort(const std::string& setting) {
  return std::any_of(effort_tables.begin(), effort_tables.end(),
                     [&](const std::string& name) { return setting.starts_with(name + "."); });
}

detail::Table problem_part(const detail::Table& root) {
  const std::vector<std::string> names = detail::problem_tables();
  detail::Table part;
  for (const detail::Entry& entry : root) {
    if (std::find(names.begin(), names.end(), entry.key) != names.end()) part.push_back(entry);
  }
  return part;
}

Common read_common(TableReader& root, const detail::Table& document, const std::string& origin,
                   const ReadOptions& options) {
  Common common;
  for (const std::string& name : effort_tables) {
    const detail::Table* table = root.table(name);
    if (table == nullptr) throw root.error(name, "is missing; allowed is a table with samples, dimension, ...");
    common.efforts.push_back({name, table, detail::find(document, name)->place});
  }
  common.problem = problem_part(document);
  common.effort = effort_tables[options.size == Size::quick ? 0 : 1];
  common.origin = origin;
  common.seed = options.seed;
  for (const std::string& setting : options.settings) {
    if (!is_about_effort(setting)) common.settings.push_back(setting);
  }
  return common;
}

// A name for files, whatever the recipe's own file is called.
std::string file_name(const std::string& origin) {
  std::string name = std::filesystem::path(origin).stem().string();
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '-' && letter != '_'; }, '_');
  return name.empty() ? "figure" : name;
}

void refuse_twins(const std::vector<Sweep>& sweeps, const TableReader& table) {
  for (std::size_t i = 0; i + 1 < sweeps.size(); ++i) {
    if (sweeps[i].name == sweeps.back().name) {
      throw table.error("name", "\"" + sweeps[i].name + "\" is the name of another sweep; allowed is a new one");
    }
  }
}

void require_some(bool any, const TableReader& root, const std::string& key) {
  if (!any) throw root.error(key, "is missing; allowed is at least one [[" + key + "]]");
}

}  // namespace

Recipe parse_recipe(std::string_view text, const std::string& origin, const ReadOptions& options) {
  detail::Table document = detail::parse_toml(text, origin);
  for (const std::string& setting : options.settings) {
    if (is_about_effort(setting)) detail::apply_setting(document, setting, effort_tables);
  }
  TableReader root(document, "", origin);
  root.leave(detail::problem_tables());
  Recipe recipe;
  recipe.name = file_name(origin);
  recipe.title = root.text("title");
  recipe.source = root.text("source");
  recipe.sentence = root.text("sentence");
  recipe.choices = root.texts("choices");
  const Common common = read_common(root, document, origin, options);
  for (TableReader& table : root.tables("sweep")) {
    recipe.sweeps.push_back(read_sweep(table, common));
    refuse_twins(recipe.sweeps, table);
  }
  for (TableReader& table : root.tables("panel")) recipe.panels.push_back(read_panel(table, recipe.sweeps));
  for (TableReader& table : root.tables("table")) {
    recipe.tables.push_back(read_difference_table(table, recipe.sweeps));
  }
  for (TableReader& table : root.tables("claim")) recipe.claims.push_back(read_claim(table, recipe.sweeps));
  root.finish();
  require_some(!recipe.sweeps.empty(), root, "sweep");
  require_some(!recipe.panels.empty(), root, "panel");
  require_some(!recipe.claims.empty(), root, "claim");
  return recipe;
}

}  // namespace sgdyn::figure
