// What an OptionTable reads from. Internal to lib/io.
#pragma once

#include <string>

#include "sgdyn/io/document.hpp"
#include "sgdyn/io/option_table.hpp"

namespace sgdyn {

struct OptionTable::Content {
  detail::Table table;
  std::string place;  ///< of the table; of the file when the table is absent
};

}  // namespace sgdyn
