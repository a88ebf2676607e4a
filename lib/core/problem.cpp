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

long sample_count(const Problem& problem, long dimension) {
  return std::max(1L, std::lround(problem.data.alpha * static_cast<double>(dimension)));
}

}  // namespace sgdyn
