// The problem many tests of theory and comparison start from.
#pragma once

#include "sgdyn/core/problem.hpp"

namespace sgdyn::testing_support {

inline Problem logistic_sgd(int steps) {
  Problem p;
  p.data = {.model = {"two-clusters", {}}, .alpha = 2.0, .noise = 0.5};
  p.loss = {.loss = {"logistic", {}}, .ridge = 0.1};
  p.algorithm = {.sampling = {"sgd", {{"batch", 0.3}}}, .learning_rate = 0.2, .steps = steps};
  p.initial = {.variance = 0.1, .overlap = 0.0};
  return p;
}

}  // namespace sgdyn::testing_support
