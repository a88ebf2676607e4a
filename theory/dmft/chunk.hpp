// What the ensemble keeps of a chunk of samples, from step to step and within one step.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "sgdyn/theory/dmft/active_history.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"

namespace sgdyn::dmft {

// The samples of a chunk as one copy of the weights treats them.
struct Ensemble::Copy {
  Block memory{};  // of the sampling scheme
  std::optional<ActiveHistory> history;
  // Of the current step: first active step of each sample that still matters, and the weights of its tangent.
  std::array<std::size_t, Ensemble::chunk_size> window{};
  std::array<std::size_t, Ensemble::chunk_size> weight_start{};
  std::vector<float> weights, row;
};

struct Ensemble::Chunk {
  std::size_t first = 0;
  std::size_t size = 0;
  Block y{}, c{}, start{};                // label, projection, zeta_0
  std::vector<std::vector<float>> noise;  // of each mode: zeta_{v+1} of sample i at v * chunk_size + i
  std::vector<Copy> copies;

  static std::span<double> view(Block& block, std::size_t count) { return {block.data(), count}; }
  static std::span<const double> view(const Block& block, std::size_t count) { return {block.data(), count}; }
};

// What one step exerts on each sample of a chunk in one copy.
struct Ensemble::Forces {
  Block d1, d2;        // Lambda', Lambda''
  Block s;             // the minibatch indicator drawn
  Block mean, square;  // E[s | past], E[s^2 | past], or s and s^2 where the average is not taken
  Block gaussian;      // c m + sqrt(Delta) omega, the field without memory
};

struct Ensemble::Sums {
  // Of the sum of the copies, or of all their differences together: f is a mode of the forces s Lambda' of the copies.
  struct Mode {
    Eigen::VectorXd M;    // sum_i f(t) f(u)
    double diagonal = 0;  // sum_i E[f(t)^2 | past]
    Eigen::VectorXd KG;   // sum_i (f - f0) zeta_v, by parts only
  };

  SampleSums samples;
  double A = 0;
  double control_field = 0;  // sum_i f0 omega, see correlate_with_noise
  Eigen::VectorXd K;         // with tangents only
  std::vector<Mode> modes;
  Sums(int entries, std::size_t mode_count, bool by_parts)
      : K(Eigen::VectorXd::Zero(by_parts ? 0 : entries)),
        modes(mode_count, {Eigen::VectorXd::Zero(entries), 0.0, Eigen::VectorXd::Zero(by_parts ? entries : 0)}) {}

  void add(const Sums& other) {
    A += other.A;
    samples.add(other.samples);
    control_field += other.control_field;
    K += other.K;
    for (std::size_t k = 0; k < modes.size(); ++k) {
      modes[k].M += other.modes[k].M;
      modes[k].diagonal += other.modes[k].diagonal;
      modes[k].KG += other.modes[k].KG;
    }
  }
};

}  // namespace sgdyn::dmft
