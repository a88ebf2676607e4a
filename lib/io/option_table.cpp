#include "sgdyn/io/option_table.hpp"

#include <algorithm>
#include <utility>

#include "sgdyn/io/document.hpp"
#include "sgdyn/io/option_content.hpp"
#include "sgdyn/io/text.hpp"

namespace sgdyn {
namespace {

long bounded(const detail::Value& value, const std::string& dotted, const std::string& name, long low, long high) {
  const std::int64_t integer = detail::as_integer(value, dotted);
  if (integer < low || integer > high) {
    throw InputError(dotted, detail::describe(value) + " is out of range; allowed is " + std::to_string(low) +
                                 " <= " + name + " <= " + std::to_string(high));
  }
  return static_cast<long>(integer);
}

}  // namespace

OptionTable::OptionTable(std::string name)
    : name_(std::move(name)), content_(std::make_shared<const Content>(Content{{}, "[" + name_ + "]"})) {}

const detail::Entry* OptionTable::look_up(const std::string& key) {
  if (std::find(read_.begin(), read_.end(), key) == read_.end()) read_.push_back(key);
  return detail::find(content_->table, key);
}

long OptionTable::integer(const std::string& key, long fallback, long low, long high) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return fallback;
  return detail::at_place(entry->place, [&] { return bounded(entry->value, name_ + "." + key, key, low, high); });
}

double OptionTable::number(const std::string& key, double fallback, const Range& allowed) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return fallback;
  return detail::at_place(entry->place, [&] {
    const std::string dotted = name_ + "." + key;
    const double value = detail::as_number(entry->value, dotted);
    if (allowed.contains(value)) return value;
    throw InputError(dotted, detail::describe(entry->value) + " is out of range; allowed is " + allowed.describe(key));
  });
}

bool OptionTable::flag(const std::string& key, bool fallback) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return fallback;
  if (const auto* value = std::get_if<bool>(&entry->value.data)) return *value;
  throw detail::wrong_type(entry->value, name_ + "." + key, "true or false").at(entry->place);
}

std::string OptionTable::word(const std::string& key, const std::string& fallback,
                              std::span<const std::string> allowed) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return fallback;
  return detail::at_place(entry->place, [&] {
    const std::string dotted = name_ + "." + key;
    const std::string choices = "one of " + detail::joined(allowed);
    const std::string& value = detail::as_string(entry->value, dotted, choices);
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
    throw InputError(dotted, detail::quoted(value) + " is not known" + did_you_mean(detail::printable(value), allowed) +
                                 "; allowed is " + choices);
  });
}

std::vector<long> OptionTable::integers(const std::string& key, const std::vector<long>& fallback, long low,
                                        long high) {
  const detail::Entry* entry = look_up(key);
  if (entry == nullptr) return fallback;
  return detail::at_place(entry->place, [&]() -> std::vector<long> {
    const std::string dotted = name_ + "." + key;
    const auto* list = std::get_if<detail::List>(&entry->value.data);
    if (list == nullptr) {
      if (std::holds_alternative<std::int64_t>(entry->value.data)) {
        return {bounded(entry->value, dotted, key, low, high)};
      }
      throw detail::wrong_type(entry->value, dotted, "an integer or a list of integers");
    }
    if (list->empty()) throw InputError(dotted, "the list is empty; allowed is an integer or a list of integers");
    std::vector<long> values;
    for (const detail::Value& element : *list) values.push_back(bounded(element, dotted, key, low, high));
    return values;
  });
}

bool OptionTable::has(const std::string& key) const { return detail::find(content_->table, key) != nullptr; }

void OptionTable::finish() const {
  for (const detail::Entry& entry : content_->table) {
    if (std::find(read_.begin(), read_.end(), entry.key) != read_.end()) continue;
    const std::string key = detail::printable(entry.key);
    throw InputError(name_ + "." + key,
                     "unknown key" + did_you_mean(key, read_) + "; allowed is " + detail::joined(read_))
        .at(entry.place);
  }
}

std::string OptionTable::place(const std::string& key) const {
  const detail::Entry* entry = detail::find(content_->table, key);
  return entry == nullptr ? content_->place : entry->place;
}

}  // namespace sgdyn
