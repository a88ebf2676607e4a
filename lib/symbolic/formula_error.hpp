// How a mistake in a formula is shown: one sentence, then the formula and a caret under the offending character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sgdyn/core/error.hpp"

namespace sgdyn::symbolic {

/// An InputError for `key` whose message is `sentence`, the line of `text` around byte `position`, and a caret. Bytes a
/// terminal would not show as one character each are shown as '?'.
[[nodiscard]] InputError formula_error(const std::string& key, const std::string& sentence, std::string_view text,
                                       std::size_t position);

/// The formula in quotes, its beginning if it is long, for sentences about it as a whole.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace sgdyn::symbolic
