#include "sgdyn/validation/figure/shipped.hpp"

#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/generated/recipes.hpp"

namespace sgdyn::figure {

std::span<const ShippedRecipe> shipped_recipes() { return generated::recipes; }

const ShippedRecipe& find_recipe(const std::string& name) {
  std::vector<std::string> names;
  std::string listed;
  for (const ShippedRecipe& recipe : shipped_recipes()) {
    if (recipe.name == name) return recipe;
    names.emplace_back(recipe.name);
    listed += (listed.empty() ? "" : ", ") + names.back();
  }
  names.insert(names.end(), {"all", "list"});
  throw InputError("", "\"" + name + "\" is not a figure" + did_you_mean(name, names) + "; allowed is " + listed +
                           ", all, list, or a recipe of yours (a .toml file)");
}

}  // namespace sgdyn::figure
