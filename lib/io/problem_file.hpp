// The problem file: TOML text to Problem and back.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/io/option_table.hpp"

namespace sgdyn {

/// A parsed problem file: the validated Problem, and the option tables as yet unread.
class ProblemFile {
 public:
  [[nodiscard]] const Problem& problem() const { return problem_; }
  /// File name without extension ("gd-logistic"); used to name the output directory.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// The option table `name`; absent tables are empty, not errors.
  [[nodiscard]] OptionTable table(const std::string& name) const;
  /// Where "table.key" was given ("problem.toml:12"), for errors found later; where its table was, or the file, if it
  /// was not.
  [[nodiscard]] std::string place(const std::string& dotted_key) const;

 private:
  friend ProblemFile parse_problem_file(std::string_view, const std::string&, std::span<const std::string>,
                                        std::span<const std::string>, Question);
  struct Document;
  Problem problem_;
  std::string name_;
  std::shared_ptr<const Document> document_;
};

/// Reads and checks a problem file. `settings` are "dotted.key=value" overrides (--set), applied before checking and
/// able to create tables. `option_tables` names the tables methods own; other unknown tables are errors. A question
/// about the minimiser needs [data] and [loss] alone, and leaves the tables of training unread.
/// @throws InputError: one sentence naming file, line, key, value and what is allowed.
[[nodiscard]] ProblemFile read_problem_file(const std::filesystem::path& path,
                                            std::span<const std::string> settings = {},
                                            std::span<const std::string> option_tables = {},
                                            Question question = Question::trajectory);

/// The same for text already in memory; `origin` stands in for the file name in messages.
[[nodiscard]] ProblemFile parse_problem_file(std::string_view text, const std::string& origin,
                                             std::span<const std::string> settings = {},
                                             std::span<const std::string> option_tables = {},
                                             Question question = Question::trajectory);

/// The problem of a file whose option tables are of no interest: further tables are let through unread, except those
/// whose name is nearly that of a table of the problem.
[[nodiscard]] Problem read_problem(const std::filesystem::path& path);

/// TOML text that reads back to an equal Problem, every double bit for bit, defaults written out.
[[nodiscard]] std::string write_problem(const Problem& problem);

/// 16 hexadecimal digits that depend on the problem alone: the same on every machine and for every file that spells the
/// same problem (defaults given or not, any order of keys).
[[nodiscard]] std::string problem_hash(const Problem& problem);

}  // namespace sgdyn
