// The recipes that come with the command, compiled in so that a moved binary has them too.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sgdyn::figure {

struct ShippedRecipe {
  std::string_view name;  ///< of validation/reference/<name>.toml
  std::string_view text;
};

/// In the order of their names.
[[nodiscard]] std::span<const ShippedRecipe> shipped_recipes();

/// @throws InputError with the nearest name.
[[nodiscard]] const ShippedRecipe& find_recipe(const std::string& name);

}  // namespace sgdyn::figure
