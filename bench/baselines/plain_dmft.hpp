// The DMFT pass written straight from eqs. 7 and 8 of theory/dmft/README.md, nothing blocked, compressed or averaged:
// the oracle of the tests and the yardstick of the benchmarks. Two clusters with y = +1.
#pragma once

#include <functional>
#include <vector>

namespace sgdyn::baselines {

struct PlainProblem {
  double alpha = 1, noise = 1, ridge = 0, learning_rate = 0.1, initial_variance = 0.01, initial_overlap = 0;
  int steps = 100;
  std::function<double(double)> loss, d1, d2;  ///< of the margin
};

/// Sample i: projection c[i], start z0[i], and at step t minibatch indicator s[i * steps + t], noise z[i * steps + t].
struct PlainDraws {
  std::vector<double> c, z0, s, z;
};

struct PlainResult {
  std::vector<double> m, loss;            ///< steps + 1 entries; loss is alpha E[loss]
  std::vector<std::vector<double>> q, R;  ///< (steps + 1) x (steps + 1); R(t,u) for u < t
};

[[nodiscard]] PlainResult plain_dmft(const PlainProblem& problem, const PlainDraws& draws, int threads);

}  // namespace sgdyn::baselines
