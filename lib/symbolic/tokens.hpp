// A formula cut into tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sgdyn::symbolic {

enum class TokenKind : std::uint8_t {
  number,
  name,
  plus,
  minus,
  times,
  divide,
  power,
  less,
  less_equal,
  greater,
  greater_equal,
  open,
  close,
  comma,
  end
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;     ///< into the formula
  double number = 0.0;       ///< of a number
  std::size_t position = 0;  ///< byte of the formula
};

/// The tokens of `text`, closed by an `end`. They refer to `text`, which must outlive them.
/// @throws InputError(key) for a character no formula has, a malformed number, or one beyond double precision.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view text, const std::string& key);

}  // namespace sgdyn::symbolic
