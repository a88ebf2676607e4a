#include "description.hpp"

#include <fmt/format.h>

#include "sgdyn/core/learning_rate.hpp"
#include "sgdyn/model/catalogue.hpp"

namespace sgdyn::tools {
namespace {

using Items = std::vector<std::string>;

void append(Items& items, const Items& more) { items.insert(items.end(), more.begin(), more.end()); }

std::string item(std::string_view name, double value) { return fmt::format("{} = {:.6g}", name, value); }

// The parameters of a component that say something.
Items parameters_of(const Component& component, std::span<const ComponentInfo> known, const std::string& key) {
  Items items;
  for (const ParameterInfo& info : find_component(known, component.name, key).parameters) {
    const auto found = component.parameters.find(info.key);
    if (found != component.parameters.end() && found->second != info.default_value) {
      items.push_back(item(info.key, found->second));
    }
  }
  return items;
}

// "dt = 0.2", or "dt = 0.2 (cosine, final = 0.02, over = 40)".
std::string learning_rate_text(const LearningRate& rate) {
  std::string text = item("dt", rate.at(0));
  if (rate.constant()) return text;
  text += " (" + rate.schedule;
  if (rate.schedule == "table") text += fmt::format(" of {}", rate.values.size());
  for (const auto& [name, value] : rate.parameters) {
    if (name != "initial") text += ", " + item(name, value);
  }
  return text + ")";
}

Items momentum_of(const AlgorithmSpec& algorithm) {
  if (!(algorithm.momentum > 0.0)) return {};
  const bool nesterov = algorithm.momentum_kind == MomentumKind::nesterov;
  return {item("momentum", algorithm.momentum) + (nesterov ? " (nesterov)" : "")};
}

Items start_of(const InitialSpec& initial) {
  const InitialSpec usual;
  Items items;
  if (initial.overlap != usual.overlap) items.push_back(item("m(0)", initial.overlap));
  if (initial.variance != usual.variance) items.push_back(item("R", initial.variance));
  return items;
}

std::string loss_name(const Component& loss) {
  const auto formula = loss.texts.find("formula");
  return formula == loss.texts.end() ? loss.name : "loss " + formula->second;
}

std::string intercept_text(Intercept intercept) {
  return intercept == Intercept::optimal ? "free intercept" : "no intercept";
}

Description of_separability(const Problem& problem) {
  const Component& model = problem.data.model;
  Description all{.components = {"separability", model.name}, .numbers = {item("\u0394", problem.data.noise)}};
  append(all.numbers, parameters_of(model, known_data_models(), "data.model"));
  append(all.numbers, {intercept_text(problem.loss.intercept)});
  return all;
}

}  // namespace

Description description_of(const Problem& problem) {
  const bool trained = problem.question == Question::trajectory;
  if (problem.question == Question::separability) return of_separability(problem);
  const Component& sampling = problem.algorithm.sampling;
  const Component& loss = problem.loss.loss;
  const Component& model = problem.data.model;
  Description all{.components = {trained ? sampling.name : "minimiser", loss_name(loss), model.name},
                  .numbers = {item("\u03b1", problem.data.alpha), item("\u0394", problem.data.noise)}};
  append(all.numbers, parameters_of(model, known_data_models(), "data.model"));
  append(all.numbers, parameters_of(loss, known_losses(), "loss.name"));
  append(all.numbers, {item("\u03bb", problem.loss.ridge)});
  if (problem.loss.intercept == Intercept::optimal) append(all.numbers, {"intercept fitted"});
  if (!trained) return all;
  append(all.numbers, {learning_rate_text(problem.algorithm.learning_rate)});
  append(all.numbers, momentum_of(problem.algorithm));
  append(all.numbers, parameters_of(sampling, known_sampling_schemes(), "algorithm.name"));
  append(all.numbers, start_of(problem.initial));
  return all;
}

std::string describe(const Problem& problem) {
  const Description all = description_of(problem);
  return fmt::format("{}: {}", fmt::join(all.components, ", "), fmt::join(all.numbers, ", "));
}

}  // namespace sgdyn::tools
