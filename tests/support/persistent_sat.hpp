// The satisfiable phase with persistent minibatches, where two replicas come to rest apart.
#pragma once

#include "sgdyn/core/problem.hpp"

namespace sgdyn::testing_support {

/// alpha = Delta = 0.5, squared hinge without ridge, b = 0.3, tau = 2, two replicas.
inline Problem persistent_sat(int steps) {
  Problem p;
  p.data = {.model = {"two-clusters", {}}, .alpha = 0.5, .noise = 0.5};
  p.loss = {.loss = {"squared-hinge", {}}, .ridge = 0.0};
  p.algorithm = {
      .sampling = {"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}}, .learning_rate = 0.2, .steps = steps};
  p.initial = {.variance = 0.01, .overlap = 0.0};
  p.observables.replicas = 2;
  return p;
}

}  // namespace sgdyn::testing_support
