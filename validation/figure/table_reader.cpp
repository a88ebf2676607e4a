#include "sgdyn/validation/figure/table_reader.hpp"

#include <algorithm>
#include <utility>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/text.hpp"

namespace sgdyn::figure {
namespace {

long bounded(const detail::Value& value, const std::string& key, long low, long high) {
  const long integer = detail::as_integer(value, key);
  if (integer >= low && integer <= high) return integer;
  throw InputError(key, std::to_string(integer) + " is out of range; allowed is " + std::to_string(low) + " to " +
                            std::to_string(high));
}

std::string setting_text(const detail::Value& value, const std::string& key) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
  return shortest(detail::as_number(value, key));
}

}  // namespace

TableReader::TableReader(const detail::Table& table, std::string name, std::string place)
    : table_(&table), name_(std::move(name)), place_(std::move(place)) {}

std::string TableReader::dotted(const std::string& key) const { return name_.empty() ? key : name_ + "." + key; }

bool TableReader::has(const std::string& key) const { return detail::find(*table_, key) != nullptr; }

const detail::Entry* TableReader::look_up(const std::string& key) {
  if (std::find(read_.begin(), read_.end(), key) == read_.end()) read_.push_back(key);
  return detail::find(*table_, key);
}

InputError TableReader::error(const std::string& key, const std::string& message) const {
  const detail::Entry* entry = detail::find(*table_, key);
  return InputError(dotted(key), message).at(entry == nullptr ? place_ : entry->place);
}

std::string TableReader::text(const std::string& key, const std::optional<std::string>& fallback) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) {
    if (fallback) return *fallback;
    throw error(key, "is missing; allowed is a text");
  }
  return detail::at_place(entry->place, [&] {
    const std::string& value = detail::as_string(entry->value, dotted(key), "a text");
    if (value.empty()) throw InputError(dotted(key), "is empty; allowed is a text");
    return value;
  });
}

std::string TableReader::word(const std::string& key, const std::vector<std::string>& allowed,
                              const std::optional<std::string>& fallback) {
  std::string value = text(key, fallback);
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
  throw error(key, detail::quoted(value) + " is not known" + did_you_mean(value, allowed) + "; allowed is one of " +
                       detail::joined(allowed));
}

std::vector<std::string> TableReader::texts(const std::string& key) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return {};
  if (std::holds_alternative<std::string>(entry->value.data)) return {text(key)};
  return detail::at_place(entry->place, [&] {
    const auto* list = std::get_if<detail::List>(&entry->value.data);
    if (list == nullptr) throw detail::wrong_type(entry->value, dotted(key), "a text or a list of texts");
    std::vector<std::string> all;
    for (const detail::Value& element : *list) all.push_back(detail::as_string(element, dotted(key), "a text"));
    return all;
  });
}

std::vector<std::string> TableReader::values(const std::string& key) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) throw error(key, "is missing; allowed is a list of numbers or words");
  return detail::at_place(entry->place, [&] {
    const auto* list = std::get_if<detail::List>(&entry->value.data);
    if (list == nullptr || list->empty()) {
      throw detail::wrong_type(entry->value, dotted(key), "a list of numbers or words that is not empty");
    }
    std::vector<std::string> all;
    for (const detail::Value& element : *list) all.push_back(setting_text(element, dotted(key)));
    return all;
  });
}

std::optional<double> TableReader::number(const std::string& key, const Range& allowed) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return std::nullopt;
  const double value = detail::at_place(entry->place, [&] { return detail::as_number(entry->value, dotted(key)); });
  if (allowed.contains(value)) return value;
  throw error(key, shortest(value) + " is out of range; allowed is " + allowed.describe(key));
}

std::vector<long> TableReader::integers(const std::string& key, std::vector<long> fallback, long low, long high) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return fallback;
  return detail::at_place(entry->place, [&]() -> std::vector<long> {
    const auto* list = std::get_if<detail::List>(&entry->value.data);
    if (list == nullptr) return {bounded(entry->value, dotted(key), low, high)};
    std::vector<long> all;
    for (const detail::Value& element : *list) all.push_back(bounded(element, dotted(key), low, high));
    if (all.empty()) throw InputError(dotted(key), "the list is empty; allowed is an integer or a list of integers");
    return all;
  });
}

long TableReader::integer(const std::string& key, long fallback, long low, long high) {
  const std::vector<long> all = integers(key, {fallback}, low, high);
  if (all.size() == 1) return all.front();
  throw error(key, "is a list; allowed is one integer");
}

bool TableReader::flag(const std::string& key, bool fallback) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return fallback;
  if (const auto* value = std::get_if<bool>(&entry->value.data)) return *value;
  throw detail::wrong_type(entry->value, dotted(key), "true or false").at(entry->place);
}

std::vector<TableReader> TableReader::tables(const std::string& key) {
  const detail::Entry* entry = look_up(key);
  std::vector<TableReader> all;
  if (entry == nullptr) return all;
  const auto* list = std::get_if<detail::List>(&entry->value.data);
  if (list == nullptr) throw error(key, "is not a list of tables; allowed is [[" + key + "]]");
  for (const detail::Value& element : *list) {
    const auto* table = std::get_if<detail::Table>(&element.data);
    if (table == nullptr) throw error(key, "is not a list of tables; allowed is [[" + key + "]]");
    all.emplace_back(*table, key, table->empty() ? entry->place : table->front().place);
  }
  return all;
}

const detail::Table* TableReader::table(const std::string& key) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return nullptr;
  const auto* table = std::get_if<detail::Table>(&entry->value.data);
  if (table == nullptr) throw detail::wrong_type(entry->value, dotted(key), "a table").at(entry->place);
  return table;
}

void TableReader::leave(const std::vector<std::string>& keys) { read_.insert(read_.end(), keys.begin(), keys.end()); }

void TableReader::finish() const {
  for (const detail::Entry& entry : *table_) {
    if (std::find(read_.begin(), read_.end(), entry.key) != read_.end()) continue;
    const std::string key = detail::printable(entry.key);
    throw InputError(dotted(key), "unknown key" + did_you_mean(key, read_) + "; allowed is " + detail::joined(read_))
        .at(entry.place);
  }
}

}  // namespace sgdyn::figure
