#include "gnuplot_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace sgdyn::tools {
namespace {

bool is_control(char letter) {
  constexpr unsigned char first_printable = 0x20;
  constexpr unsigned char del = 0x7f;
  const auto code = static_cast<unsigned char>(letter);
  return code < first_printable || code == del;
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char letter : text) {
    if (letter == '\'') safe += '\'';
    safe += is_control(letter) ? ' ' : letter;
  }
  return safe + "'";
}

std::string plain(const std::string& text) {
  static const std::string special = "_^@&~{}\\";
  std::string safe;
  for (const char letter : text) {
    if (special.find(letter) != std::string::npos) safe += '\\';
    safe += letter;
  }
  return safe;
}

std::size_t shown_length(const std::string& text) {
  static const std::string markup = "_^{}\\";
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char letter) {
    const bool inside_a_character = (static_cast<unsigned char>(letter) & 0xc0U) == 0x80U;  // of UTF-8
    return !inside_a_character && markup.find(letter) == std::string::npos;
  }));
}

std::vector<std::string> wrapped(const std::string& text, std::size_t widest) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (lines.empty() || shown_length(lines.back()) + 1 + shown_length(word) > widest) {
      lines.push_back(word);
    } else {
      lines.back() += " " + word;
    }
  }
  return lines;
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.8g}", value) : "NaN"; }

}  // namespace sgdyn::tools
