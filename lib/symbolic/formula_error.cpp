#include "sgdyn/symbolic/formula_error.hpp"

#include <algorithm>

namespace sgdyn::symbolic {
namespace {

constexpr std::size_t context = 50;  // characters shown on either side of the caret

char shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return ' ';
  return byte > 0x20 && byte < 0x7f ? c : '?';
}

/// A later byte of a UTF-8 character, which is shown with its first.
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

std::string line(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (!continues(c)) result += shown(c);
  }
  return result;
}

}  // namespace

InputError formula_error(const std::string& key, const std::string& sentence, std::string_view text,
                         std::size_t position) {
  position = std::min(position, text.size());
  const std::size_t first = position > context ? position - context : 0;
  const std::string before = (first > 0 ? "..." : "") + line(text.substr(first, position - first));
  const std::string after = line(text.substr(position, context));
  const std::string more = text.size() > position + context ? "..." : "";
  std::string message = sentence;
  message += "\n  " + before + after + more;
  message += "\n  " + std::string(before.size(), ' ') + "^";
  return {key, message};
}

std::string quoted(std::string_view text) {
  return "\"" + line(text.substr(0, context)) + (text.size() > context ? "..." : "") + "\"";
}

}  // namespace sgdyn::symbolic
