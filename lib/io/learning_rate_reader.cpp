#include "sgdyn/io/learning_rate_reader.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "sgdyn/io/text.hpp"

namespace sgdyn::detail {
namespace {

constexpr const char* what = "a number, or a table with a schedule and its parameters";

std::vector<std::string> keys_of(const ScheduleInfo& info) {
  std::vector<std::string> keys{"schedule"};
  for (const ParameterInfo& parameter : info.parameters) keys.emplace_back(parameter.key);
  if (info.name == "table") keys.insert(keys.end(), {"steps", "values"});
  return keys;
}

const List& as_list(const Value& value, const std::string& key, const std::string& allowed) {
  const auto* list = std::get_if<List>(&value.data);
  if (list == nullptr) throw wrong_type(value, key, allowed);
  return *list;
}

int as_step(const Value& value, const std::string& key) {
  const std::int64_t step = as_integer(value, key);
  if (step >= 0 && step <= std::numeric_limits<int>::max()) return static_cast<int>(step);
  throw InputError(key, describe(value) + " is out of range; allowed is a step of at least 0");
}

void read_key(const Entry& entry, const std::string& key, LearningRate& rate) {
  if (entry.key == "steps") {
    for (const Value& step : as_list(entry.value, key, "a list of steps")) rate.steps.push_back(as_step(step, key));
  } else if (entry.key == "values") {
    for (const Value& value : as_list(entry.value, key, "a list of learning rates")) {
      rate.values.push_back(as_number(value, key));
    }
  } else if (entry.key != "schedule") {
    rate.parameters[entry.key] = as_number(entry.value, key);
  }
}

LearningRate from_table(const Table& table, const std::string& key) {
  const Entry* chosen = find(table, "schedule");
  if (chosen == nullptr) throw InputError(key, "this table has no schedule; allowed is " + std::string(what));
  const ScheduleInfo& info = at_place(chosen->place, [&]() -> const ScheduleInfo& {
    return find_schedule(printable(as_string(chosen->value, key + ".schedule", "the name of a schedule")));
  });
  LearningRate rate;
  rate.schedule = info.name;
  rate.parameters.clear();
  const std::vector<std::string> known = keys_of(info);
  for (const Entry& entry : table) {
    const std::string own_key = key + "." + printable(entry.key);
    at_place(entry.place, [&] {
      if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
        throw InputError(own_key, "does not apply to the schedule " + quoted(info.name) +
                                      did_you_mean(printable(entry.key), known) + "; allowed is " + joined(known));
      }
      read_key(entry, own_key, rate);
    });
  }
  return rate;
}

}  // namespace

LearningRate to_learning_rate(const Value& value, const std::string& key) {
  if (const auto* table = std::get_if<Table>(&value.data)) return from_table(*table, key);
  const bool number = std::holds_alternative<double>(value.data) || std::holds_alternative<std::int64_t>(value.data);
  if (!number) throw wrong_type(value, key, what);
  return as_number(value, key);
}

}  // namespace sgdyn::detail
