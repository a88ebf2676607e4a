#include "sgdyn/io/problem_file.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sgdyn/io/document.hpp"
#include "sgdyn/io/file_text.hpp"
#include "sgdyn/io/option_content.hpp"
#include "sgdyn/io/problem_reader.hpp"
#include "sgdyn/io/toml_text.hpp"

namespace sgdyn {

struct ProblemFile::Document {
  detail::Table root;
  std::string origin;
};

OptionTable ProblemFile::table(const std::string& name) const {
  OptionTable result(name);
  if (document_ == nullptr) return result;
  const detail::Entry* entry = detail::find(document_->root, name);
  const auto* table = entry == nullptr ? nullptr : std::get_if<detail::Table>(&entry->value.data);
  OptionTable::Content content{{}, document_->origin};
  if (table != nullptr) content = {*table, entry->place};
  result.content_ = std::make_shared<const OptionTable::Content>(std::move(content));
  return result;
}

std::string ProblemFile::place(const std::string& dotted_key) const {
  if (document_ == nullptr) return dotted_key;
  std::string place = document_->origin;
  const detail::Table* table = &document_->root;
  for (std::size_t begin = 0; table != nullptr && begin <= dotted_key.size();) {
    const std::size_t end = std::min(dotted_key.find('.', begin), dotted_key.size());
    const detail::Entry* entry = detail::find(*table, dotted_key.substr(begin, end - begin));
    if (entry == nullptr) break;
    place = entry->place;
    table = std::get_if<detail::Table>(&entry->value.data);
    begin = end + 1;
  }
  return place;
}

ProblemFile parse_problem_file(std::string_view text, const std::string& origin, std::span<const std::string> settings,
                               std::span<const std::string> option_tables, Question question) {
  detail::Table root = detail::parse_toml(text, origin);
  for (const std::string& setting : settings) detail::apply_setting(root, setting, option_tables);
  ProblemFile file;
  file.problem_ = detail::to_problem(root, origin, option_tables, question);
  file.name_ = std::filesystem::path(origin).stem().string();
  if (file.name_.empty()) file.name_ = "problem";
  file.document_ = std::make_shared<const ProblemFile::Document>(ProblemFile::Document{std::move(root), origin});
  return file;
}

ProblemFile read_problem_file(const std::filesystem::path& path, std::span<const std::string> settings,
                              std::span<const std::string> option_tables, Question question) {
  return parse_problem_file(detail::read_text(path), detail::shown(path), settings, option_tables, question);
}

Problem read_problem(const std::filesystem::path& path) {
  const std::string origin = detail::shown(path);
  const detail::Table root = detail::parse_toml(detail::read_text(path), origin);
  // Which tables belong to methods is the methods' business: all are let through but misspelt tables of the problem.
  std::vector<std::string> option_tables;
  for (const detail::Entry& entry : root) {
    const bool is_table = std::holds_alternative<detail::Table>(entry.value.data);
    if (is_table && nearest(entry.key, detail::problem_tables()).empty()) option_tables.push_back(entry.key);
  }
  return detail::to_problem(root, origin, option_tables);
}

}  // namespace sgdyn
