// What the quantities of a report mean, one line each.
#pragma once

#include <string>
#include <vector>

#include "outcome.hpp"

namespace sgdyn::tools {

struct Definition {
  std::string name;    ///< as in result.json
  std::string symbol;  ///< empty for none
  std::string text;
};

/// Those of everything that can be asked in the way `outcome` was.
[[nodiscard]] std::vector<Definition> definitions(const Outcome& outcome);

}  // namespace sgdyn::tools
