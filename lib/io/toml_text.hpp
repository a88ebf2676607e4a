// TOML text to a document; the only place that knows the TOML library. Internal to lib/io.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sgdyn/io/document.hpp"

namespace sgdyn::detail {

/// Parses a whole document; places are "origin:line".
/// @throws InputError ("origin:line: ...") for text that is not UTF-8 or not TOML, duplicate keys included.
[[nodiscard]] Table parse_toml(std::string_view text, const std::string& origin);

/// Applies one "dotted.key=value" override, creating tables as needed. The value is TOML; a bare word is a string.
/// `option_tables` are known names of tables, beside those of the problem, for the messages.
/// @throws InputError ("--set ...: ...").
void apply_setting(Table& root, std::string_view setting, std::span<const std::string> option_tables = {});

}  // namespace sgdyn::detail
