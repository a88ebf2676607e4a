// Learning rates that change.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/core/learning_rate.hpp"

namespace sgdyn::testing_support {

inline LearningRate schedule(const std::string& name, const Parameters& parameters) {
  return LearningRate::scheduled(name, parameters);
}

inline LearningRate rate_table(const std::vector<int>& steps, const std::vector<double>& values) {
  return LearningRate::table(steps, values);
}

/// One of every kind but the constant, all between 0.05 and 0.2 over 40 steps.
inline std::vector<LearningRate> schedules() {
  return {schedule("step", {{"initial", 0.2}, {"factor", 0.5}, {"every", 15.0}}),
          schedule("inverse-sqrt", {{"initial", 0.2}, {"offset", 10.0}}),
          schedule("cosine", {{"initial", 0.2}, {"final", 0.05}, {"over", 30.0}}),
          rate_table({0, 5, 20}, {0.1, 0.2, 0.05})};
}

}  // namespace sgdyn::testing_support
