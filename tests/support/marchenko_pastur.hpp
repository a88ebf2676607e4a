// The closed form of THEORY 10 for the square loss: overlap of gradient descent or independently sampled SGD without
// any draws, from integrals over the Marchenko-Pastur law.
#pragma once

#include <gsl/gsl_integration.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "sgdyn/core/problem.hpp"

namespace sgdyn::testing_support {

struct SquareLossCase {
  double alpha = 0, noise = 0, ridge = 0, learning_rate = 0, batch = 0, overlap = 0;
  int steps = 0;
};

/// The law as points s and their weights, the mass at s = 0 among them. Gauss-Chebyshev quadrature of the second kind:
/// the density is its weight divided by 2 pi Delta s. @throws std::invalid_argument at alpha = 1, where 1/s is singular
/// at the edge.
struct MarchenkoPastur {
  explicit MarchenkoPastur(const SquareLossCase& p) {
    if (std::fabs(p.alpha - 1.0) < 1e-3) throw std::invalid_argument("alpha = 1 has a hard edge");
    const double low = p.noise * std::pow(1.0 - std::sqrt(p.alpha), 2);
    const double high = p.noise * std::pow(1.0 + std::sqrt(p.alpha), 2);
    constexpr std::size_t nodes = 2000;
    gsl_integration_fixed_workspace* rule =
        gsl_integration_fixed_alloc(gsl_integration_fixed_chebyshev2, nodes, low, high, 0.0, 0.0);
    s.assign(1, 0.0);
    weight.assign(1, std::max(0.0, 1.0 - p.alpha));
    for (std::size_t i = 0; i < nodes; ++i) {
      s.push_back(gsl_integration_fixed_nodes(rule)[i]);
      weight.push_back(gsl_integration_fixed_weights(rule)[i] / (2.0 * std::numbers::pi * p.noise * s.back()));
    }
    gsl_integration_fixed_free(rule);
  }

  std::vector<double> s, weight;
};

/// m(0 ... steps) of two clusters.
inline std::vector<double> marchenko_pastur_overlap(const SquareLossCase& p) {
  const MarchenkoPastur law(p);
  std::vector<double> h(static_cast<std::size_t>(p.steps) + 1), k(h.size()), m(h.size());
  for (std::size_t j = 0; j < h.size(); ++j) {
    for (std::size_t i = 0; i < law.s.size(); ++i) {
      const double factor = std::pow(1.0 - p.ridge * p.learning_rate - p.batch * p.learning_rate * law.s[i], j);
      h[j] += law.weight[i] * factor;
      k[j] += law.weight[i] * law.s[i] * factor;
    }
  }
  const double step = p.batch * p.learning_rate;
  std::vector<double> P(h.size(), 0.0);
  for (std::size_t t = 0; t < m.size(); ++t) {
    m[t] = p.overlap * h[t];
    for (std::size_t u = 0; u < t; ++u) {
      P[t] += step * k[t - 1 - u] * (1.0 - m[u]);
      m[t] += step * h[t - 1 - u] * (p.alpha * (1.0 - m[u]) - P[u]);
    }
  }
  return m;
}

/// m(0 ... steps) of perceptron data with chi = 0 and Delta = 1, where the inputs are isotropic: every eigendirection
/// of their covariance relaxes by itself, m_s(t+1) = (1 - lambda dt - b dt s) m_s(t) + b dt s sqrt(2/pi).
inline std::vector<double> marchenko_pastur_perceptron_overlap(const SquareLossCase& p) {
  const MarchenkoPastur law(p);
  std::vector<double> m(static_cast<std::size_t>(p.steps) + 1);
  for (std::size_t i = 0; i < law.s.size(); ++i) {
    const double step = p.batch * p.learning_rate * law.s[i];
    double own = p.overlap;
    for (double& sum : m) {
      sum += law.weight[i] * own;
      own = (1.0 - p.ridge * p.learning_rate - step) * own + step * std::sqrt(2.0 / std::numbers::pi);
    }
  }
  return m;
}

/// Perceptron data with chi = 0 and Delta = 1 again, under any learning rate and momentum: overlap m(t), and C(t,t) of
/// the mean of w over minibatches, which is that of w itself for gradient descent and C_12(t,t) of two replicas
/// otherwise. In the direction of eigenvalue s, with p = w or, Nesterov's, w + mu (w - w before),
///   w(t+1) = w(t) + mu (w(t) - w(t-1)) - dt(t) [ (lambda + b s) p(t) - b f ],
/// where the force f is s sqrt(2/pi) along v and has variance (1 - 2/pi) s across.
struct ModeSums {
  std::vector<double> overlap, mean_norm;

  ModeSums(const Problem& problem, double batch) {
    const auto steps = static_cast<std::size_t>(problem.algorithm.steps);
    const MarchenkoPastur law({.alpha = problem.data.alpha, .noise = 1.0});
    overlap.assign(steps + 1, 0.0);
    mean_norm = overlap;
    const double along = std::sqrt(2.0 / std::numbers::pi);
    std::vector<double> dt(steps);
    for (std::size_t t = 0; t < steps; ++t) dt[t] = problem.algorithm.learning_rate.at(static_cast<int>(t));
    for (std::size_t i = 0; i < law.s.size(); ++i) {
      const double pull = problem.loss.ridge + batch * law.s[i];
      const std::vector<double> kept = mode(problem.algorithm, dt, pull, 1.0, 0.0);
      const std::vector<double> forced = mode(problem.algorithm, dt, pull, 0.0, batch);
      for (std::size_t t = 0; t <= steps; ++t) {
        const double m = problem.initial.overlap * kept[t] + law.s[i] * along * forced[t];
        overlap[t] += law.weight[i] * m;
        mean_norm[t] += law.weight[i] * (m * m + problem.initial.variance * kept[t] * kept[t] +
                                         (1.0 - along * along) * law.s[i] * forced[t] * forced[t]);
      }
    }
  }

 private:
  // One direction from `start`, drawn back by `pull` and driven by a constant force.
  static std::vector<double> mode(const AlgorithmSpec& algorithm, const std::vector<double>& dt, double pull,
                                  double start, double force) {
    std::vector<double> w{start};
    double last = start;
    for (const double rate : dt) {
      const double now = w.back();
      const double moved = now + algorithm.momentum * (now - last);
      const double p = algorithm.momentum_kind == MomentumKind::nesterov ? moved : now;
      w.push_back(moved - rate * (pull * p - force));
      last = now;
    }
    return w;
  }
};

}  // namespace sgdyn::testing_support
