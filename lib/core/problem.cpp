#include "sgdyn/core/problem.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sgdyn {

std::vector<int> reported_steps(const Problem& problem) {
  if (!problem.observables.times.empty()) return problem.observables.times;
  std::vector<int> steps(static_cast<std::size_t>(problem.algorithm.steps) + 1);
  std::iota(steps.begin(), steps.end(), 0);
  return steps;
}

const std::vector<std::string>& intercept_kinds() {
  static const std::vector<std::string> names{"none", "optimal"};
  return names;
}

const std::vector<std::string>& momentum_kinds() {
  static const std::vector<std::string> names{"heavy-ball", "nesterov"};
  return names;
}

std::vector<double> elapsed_times(const Problem& problem, const std::vector<int>& steps) {
  const LearningRate& dt = problem.algorithm.learning_rate;
  std::vector<double> times;
  double time = 0.0;
  int reached = 0;
  for (const int step : steps) {
    if (dt.constant()) {
      times.push_back(step * dt.at(0));
      continue;
    }
    for (; reached < step; ++reached) time += dt.at(reached);
    times.push_back(time);
  }
  return times;
}

long largest_sample_count(const Problem& problem, long dimension) {
  constexpr double rounding = 1e-9;  // alpha N that is an integer but for the last digits of alpha
  return std::lround(std::ceil(problem.data.alpha * static_cast<double>(dimension) - rounding));
}

long sample_count(const Problem& problem, long dimension, double u) {
  const double count = std::floor(problem.data.alpha * static_cast<double>(dimension) + u);
  return std::min(std::lround(count), largest_sample_count(problem, dimension));
}

}  // namespace sgdyn
