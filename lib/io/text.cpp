#include "sgdyn/io/text.hpp"

#include <array>

namespace sgdyn::detail {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

std::string hexadecimal(char c) {
  static constexpr std::array<char, 17> digits{"0123456789abcdef"};
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
}

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t position) {
  const auto byte = [&](std::size_t offset) {
    return position + offset < text.size() ? static_cast<unsigned char>(text[position + offset]) : 0U;
  };
  const auto follows = [&](std::size_t offset) { return (byte(offset) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first < 0xf0) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) >= 0xa0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first < 0xf5) {
    const bool overlong = first == 0xf0 && byte(1) < 0x90;
    const bool beyond = first == 0xf4 && byte(1) >= 0x90;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

std::size_t first_bad_byte(std::string_view text) {
  std::size_t position = 0;
  while (position < text.size()) {
    const std::size_t length = utf8_length(text, position);
    if (length == 0 || text[position] == '\0') return position;
    position += length;
  }
  return std::string_view::npos;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string result;
  std::size_t position = 0;
  while (position < text.size()) {
    if (result.size() >= limit) return result + "...";
    const std::size_t length = utf8_length(text, position);
    if (length == 0 || is_control(text[position])) {
      result += hexadecimal(text[position]);
      ++position;
    } else {
      result += text.substr(position, length);
      position += length;
    }
  }
  return result;
}

std::string quoted(std::string_view text, std::size_t limit) {
  std::string result(1, '"');
  result += printable(text, limit);
  result += '"';
  return result;
}

}  // namespace sgdyn::detail
