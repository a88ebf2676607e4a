// A TOML document as a tree of values that remember where they were written. Internal to lib/io: the rest of the
// project sees Problem, OptionTable and InputError.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sgdyn/core/error.hpp"

namespace sgdyn::detail {

struct Entry;

struct Value {
  struct Date {};  // dates and times exist in TOML; no key takes one
  using List = std::vector<Value>;
  using Table = std::vector<Entry>;

  std::variant<bool, std::int64_t, double, std::string, Date, List, Table> data;
};

/// One key of a table. Tables keep the order of the file.
struct Entry {
  std::string key;
  std::string place;  ///< "problem.toml:7" or "--set a.b=value"
  Value value;
};

using List = Value::List;
using Table = Value::Table;

/// The entry of that name, null when there is none.
[[nodiscard]] const Entry* find(const Table& table, std::string_view key);

/// "300.0", "\"many\"", "[1, 2]": short and on one line.
[[nodiscard]] std::string describe(const Value& value);
/// "a string", "an integer", ...
[[nodiscard]] std::string type_name(const Value& value);

/// `key`: "many" is a string; allowed is `allowed`.
[[nodiscard]] InputError wrong_type(const Value& value, const std::string& key, const std::string& allowed);

/// Typed readings; integers are numbers, but 3.0 is no integer. `key` is the dotted key for messages.
/// @throws InputError without a place for another type, and for numbers that are not finite.
[[nodiscard]] double as_number(const Value& value, const std::string& key);
[[nodiscard]] std::int64_t as_integer(const Value& value, const std::string& key);
[[nodiscard]] const std::string& as_string(const Value& value, const std::string& key, const std::string& allowed);

/// Runs `read` and attaches `place` to the InputErrors that have none yet.
template <class F>
auto at_place(const std::string& place, F read) {
  try {
    return read();
  } catch (const InputError& error) {
    if (error.placed()) throw;
    throw error.at(place);
  }
}

}  // namespace sgdyn::detail
