#include "sweep_key.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/catalogue.hpp"

namespace sgdyn::tools {
namespace {

constexpr std::string_view data_prefix = "data.";

void add_parameters(std::vector<std::string>& keys, const std::string& table, const ComponentInfo& component) {
  for (const ParameterInfo& info : component.parameters) keys.push_back(table + "." + std::string(info.key));
}

double& number_of(Problem& problem, const std::string& key) {
  if (key == "data.alpha") return problem.data.alpha;
  if (key == "data.noise") return problem.data.noise;
  if (key == "loss.ridge") return problem.loss.ridge;
  Component& component = key.starts_with(data_prefix) ? problem.data.model : problem.loss.loss;
  return component.parameters[key.substr(key.find('.') + 1)];
}

// Whether some other problem, or another question, has such a number: then it is no slip of the pen.
bool is_known(const std::string& key) {
  std::vector<std::string> keys{"data.alpha", "data.noise", "loss.ridge"};
  for (const ComponentInfo& info : known_data_models()) add_parameters(keys, "data", info);
  for (const ComponentInfo& info : known_losses()) add_parameters(keys, "loss", info);
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// "alpha" for "data.alpha" is the usual slip.
std::string hint(const std::string& key, const std::vector<std::string>& keys) {
  if (is_known(key)) return "";
  const auto whole =
      std::find_if(keys.begin(), keys.end(), [&](const std::string& k) { return k.ends_with("." + key); });
  return whole == keys.end() ? did_you_mean(key, keys) : " (did you mean \"" + *whole + "\"?)";
}

}  // namespace

std::vector<std::string> sweepable_keys(const Problem& problem) {
  const bool of_data_alone = problem.question == Question::separability;
  std::vector<std::string> keys;
  if (!of_data_alone) keys.emplace_back("data.alpha");
  keys.emplace_back("data.noise");
  add_parameters(keys, "data", find_component(known_data_models(), problem.data.model.name, "data.model"));
  if (of_data_alone) return keys;
  keys.emplace_back("loss.ridge");
  add_parameters(keys, "loss", find_component(known_losses(), problem.loss.loss.name, "loss.name"));
  return keys;
}

void require_sweepable(const std::string& flag, const Problem& problem, const std::string& key) {
  const std::vector<std::string> keys = sweepable_keys(problem);
  if (std::find(keys.begin(), keys.end(), key) != keys.end()) return;
  const char* asked = problem.question == Question::separability ? "alpha*" : "the minimiser of this problem";
  throw InputError(flag, fmt::format("\"{}\" is not a number that changes {}{}; allowed is {}", key, asked,
                                     hint(key, keys), fmt::join(keys, ", ")));
}

Problem with_number(Problem problem, const std::string& key, double value) {
  number_of(problem, key) = value;
  return validated(problem);
}

}  // namespace sgdyn::tools
