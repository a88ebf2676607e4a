// algorithm.learning_rate of a problem file: a number, or a table with a schedule. Internal to lib/io.
#pragma once

#include <string>

#include "sgdyn/core/learning_rate.hpp"
#include "sgdyn/io/document.hpp"

namespace sgdyn::detail {

/// `key` is the dotted key of the value. Ranges are left to validated().
/// @throws InputError, placed for keys inside the table.
[[nodiscard]] LearningRate to_learning_rate(const Value& value, const std::string& key);

}  // namespace sgdyn::detail
