#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sgdyn/io/problem_reader.hpp"
#include "sgdyn/io/text.hpp"
#include "sgdyn/io/toml_text.hpp"

namespace sgdyn::detail {
namespace {

constexpr std::string_view bare_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

bool is_bare(std::string_view word) {
  return !word.empty() && word.find_first_not_of(bare_characters) == std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// " (did you mean \"algorithm.steps\"?)" when a table of the document holds the undotted key.
std::string dotted_hint(const Table& root, std::string_view key) {
  for (const Entry& entry : root) {
    const auto* table = std::get_if<Table>(&entry.value.data);
    if (table != nullptr && find(*table, key) != nullptr) {
      return " (did you mean " + quoted(entry.key + "." + std::string(key)) + "?)";
    }
  }
  return {};
}

/// data=3 where [data] is a table: its keys are what can be set. The keys of an option table are its method's business.
void refuse_table(const std::string& name, std::span<const std::string> option_tables) {
  const std::vector<std::string> keys = table_keys(name);
  const bool is_option_table = std::find(option_tables.begin(), option_tables.end(), name) != option_tables.end();
  if (keys.empty() && !is_option_table) return;
  const std::string known = keys.empty() ? "" : " with a key out of " + joined(keys);
  throw InputError("", quoted(name) + " is a table; allowed is " + name + ".key=value" + known);
}

std::vector<std::string> key_parts(const Table& root, std::string_view key,
                                   std::span<const std::string> option_tables) {
  std::vector<std::string> parts;
  std::string_view rest = key;
  for (bool more = true; more;) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = trimmed(rest.substr(0, dot));
    constexpr std::size_t most = 16;
    if (!is_bare(part) || parts.size() == most) {
      throw InputError("", quoted(key) + " is not a dotted key; allowed is table.key=value");
    }
    parts.emplace_back(part);
    more = dot != std::string_view::npos;
    if (more) rest.remove_prefix(dot + 1);
  }
  if (parts.size() < 2) {
    refuse_table(parts.front(), option_tables);
    throw InputError("", quoted(key) + " names no table" + dotted_hint(root, key) + "; allowed is table.key=value");
  }
  return parts;
}

Value parse_value(const std::string& key, std::string_view text) {
  if (text.empty()) throw InputError(key, "no value is given; allowed is table.key=value");
  try {
    Table parsed = parse_toml("value = " + std::string(text), "");
    // A line break in the text could have smuggled in a second key.
    if (parsed.size() == 1 && parsed.front().key == "value") return std::move(parsed.front().value);
  } catch (const InputError&) {
    if (is_bare(text)) return {std::string(text)};
  }
  throw InputError(key, quoted(text) +
                            " cannot be read as a value; allowed is a number, true, false, a [list], a word " +
                            "or a string in quotes");
}

// What stands in an inline table was found in the setting too.
void place_all(Value& value, const std::string& place) {
  auto* table = std::get_if<Table>(&value.data);
  if (table == nullptr) return;
  for (Entry& entry : *table) {
    entry.place = place;
    place_all(entry.value, place);
  }
}

void assign(Table& table, const std::vector<std::string>& parts, std::size_t depth, const std::string& place,
            Value value) {
  const std::string& part = parts[depth];
  auto found = std::find_if(table.begin(), table.end(), [&](const Entry& entry) { return entry.key == part; });
  const bool last = depth + 1 == parts.size();
  if (found == table.end()) {
    table.push_back({part, place, {Table{}}});
    found = std::prev(table.end());
  }
  if (last) {
    found->value = std::move(value);
    found->place = place;
    return;
  }
  auto* inner = std::get_if<Table>(&found->value.data);
  if (inner == nullptr) {
    std::string prefix = parts[0];
    for (std::size_t i = 1; i <= depth; ++i) prefix += "." + parts[i];
    throw wrong_type(found->value, prefix, "a table");
  }
  assign(*inner, parts, depth + 1, place, std::move(value));
}

}  // namespace

void apply_setting(Table& root, std::string_view setting, std::span<const std::string> option_tables) {
  const std::string place = "--set " + printable(setting);
  at_place(place, [&] {
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos) {
      throw InputError("", quoted(setting) + " has no \"=\"; allowed is table.key=value");
    }
    const std::string_view key = trimmed(setting.substr(0, equals));
    const std::vector<std::string> parts = key_parts(root, key, option_tables);
    Value value = parse_value(printable(key), trimmed(setting.substr(equals + 1)));
    place_all(value, place);
    assign(root, parts, 0, place, std::move(value));
  });
}

}  // namespace sgdyn::detail
