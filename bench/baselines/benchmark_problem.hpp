// The problem speed is measured on, for the plain pass: squared hinge, alpha = 6, b = 0.1, dt = 0.1,
// lambda = Delta = kappa = 1.
#pragma once

#include <cstddef>

#include "baselines/plain_dmft.hpp"

namespace sgdyn::baselines {

[[nodiscard]] PlainProblem benchmark_problem(int steps);

/// Ordinary independent draws for it.
[[nodiscard]] PlainDraws benchmark_draws(std::size_t samples, int steps);

}  // namespace sgdyn::baselines
