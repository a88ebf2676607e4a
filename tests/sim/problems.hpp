// Small problems the tests of the simulator share.
#pragma once

#include <optional>
#include <string>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/catalogue.hpp"

namespace sgdyn::testing_support {

/// The component with 0.5 for every required parameter that allows it, else the largest value.
inline Component with_some_parameters(const ComponentInfo& info) {
  Component component{.name = std::string(info.name), .parameters = {}};
  for (const ParameterInfo& parameter : info.parameters) {
    if (!parameter.default_value)
      component.parameters[std::string(parameter.key)] = parameter.range.contains(0.5) ? 0.5 : parameter.range.high;
  }
  for (const TextInfo& text : info.texts) component.texts.emplace(text.key, text.example);
  return component;
}

/// Two clusters, alpha = 2, Delta = 0.5, lambda = 0.1, dt = 0.2, R = 0.1, m(0) = 0.3.
inline Problem small_problem(const Component& loss, const Component& sampling, int steps) {
  Problem problem;
  problem.data = {.model = {.name = "two-clusters", .parameters = {}}, .alpha = 2.0, .noise = 0.5};
  problem.loss = {.loss = loss, .ridge = 0.1};
  problem.algorithm = {.sampling = sampling, .learning_rate = 0.2, .steps = steps};
  problem.initial = {.variance = 0.1, .overlap = 0.3};
  return problem;
}

inline const Component gradient_descent{.name = "gd", .parameters = {}};
inline const Component square{.name = "square", .parameters = {}};
inline const Component logistic{.name = "logistic", .parameters = {}};
inline const Component squared_hinge{.name = "squared-hinge", .parameters = {{"margin", 1.0}}};

inline Component sgd(double batch) { return {.name = "sgd", .parameters = {{"batch", batch}}}; }

}  // namespace sgdyn::testing_support
