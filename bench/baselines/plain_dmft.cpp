#include "baselines/plain_dmft.hpp"

#include <algorithm>
#include <cmath>

namespace sgdyn::baselines {
namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix zeros(int n) {
  return Matrix(static_cast<std::size_t>(n), std::vector<double>(static_cast<std::size_t>(n), 0.0));
}

struct Sample {
  double c, z0;
  const double* s;
  const double* z;
  std::vector<double> zeta, a;  // (L z)(u), s Lambda'(u)
  std::vector<int> active;      // times with s Lambda'' != 0
  std::vector<double> D;        // s Lambda'' there
  Matrix J;                     // dr(t)/dP(u) at active times
};

struct Sums {
  double A = 0, loss = 0;
  std::vector<double> M, K;
};

}  // namespace

PlainResult plain_dmft(const PlainProblem& p, const PlainDraws& draws, int threads) {
  const int T = p.steps;
  const long n = static_cast<long>(draws.c.size());
  const double dt = p.learning_rate;
  std::vector<Sample> samples(static_cast<std::size_t>(n));
  for (long i = 0; i < n; ++i) {
    auto& x = samples[static_cast<std::size_t>(i)];
    x = {.c = draws.c[static_cast<std::size_t>(i)],
         .z0 = draws.z0[static_cast<std::size_t>(i)],
         .s = &draws.s[static_cast<std::size_t>(i * T)],
         .z = &draws.z[static_cast<std::size_t>(i * T)],
         .zeta = std::vector<double>(static_cast<std::size_t>(T)),
         .a = std::vector<double>(static_cast<std::size_t>(T)),
         .active = {},
         .D = {},
         .J = {}};
  }
  Matrix R = zeros(T + 1), q = zeros(T + 1), M = zeros(T + 1), K = zeros(T + 1), L = zeros(T + 1);
  std::vector<double> m(static_cast<std::size_t>(T + 1)), R_init(m.size()), loss(m.size());
  m[0] = p.initial_overlap;
  R_init[0] = 1.0;
  q[0][0] = p.initial_variance;
  for (int t = 0; t <= T; ++t) {
    const auto ut = static_cast<std::size_t>(t);
    Sums sum;
    sum.M.assign(ut + 1, 0.0);
    sum.K.assign(ut + 1, 0.0);
#pragma omp parallel num_threads(threads)
    {
      Sums own = {.A = 0, .loss = 0, .M = std::vector<double>(ut + 1), .K = std::vector<double>(ut + 1)};
      std::vector<double> row;
#pragma omp for schedule(static)
      for (long i = 0; i < n; ++i) {
        Sample& x = samples[static_cast<std::size_t>(i)];
        // eq. 7
        double omega = std::sqrt(p.initial_variance) * R_init[ut] * x.z0;
        double memory = 0.0;
        for (std::size_t u = 0; u < ut; ++u) {
          omega -= dt * std::sqrt(p.noise) * R[ut][u] * x.zeta[u];
          memory += R[ut][u] * x.a[u];
        }
        const double r = x.c * m[ut] + std::sqrt(p.noise) * omega - p.noise * dt * memory;
        own.loss += p.loss(r);
        if (t == T) continue;
        const double d1 = p.d1(r), D = x.s[t] * p.d2(r);
        x.a[ut] = x.s[t] * d1;
        own.A += x.a[ut] * x.c;
        if (x.a[ut] != 0.0) {
          for (std::size_t u = 0; u <= ut; ++u) own.M[u] += x.a[ut] * x.a[u];
        }
        if (D == 0.0) continue;
        // the tangent over active times
        row.assign(x.active.size() + 1, 0.0);
        for (std::size_t k = 0; k < x.active.size(); ++k) {
          const double w = -p.noise * dt * R[ut][static_cast<std::size_t>(x.active[k])] * x.D[k];
          for (std::size_t l = 0; l <= k; ++l) row[l] += w * x.J[k][l];
        }
        row.back() = 1.0;
        x.active.push_back(t);
        x.D.push_back(D);
        for (std::size_t l = 0; l < row.size(); ++l) own.K[static_cast<std::size_t>(x.active[l])] += D * row[l];
        x.J.push_back(row);
      }
#pragma omp critical
      {
        sum.A += own.A;
        sum.loss += own.loss;
        for (std::size_t u = 0; u <= ut; ++u) {
          sum.M[u] += own.M[u];
          sum.K[u] += own.K[u];
        }
      }
    }
    const double mean = 1.0 / static_cast<double>(n);
    loss[ut] = p.alpha * mean * sum.loss;
    if (t == T) break;
    for (std::size_t u = 0; u <= ut; ++u) {
      M[ut][u] = M[u][ut] = p.alpha * mean * sum.M[u];
      K[ut][u] = mean * sum.K[u];
    }
    // M = L L^T, row t, and zeta(t) = (L z)(t)
    double pivot = M[ut][ut];
    for (std::size_t v = 0; v < ut; ++v) {
      if (L[v][v] == 0.0) continue;
      double entry = M[ut][v];
      for (std::size_t w = 0; w < v; ++w) entry -= L[ut][w] * L[v][w];
      L[ut][v] = entry / L[v][v];
      pivot -= L[ut][v] * L[ut][v];
    }
    L[ut][ut] = pivot > 1e-13 * M[ut][ut] ? std::sqrt(pivot) : 0.0;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long i = 0; i < n; ++i) {
      Sample& x = samples[static_cast<std::size_t>(i)];
      double zeta = 0.0;
      for (std::size_t v = 0; v <= ut; ++v) zeta += L[ut][v] * x.z[v];
      x.zeta[ut] = zeta;
    }
    // eq. 8
    const double decay = 1.0 - p.ridge * dt, g = dt * p.noise * p.alpha;
    m[ut + 1] = decay * m[ut] - dt * p.alpha * mean * sum.A;
    R_init[ut + 1] = decay * R_init[ut];
    for (std::size_t k = 0; k <= ut; ++k) R_init[ut + 1] -= g * K[ut][k] * R_init[k];
    for (std::size_t u = 0; u < ut; ++u) {
      R[ut + 1][u] = decay * R[ut][u];
      for (std::size_t k = u + 1; k <= ut; ++k) R[ut + 1][u] -= g * K[ut][k] * R[k][u];
    }
    R[ut + 1][ut] = 1.0;
    for (std::size_t u = 0; u <= ut + 1; ++u) {
      double next = 0.0;  // q(t+1, u) for u <= t; then the diagonal from the row just made
      const auto old = [&](std::size_t k) { return u <= ut ? q[k][u] : q[ut + 1][k]; };
      next = decay * old(ut);
      for (std::size_t k = 0; k <= ut; ++k) next -= g * K[ut][k] * old(k);
      for (std::size_t k = 0; k < u; ++k) next += dt * dt * p.noise * R[u][k] * M[ut][k];
      q[ut + 1][u] = q[u][ut + 1] = next;
    }
  }
  return {.m = m, .loss = loss, .q = q, .R = R};
}

}  // namespace sgdyn::baselines
