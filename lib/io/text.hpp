// Text from outside: encoding checks, and how it is quoted in a one-line message. Internal to lib/io.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sgdyn::detail {

/// Length in bytes of the UTF-8 character that starts at `position`, 0 when the bytes there are not UTF-8.
[[nodiscard]] std::size_t utf8_length(std::string_view text, std::size_t position);

/// Position of the first byte that is not UTF-8 or is NUL; npos when there is none.
[[nodiscard]] std::size_t first_bad_byte(std::string_view text);

/// The text on one line: control characters and stray bytes as \xNN, cut with "..." after about `limit` bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 60);

/// printable() between double quotes.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t limit = 60);

/// "a, b, c"
template <class List>
[[nodiscard]] std::string joined(const List& words) {
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

}  // namespace sgdyn::detail
