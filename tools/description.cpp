#include "description.hpp"

#include <fmt/format.h>

#include "sgdyn/core/learning_rate.hpp"
#include "sgdyn/model/catalogue.hpp"

namespace sgdyn::tools {
namespace {

std::string item(std::string_view name, double value) { return fmt::format(", {} = {:.6g}", name, value); }

// The parameters of a component that say something.
std::string parameters_text(const Component& component, std::span<const ComponentInfo> known, const std::string& key) {
  std::string text;
  for (const ParameterInfo& info : find_component(known, component.name, key).parameters) {
    const auto found = component.parameters.find(info.key);
    if (found != component.parameters.end() && found->second != info.default_value) {
      text += item(info.key, found->second);
    }
  }
  return text;
}

// "dt = 0.2", or "dt = 0.2 (cosine, final = 0.02, over = 40)".
std::string learning_rate_text(const LearningRate& rate) {
  std::string text = item("dt", rate.at(0));
  if (rate.constant()) return text;
  text += " (" + rate.schedule;
  if (rate.schedule == "table") text += fmt::format(" of {}", rate.values.size());
  for (const auto& [name, value] : rate.parameters) {
    if (name != "initial") text += item(name, value);
  }
  return text + ")";
}

std::string start_text(const InitialSpec& initial) {
  const InitialSpec usual;
  std::string text;
  if (initial.overlap != usual.overlap) text += item("m(0)", initial.overlap);
  if (initial.variance != usual.variance) text += item("R", initial.variance);
  return text;
}

}  // namespace

std::string describe(const Problem& problem) {
  const Component& sampling = problem.algorithm.sampling;
  const Component& loss = problem.loss.loss;
  const Component& model = problem.data.model;
  const auto formula = loss.texts.find("formula");
  std::string text = fmt::format("{}, {}, {}: \u03b1 = {:.6g}, \u0394 = {:.6g}", sampling.name,
                                 formula == loss.texts.end() ? loss.name : "loss " + formula->second, model.name,
                                 problem.data.alpha, problem.data.noise);
  text += parameters_text(model, known_data_models(), "data.model") +
          parameters_text(loss, known_losses(), "loss.name") + item("\u03bb", problem.loss.ridge) +
          learning_rate_text(problem.algorithm.learning_rate);
  if (problem.algorithm.momentum > 0.0) {
    text += item("momentum", problem.algorithm.momentum);
    if (problem.algorithm.momentum_kind == MomentumKind::nesterov) text += " (nesterov)";
  }
  return text + parameters_text(sampling, known_sampling_schemes(), "algorithm.name") + start_text(problem.initial);
}

}  // namespace sgdyn::tools
