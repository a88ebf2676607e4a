// Valid problems with random components and doubles that use every bit: what the round trips are tried on.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/catalogue.hpp"

namespace sgdyn::testing_support {

class RandomProblem {
 public:
  explicit RandomProblem(unsigned seed) : engine_(seed) {}

  Problem operator()() {
    while (true) {
      try {
        return validated(draft());
      } catch (const InputError&) {  // a constraint between parameters (persistence against batch); draw again
      }
    }
  }

 private:
  double uniform() { return std::uniform_real_distribution<double>(0.0, 1.0)(engine_); }
  int integer(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }

  /// A double inside the range, over many orders of magnitude where the range has no end.
  double inside(const Range& range) {
    while (true) {
      double value = 0.0;
      if (std::isfinite(range.low) && std::isfinite(range.high)) {
        value = range.low + (range.high - range.low) * uniform();
      } else {
        const double size = std::pow(10.0, -300.0 + 600.0 * uniform());
        value = std::isfinite(range.low) ? range.low + size : (integer(0, 1) == 0 ? size : -size);
        if (integer(0, 9) == 0) value = 0.0;
      }
      if (integer(0, 9) == 0) value = std::round(value);
      if (range.contains(value)) return value;
    }
  }

  Component component(std::span<const ComponentInfo> known) {
    const ComponentInfo& info = known[static_cast<std::size_t>(integer(0, static_cast<int>(known.size()) - 1))];
    Component result{.name = std::string(info.name), .parameters = {}};
    for (const TextInfo& text : info.texts) result.texts.emplace(text.key, text.example);
    for (const ParameterInfo& parameter : info.parameters) {
      result.parameters.emplace(parameter.key, inside(parameter.range));
    }
    // Reshuffled epochs need an integer 1/b, which no random double gives.
    if (result.name == "reshuffled-sgd") result.parameters["batch"] = 1.0 / integer(1, 50);
    return result;
  }

  /// One time in two a constant, else any schedule, tables among them.
  LearningRate learning_rate() {
    LearningRate rate(inside(Range::positive()));
    if (integer(0, 1) == 0) return rate;
    const auto known = learning_rate_schedules();
    const ScheduleInfo& info = known[static_cast<std::size_t>(integer(0, static_cast<int>(known.size()) - 1))];
    rate.schedule = info.name;
    rate.parameters.clear();
    for (const ParameterInfo& parameter : info.parameters) {
      const bool whole = parameter.key == "every" || parameter.key == "over";
      rate.parameters.emplace(parameter.key, whole ? integer(1, 400) : inside(parameter.range));
    }
    if (info.name != "table") return rate;
    for (int step = 0; step < 100; step += integer(1, 50)) {
      rate.steps.push_back(step);
      rate.values.push_back(inside(Range::positive()));
    }
    return rate;
  }

  std::vector<int> some_steps(int last) {
    std::vector<int> steps;
    for (int step = integer(0, 3); step <= last; step += integer(1, 40)) steps.push_back(step);
    return steps;
  }

  Problem draft() {
    Problem problem;
    problem.data = {component(known_data_models()), inside(Range::positive()), inside(Range::positive())};
    problem.loss = {component(known_losses()), inside(Range::non_negative())};
    problem.algorithm = {component(known_sampling_schemes()), learning_rate(), integer(1, 300)};
    if (integer(0, 1) == 1) {
      problem.algorithm.momentum = uniform();
      problem.algorithm.momentum_kind = static_cast<MomentumKind>(integer(0, 1));
    }
    problem.initial = {inside(Range::non_negative()), inside(Range{})};
    problem.observables.replicas = integer(1, 2);
    problem.observables.effective_temperature = integer(0, 1) == 1;
    if (integer(0, 1) == 1) problem.observables.times = some_steps(problem.algorithm.steps);
    if (integer(0, 1) == 1) problem.observables.response = some_steps(problem.algorithm.steps - 1);
    return problem;
  }

  std::mt19937 engine_;
};

}  // namespace sgdyn::testing_support
