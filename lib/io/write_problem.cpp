// Problem to text: the problem file, and the hash that identifies a problem.
#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/io/result.hpp"
#include "sgdyn/model/catalogue.hpp"

namespace sgdyn {
namespace {

/// A JSON scalar, list or object as TOML; strings are ASCII, whose escapes are spelt alike in both. Doubles keep a
/// point or an exponent, so that they read back as doubles (and -0.0 as itself).
std::string toml_value(const nlohmann::ordered_json& value) {
  if (value.is_number_float()) {
    const std::string text = shortest(value.get<double>());
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
  }
  std::string text;
  if (value.is_object()) {
    for (const auto& [key, element] : value.items()) {
      text += (text.empty() ? "" : ", ") + key + " = " + toml_value(element);
    }
    return "{ " + text + " }";
  }
  if (!value.is_array()) return value.dump();
  for (const auto& element : value) text += (text.empty() ? "" : ", ") + toml_value(element);
  return "[" + text + "]";
}

std::string step_list(const std::vector<int>& steps) {
  std::string list;
  for (const int step : steps) list += std::to_string(step) + ",";
  return list;
}

/// One "key=value" line per property of the problem, -0.0 as 0. Hashes outlive versions: a property added later may
/// appear here only where it differs from its default.
std::string canonical_text(const Problem& problem) {
  std::string text;
  const auto line = [&](const std::string& key, const std::string& value) { text += key + "=" + value + "\n"; };
  const auto number = [&](const std::string& key, double value) { line(key, shortest(value + 0.0)); };
  const auto component = [&](const std::string& kind, const Component& chosen, std::span<const ComponentInfo> known) {
    line(kind, chosen.name);
    for (const auto& [key, value] : chosen.parameters) number(kind + "." + key, value);
    for (const TextInfo& info : find_component(known, chosen.name, kind).texts) {
      line(kind + "." + std::string(info.key), info.canonical(chosen.texts.find(info.key)->second));
    }
  };
  const auto learning_rate = [&](const LearningRate& rate) {
    if (rate.constant()) return number("learning_rate", rate.at(0));
    line("learning_rate", rate.schedule);
    for (const auto& [key, value] : rate.parameters) number("learning_rate." + key, value);
    for (std::size_t i = 0; i < rate.steps.size(); ++i) number(std::to_string(rate.steps[i]), rate.values[i]);
  };
  component("data", problem.data.model, known_data_models());
  number("alpha", problem.data.alpha);
  number("noise", problem.data.noise);
  component("loss", problem.loss.loss, known_losses());
  number("ridge", problem.loss.ridge);
  if (problem.loss.intercept == Intercept::optimal) line("intercept", "optimal");
  if (problem.question == Question::minimiser) return text + "question=minimiser\n";
  if (problem.question == Question::separability) return text + "question=separability\n";
  component("sampling", problem.algorithm.sampling, known_sampling_schemes());
  learning_rate(problem.algorithm.learning_rate);
  line("steps", std::to_string(problem.algorithm.steps));
  number("variance", problem.initial.variance);
  number("overlap", problem.initial.overlap);
  if (problem.algorithm.momentum > 0.0) {
    number(momentum_kinds()[static_cast<std::size_t>(problem.algorithm.momentum_kind)], problem.algorithm.momentum);
  }
  if (problem.observables.replicas > 1) line("replicas", std::to_string(problem.observables.replicas));
  if (!problem.observables.response.empty()) line("response", step_list(problem.observables.response));
  if (problem.observables.effective_temperature) line("effective_temperature", "true");
  // Every step listed is the same question as "all".
  const std::vector<int> times = reported_steps(problem);
  if (times.size() != static_cast<std::size_t>(problem.algorithm.steps) + 1) {
    line("times", step_list(times));
  }
  return text;
}

/// Fowler-Noll-Vo 1a, 64 bits.
std::uint64_t fnv1a(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace

std::string write_problem(const Problem& problem) {
  std::string text;
  // Named: items() of a temporary would dangle.
  const nlohmann::ordered_json document = to_json(problem);
  for (const auto& [table, keys] : document.items()) {
    text += (text.empty() ? "[" : "\n[") + table + "]\n";
    for (const auto& [key, value] : keys.items()) text += key + " = " + toml_value(value) + "\n";
  }
  return text;
}

std::string problem_hash(const Problem& problem) {
  constexpr std::array<char, 17> digits{"0123456789abcdef"};
  std::uint64_t hash = fnv1a(canonical_text(validated(problem)));
  std::string text(16, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, hash >>= 4U) *digit = digits[hash & 15U];
  return text;
}

}  // namespace sgdyn
