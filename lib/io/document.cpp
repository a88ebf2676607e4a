#include "sgdyn/io/document.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/io/text.hpp"

namespace sgdyn::detail {
namespace {

std::string describe_number(double value) {
  std::string text = shortest(value);
  const bool looks_integer = text.find_first_not_of("+-0123456789") == std::string::npos;
  return looks_integer ? text + ".0" : text;
}

std::string describe_list(const List& list) {
  constexpr std::size_t shown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, list.size()); ++i) text += (i > 0 ? ", " : "") + describe(list[i]);
  return printable("[" + text + (list.size() > shown ? ", ...]" : "]"));
}

}  // namespace

const Entry* find(const Table& table, std::string_view key) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Entry& entry) { return entry.key == key; });
  return found == table.end() ? nullptr : &*found;
}

std::string describe(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value.data)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value.data)) return describe_number(*number);
  if (const auto* text = std::get_if<std::string>(&value.data)) return quoted(*text);
  if (const auto* list = std::get_if<List>(&value.data)) return describe_list(*list);
  if (std::holds_alternative<Table>(value.data)) return "{...}";
  return "the value";
}

std::string type_name(const Value& value) {
  // In the order of the variant.
  static constexpr std::array<const char*, 7> names{
      "a boolean", "an integer", "a floating-point number", "a string", "a date", "a list", "a table"};
  return names[value.data.index()];
}

InputError wrong_type(const Value& value, const std::string& key, const std::string& allowed) {
  return {key, describe(value) + " is " + type_name(value) + "; allowed is " + allowed};
}

double as_number(const Value& value, const std::string& key) {
  if (const auto* integer = std::get_if<std::int64_t>(&value.data)) return static_cast<double>(*integer);
  const auto* number = std::get_if<double>(&value.data);
  if (number == nullptr) throw wrong_type(value, key, "a number");
  if (!std::isfinite(*number)) throw InputError(key, shortest(*number) + " is not finite; allowed is a finite number");
  return *number;
}

std::int64_t as_integer(const Value& value, const std::string& key) {
  if (const auto* integer = std::get_if<std::int64_t>(&value.data)) return *integer;
  const auto* number = std::get_if<double>(&value.data);
  const bool integral = number != nullptr && std::fabs(*number) < 1e15 && std::trunc(*number) == *number;
  const std::string hint = integral ? " (write " + std::to_string(static_cast<std::int64_t>(*number)) + ")" : "";
  throw wrong_type(value, key, "an integer" + hint);
}

const std::string& as_string(const Value& value, const std::string& key, const std::string& allowed) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) throw wrong_type(value, key, allowed);
  return *text;
}

}  // namespace sgdyn::detail
