#include "sgdyn/io/toml_text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sgdyn/io/text.hpp"

namespace sgdyn::detail {
namespace {

std::string place_of(const std::string& origin, std::size_t line) { return origin + ":" + std::to_string(line); }

std::size_t line_of(std::string_view text, std::size_t position) {
  const auto head = text.substr(0, position);
  return 1 + static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n'));
}

/// The line without its blanks at both ends.
std::string_view line_text(std::string_view text, std::size_t line) {
  for (std::size_t current = 1; current < line; ++current) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

void require_text(std::string_view text, const std::string& origin) {
  const std::size_t bad = first_bad_byte(text);
  if (bad == std::string_view::npos) return;
  const std::string byte = text[bad] == '\0' ? "a NUL byte" : "the byte " + printable(text.substr(bad, 1));
  throw InputError("", byte + " is not text; allowed is TOML in UTF-8").at(place_of(origin, line_of(text, bad)));
}

/// The TOML library recurses over nested values and over the parts of a dotted key without a bound that a stack
/// survives. This scan bounds both before it sees the text: brackets open at a time, and dots in one key.
class NestingScan {
 public:
  explicit NestingScan(std::string_view text) : text_(text) {}

  /// Position where the bounds are passed; npos when they are kept.
  std::size_t run() {
    while (position_ < text_.size()) {
      if (!step()) return position_;
    }
    return std::string_view::npos;
  }

 private:
  static constexpr int max_brackets = 16;
  static constexpr int max_dots = 16;

  bool step() {
    const char c = text_[position_];
    if (c == '"' || c == '\'') {
      skip_string(c);
      return true;
    }
    if (c == '#') {
      position_ = std::min(text_.find('\n', position_), text_.size());
      return true;
    }
    if (c == '[' || c == '{') ++brackets_;
    if ((c == ']' || c == '}') && brackets_ > 0) --brackets_;
    if (c == '.') ++dots_;
    if (c == '\n' || c == ',' || c == '=' || c == '{' || c == '[') dots_ = 0;
    if (brackets_ > max_brackets || dots_ > max_dots) return false;
    ++position_;
    return true;
  }

  // A string that never ends is left to the parser; only where the text resumes matters here.
  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool multiline = text_.substr(position_, 3) == three;
    position_ += multiline ? 3U : 1U;
    while (position_ < text_.size()) {
      if (multiline ? text_.substr(position_, 3) == three : text_[position_] == quote || text_[position_] == '\n') {
        position_ += multiline ? 3U : 1U;
        return;
      }
      const bool escape = quote == '"' && text_[position_] == '\\';
      position_ += escape ? 2U : 1U;
    }
    position_ = std::min(position_, text_.size());
  }

  std::string_view text_;
  std::size_t position_ = 0;
  int brackets_ = 0;
  int dots_ = 0;
};

// ---- syntax errors in our words ----

/// What the library calls the mistake, and what we call it. The first match wins.
struct Explanation {
  std::string_view theirs;
  std::string_view ours;
};

constexpr auto explanations = std::to_array<Explanation>({
    {"string: encountered end-of-file", "the file ends inside a string"},
    {"array: encountered end-of-file", "the file ends inside a list"},
    {"inline table: encountered end-of-file", "the file ends inside a { } table"},
    {"table header: encountered end-of-file", "the file ends inside a [table] line"},
    {"key-value pair: encountered end-of-file", "the file ends before the value of a key"},
    {"string: unescaped control", "a string is not closed on its line, or holds a control character"},
    {"string: control", "a string is not closed on its line, or holds a control character"},
    {"unknown escape", "a backslash in a string starts no known escape"},
    {"hex digit", "a backslash in a string starts no known escape"},
    {"closing ']'", "a list is not closed, or lacks a comma or a value"},
    {"inline table:", "a { } table is not closed on its line, or lacks a comma"},
    {"blank bare keys", "a [table] line holds no name"},
    {"expected ']'", "a [table] line lacks its ]"},
    {"expected a comment or whitespace, saw ','", "a decimal mark is a point, and only a comment may follow a value"},
    {"expected a comment or whitespace", "only a comment may follow on the line"},
    {"expected '='", "a key must be followed by = and its value"},
    {"expected value, saw", "the value of a key is missing"},
    {"expected keys, tables", "a line must start with a key, a [table] or a comment"},
    {"bare key", "a key is misspelt (letters, digits, - and _ need no quotes)"},
    {"not representable in 64 bits", "an integer is too large"},
    {"could not be interpreted as a value", "a number is too large or too small for a double"},
    {"length limit", "a number has too many digits"},
    {"value too long", "a number has too many digits"},
    {"leading zeroes", "an integer must not start with 0"},
    {"boolean:", "a string needs quotes, and a boolean is spelt true or false"},
    {"could not determine value type", "a string needs quotes, or a number is misspelt"},
    {"expected 'nan'", "a string needs quotes"},
    {"expected 'inf'", "a string needs quotes"},
    {"floating-point:", "a number is misspelt (digits are needed on both sides of the point)"},
    {"integer:", "a number is misspelt"},
});

std::string explain(std::string_view description) {
  for (const auto& [theirs, ours] : explanations) {
    if (description.find(theirs) != std::string_view::npos) return std::string(ours);
  }
  return "a key or a value is misspelt";
}

/// "cannot redefine existing integer 'steps'" -> "\"steps\" is given twice; ..."; empty for other mistakes.
std::string explain_duplicate(std::string_view description) {
  if (description.find("cannot redefine") == std::string_view::npos &&
      description.find("cannot insert") == std::string_view::npos) {
    return {};
  }
  const std::size_t open = description.find('\'');
  const std::size_t close = description.find('\'', open + 1);
  const bool named = open != std::string_view::npos && close != std::string_view::npos;
  const std::string name = named ? quoted(description.substr(open + 1, close - open - 1)) : "a key";
  return name + " is given twice; allowed is once";
}

InputError syntax_error(const toml::parse_error& error, std::string_view text, const std::string& origin) {
  const std::size_t line = std::max<std::size_t>(1, error.source().begin.line);
  std::string sentence = explain_duplicate(error.description());
  if (sentence.empty()) {
    sentence = quoted(line_text(text, line)) + " cannot be read: " + explain(error.description()) +
               "; allowed is key = value, [table] or # comment";
  }
  return InputError("", sentence).at(place_of(origin, line));
}

// ---- conversion ----

Table convert(const toml::table& table, const std::string& origin);

Value convert(const toml::node& node, const std::string& origin) {
  if (const auto* flag = node.as_boolean()) return {flag->get()};
  if (const auto* integer = node.as_integer()) return {integer->get()};
  if (const auto* number = node.as_floating_point()) return {number->get()};
  if (const auto* text = node.as_string()) return {text->get()};
  if (const auto* table = node.as_table()) return {convert(*table, origin)};
  if (const auto* array = node.as_array()) {
    List list;
    for (const toml::node& element : *array) list.push_back(convert(element, origin));
    return {std::move(list)};
  }
  return {Value::Date{}};
}

/// The library sorts tables by key; here they are in the order of the file again.
Table convert(const toml::table& table, const std::string& origin) {
  struct Placed {
    toml::source_position position;
    Entry entry;
  };
  std::vector<Placed> placed;
  for (const auto& [key, node] : table) {
    const toml::source_position position = key.source().begin;
    placed.push_back({position, {std::string(key.str()), place_of(origin, position.line), convert(node, origin)}});
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const Placed& a, const Placed& b) { return a.position < b.position; });
  Table result;
  for (Placed& item : placed) result.push_back(std::move(item.entry));
  return result;
}

}  // namespace

Table parse_toml(std::string_view text, const std::string& origin) {
  require_text(text, origin);
  if (const std::size_t deep = NestingScan(text).run(); deep != std::string_view::npos) {
    throw InputError("", "lists, tables or dotted keys are nested deeper than any key asks for; allowed are 16 levels")
        .at(place_of(origin, line_of(text, deep)));
  }
  try {
    return convert(toml::parse(text), origin);
  } catch (const toml::parse_error& error) {
    throw syntax_error(error, text, origin);
  }
}

}  // namespace sgdyn::detail
