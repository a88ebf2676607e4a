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

using Block = std::array<double, Ensemble::chunk_size>;

struct Ensemble::Chunk {
  std::size_t first = 0;
  std::size_t size = 0;
  Block y{}, c{}, start{}, memory{};  // label, projection, zeta_0, memory of the sampling scheme
  std::vector<float> noise;           // zeta_{v+1} of sample i at v * chunk_size + i
  std::optional<ActiveHistory> history;
  // Of the current step: first active step of each sample that still matters, and the weights of its tangent.
  std::array<std::size_t, Ensemble::chunk_size> window{};
  std::array<std::size_t, Ensemble::chunk_size> weight_start{};
  std::vector<float> weights, row;

  static std::span<double> view(Block& block, std::size_t count) { return {block.data(), count}; }
  static std::span<const double> view(const Block& block, std::size_t count) { return {block.data(), count}; }
};

// What one step exerts on each sample of a chunk.
struct Ensemble::Forces {
  Block d1, d2;        // Lambda', Lambda''
  Block s;             // the minibatch indicator drawn
  Block mean, square;  // E[s | past], E[s^2 | past], or s and s^2 where the average is not taken
  Block gaussian;      // c m + sqrt(Delta) omega, the field without memory
};

struct Ensemble::Sums {
  SampleSums samples;
  double A = 0, diagonal = 0;
  double control_field = 0;  // sum_i f0 omega, see correlate_with_noise
  Eigen::VectorXd M, K;      // K holds sum_i (f - f0) zeta_v when K comes from integration by parts

  explicit Sums(int entries) : M(Eigen::VectorXd::Zero(entries)), K(Eigen::VectorXd::Zero(entries)) {}

  void add(const Sums& other) {
    A += other.A;
    diagonal += other.diagonal;
    samples.add(other.samples);
    control_field += other.control_field;
    M += other.M;
    K += other.K;
  }
};

}  // namespace sgdyn::dmft
