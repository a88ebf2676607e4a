// Made-up theories and simulations with Gaussian errors of known size, correlated over steps.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/random/stream.hpp"
#include "sgdyn/sim/extrapolate.hpp"

namespace sgdyn::made_up {

// Of one replicate; correlated from step to step (first order).
struct Noise {
  double scale = 0.05;
  double correlation = 0.9;
};

// Replicates of the relaxing curve 1 - exp(-k/10) + shift. Every id is another draw.
inline Eigen::MatrixXd curve(int runs, int steps, const Noise& noise, std::uint32_t id, double shift = 0.0) {
  std::vector<double> normals(static_cast<std::size_t>(runs) * static_cast<std::size_t>(steps));
  Stream(11, Purpose::testing, id).normals(normals);
  const double fresh_part = std::sqrt(1.0 - noise.correlation * noise.correlation);
  Eigen::MatrixXd result(runs, steps);
  for (int r = 0; r < runs; ++r) {
    double state = 0.0;
    for (int k = 0; k < steps; ++k) {
      const double fresh = normals[static_cast<std::size_t>(r * steps + k)];
      state = k == 0 ? fresh : noise.correlation * state + fresh_part * fresh;
      result(r, k) = 1.0 - std::exp(-0.1 * k) + shift + noise.scale * state;
    }
  }
  return result;
}

inline Observables observables(std::vector<Eigen::MatrixXd> per_observable, long dimension = 0) {
  Observables result;
  result.producer = "test";
  result.dimension = dimension;
  result.runs = static_cast<int>(per_observable[0].rows());
  for (int k = 0; k < per_observable[0].cols(); ++k) {
    result.steps.push_back(k);
    result.time.push_back(0.1 * k);
  }
  result.series["overlap"] = Series::from_replicates(std::move(per_observable[0]));
  if (per_observable.size() > 1) result.series["norm"] = Series::from_replicates(std::move(per_observable[1]));
  return result;
}

inline Observables two_observables(int runs, int steps, const Noise& noise, std::uint32_t id, double shift = 0.0,
                                   long dimension = 0) {
  return observables({curve(runs, steps, noise, 2 * id, shift), curve(runs, steps, noise, 2 * id + 1, shift)},
                     dimension);
}

// The overlap at N = 100, 200, 400, all equally well known: standard error `error` of each mean.
inline Observables three_sizes(int steps, double error, std::uint32_t id, const std::function<double(double)>& shift,
                               double correlation = 0.9) {
  std::vector<Observables> sizes;
  for (const long N : {100L, 200L, 400L}) {
    const int runs = static_cast<int>(16 * 400 / N);
    const Noise noise{.scale = error * std::sqrt(runs), .correlation = correlation};
    sizes.push_back(observables(
        {curve(runs, steps, noise, 4 * id + static_cast<std::uint32_t>(N / 200), shift(static_cast<double>(N)))}, N));
  }
  return extrapolate(std::move(sizes));
}

}  // namespace sgdyn::made_up
