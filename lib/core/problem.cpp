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

long largest_sample_count(const Problem& problem, long dimension) {
  constexpr double rounding = 1e-9;  // alpha N that is an integer but for the last digits of alpha
  return std::lround(std::ceil(problem.data.alpha * static_cast<double>(dimension) - rounding));
}

long sample_count(const Problem& problem, long dimension, double u) {
  const double count = std::floor(problem.data.alpha * static_cast<double>(dimension) + u);
  return std::min(std::lround(count), largest_sample_count(problem, dimension));
}

}  // namespace sgdyn
