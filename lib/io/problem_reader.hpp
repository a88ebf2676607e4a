// The tables data, loss, algorithm, initial and observables to a Problem. Internal to lib/io.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/io/document.hpp"

namespace sgdyn::detail {

/// The names of the tables that make up a problem, in their usual order.
[[nodiscard]] std::vector<std::string> problem_tables();

/// Every key of a table of the problem, those of all its components included; none for another table.
[[nodiscard]] std::vector<std::string> table_keys(std::string_view table);

/// The validated Problem of a document. `option_tables` names the tables that belong to methods and are left alone;
/// `origin` is the place of what is missing altogether. Tables that do not belong to the question are ignored.
/// @throws InputError with a place.
[[nodiscard]] Problem to_problem(const Table& root, const std::string& origin,
                                 std::span<const std::string> option_tables, Question question = Question::trajectory);

}  // namespace sgdyn::detail
