// Small text files whole. Internal to lib/io.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace sgdyn::detail {

/// Files a person writes stay far below this.
inline constexpr std::size_t max_text_bytes = std::size_t{1} << 20U;

/// The content of a file. @throws InputError with the path as its place: no such file (with the nearest .toml file
/// beside it), a directory, unreadable, or larger than max_text_bytes.
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

/// The path as it is shown in messages.
[[nodiscard]] std::string shown(const std::filesystem::path& path);

}  // namespace sgdyn::detail
