#include "input.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/theory/theory.hpp"

namespace sgdyn::tools {
namespace {

// The option tables that have a key `seed`.
constexpr std::array<const char*, 3> seeded_tables{"dmft", "simulation", "comparison"};

std::vector<std::string> overrides(const Options& options) {
  std::vector<std::string> settings = options.settings;
  if (options.seed) {
    for (const char* table : seeded_tables) {
      settings.push_back(std::string(table) + ".seed=" + std::to_string(*options.seed));
    }
  }
  return settings;
}

std::vector<std::string> option_tables() {
  std::vector<std::string> tables;
  for (const Theory& theory : theories()) tables.push_back(theory.name);
  tables.insert(tables.end(), {"simulation", "comparison"});
  return tables;
}

}  // namespace

ExitStatus with_input(const Options& options, Session& session, const Solve& solve, Question question) {
  const ProblemFile file = read_problem_file(options.file, overrides(options), option_tables(), question);
  try {
    return solve(file, options, session);
  } catch (const InputError& error) {
    if (error.placed() || error.key().empty() || error.key().starts_with("--")) throw;
    throw error.at(file.place(error.key()));
  }
}

ProblemFile read_built_in(std::string_view text, const std::string& name, const Options& options) {
  return parse_problem_file(text, name, overrides(options), option_tables());
}

Problem with_algorithm(Problem problem, const std::string& algorithm) {
  Component& sampling = problem.algorithm.sampling;
  const ComponentInfo& info = find_component(known_sampling_schemes(), algorithm, "--theory-algorithm");
  const auto takes = [&info](const std::string& key) {
    return std::any_of(info.parameters.begin(), info.parameters.end(),
                       [&key](const ParameterInfo& parameter) { return parameter.key == key; });
  };
  sampling.name = algorithm;
  std::erase_if(sampling.parameters, [&takes](const auto& parameter) { return !takes(parameter.first); });
  try {
    return validated(problem);
  } catch (const InputError& error) {
    throw InputError("--theory-algorithm " + algorithm, error.what());
  }
}

}  // namespace sgdyn::tools
