// Typed reading of one table of a recipe, with errors that name file, line and key; every key must be read by somebody.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/io/document.hpp"

namespace sgdyn::figure {

class TableReader {
 public:
  /// `name` begins the dotted keys of messages; `place` stands for the table where a key is missing.
  TableReader(const detail::Table& table, std::string name, std::string place);

  [[nodiscard]] bool has(const std::string& key) const;
  /// A text that is not empty; without a fallback the key is required. @throws InputError.
  [[nodiscard]] std::string text(const std::string& key, const std::optional<std::string>& fallback = std::nullopt);
  /// One of the allowed words.
  [[nodiscard]] std::string word(const std::string& key, const std::vector<std::string>& allowed,
                                 const std::optional<std::string>& fallback = std::nullopt);
  /// A text or a list of texts; none where the key is absent.
  [[nodiscard]] std::vector<std::string> texts(const std::string& key);
  /// Numbers and words as --set takes them: "0.1", "sgd".
  [[nodiscard]] std::vector<std::string> values(const std::string& key);
  [[nodiscard]] std::optional<double> number(const std::string& key, const Range& allowed);
  [[nodiscard]] std::vector<long> integers(const std::string& key, std::vector<long> fallback, long low, long high);
  [[nodiscard]] long integer(const std::string& key, long fallback, long low, long high);
  [[nodiscard]] bool flag(const std::string& key, bool fallback);
  /// The tables of [[key]], in order; a reader each.
  [[nodiscard]] std::vector<TableReader> tables(const std::string& key);
  /// The table [key] or `key = {...}`, null when there is none.
  [[nodiscard]] const detail::Table* table(const std::string& key);
  /// Marks keys that belong to somebody else.
  void leave(const std::vector<std::string>& keys);
  /// @throws InputError for a key nobody read, with the nearest known one.
  void finish() const;

  [[nodiscard]] const std::string& place() const { return place_; }
  /// The same error, with the place of `key`.
  [[nodiscard]] InputError error(const std::string& key, const std::string& message) const;

 private:
  const detail::Entry* look_up(const std::string& key);
  [[nodiscard]] std::string dotted(const std::string& key) const;

  const detail::Table* table_;
  std::string name_;
  std::string place_;
  std::vector<std::string> read_;
};

}  // namespace sgdyn::figure
