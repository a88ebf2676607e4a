// What every theory offers, so that commands and comparisons need not know any by name.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/io/option_table.hpp"

namespace sgdyn {

/// One theory, made by `Theory sgdyn::<name>::theory()` in theory/<name>/<name>.hpp.
struct Theory {
  std::string name;     ///< "dmft": its name on the command line, in results, and of its option table
  std::string summary;  ///< one line
  Question answers = Question::trajectory;  ///< with Question::minimiser every problem is taken for one about that
  std::vector<std::string> assumptions;
  /// The assumption a problem violates, in one sentence; nothing when the theory applies.
  std::function<std::optional<std::string>(const Problem&)> violated;
  /// Reads the options, plans the memory, and returns what computes the solution: whatever can be refused is refused
  /// before anything is computed. @throws InputError for bad options, NotApplicable when violated() says so.
  std::function<std::function<Observables()>(const Problem&, OptionTable&, const Execution&)> prepare;
};

/// All theories of this build, in the order of their folders.
[[nodiscard]] std::span<const Theory> theories();

/// @throws InputError with the nearest name.
[[nodiscard]] const Theory& find_theory(const std::string& name);

}  // namespace sgdyn
