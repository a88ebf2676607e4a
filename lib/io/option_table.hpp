// One table of a problem file that holds options of a method ([dmft], [simulation], ...): typed reading with errors
// that name file, line and key. The method that owns the table declares its keys by reading them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sgdyn/core/parameters.hpp"

namespace sgdyn {

namespace detail {
struct Entry;
}

class OptionTable {
 public:
  /// An absent table: every key takes its fallback.
  explicit OptionTable(std::string name);

  /// Each returns the value of `key`, or `fallback` where the file does not give it, and marks the key as known.
  /// @throws InputError ("file:line: table.key: ...") for a wrong type or a value outside the bounds.
  [[nodiscard]] long integer(const std::string& key, long fallback, long low, long high);
  [[nodiscard]] double number(const std::string& key, double fallback, const Range& allowed);
  [[nodiscard]] bool flag(const std::string& key, bool fallback);
  [[nodiscard]] std::string word(const std::string& key, const std::string& fallback,
                                 std::span<const std::string> allowed);
  /// A single integer or a list of them.
  [[nodiscard]] std::vector<long> integers(const std::string& key, const std::vector<long>& fallback, long low,
                                           long high);
  [[nodiscard]] bool has(const std::string& key) const;

  /// @throws InputError for a key nobody read, with the nearest known one.
  void finish() const;

  /// The place of a key ("problem.toml:12"), for errors found later; the place of the table when the key is absent, of
  /// the file when the table is, and "[table]" where there is no file.
  [[nodiscard]] std::string place(const std::string& key) const;

 private:
  friend class ProblemFile;
  struct Content;                                        // hides the TOML library
  const detail::Entry* look_up(const std::string& key);  // marks the key as known

  std::string name_;
  std::shared_ptr<const Content> content_;
  std::vector<std::string> read_;
};

}  // namespace sgdyn
