// One finite data set of THEORY 1 and the random streams everything in a simulation comes from.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/random/stream.hpp"
#include "sgdyn/sim/aligned_array.hpp"

namespace sgdyn::sim {

/// Which of all the trajectories of a simulation: the position of N in the ascending list of sizes, the data set, and
/// the realisation on it. Trajectories that differ in any of them use independent random numbers.
struct TrajectoryKey {
  int size = 0;
  int run = 0;
  int realisation = 0;

  /// Distinct for all keys within the bounds of sim/limits.hpp.
  [[nodiscard]] std::uint32_t stream_id() const;
};

/// Inputs and labels. Without loss of generality v is the first unit vector, so that x_mu = (c_mu, sqrt(Delta) z_mu)
/// with z_mu of N - 1 independent standard normals. Single precision: the data ARE these rounded Gaussians, whose law
/// differs from the exact one by a few 1e-8, and the dynamics on them runs in double precision.
class DataSet {
 public:
  /// Takes the memory for up to `samples` of them; draw() fills it.
  DataSet(long samples, long dimension);

  /// Draws the data set of `run` at size `size`, whose number of samples is alpha N rounded at random. Returns false as
  /// soon as `stopped` does not.
  bool draw(const Problem& problem, const DataModel& model, std::uint64_t seed, TrajectoryKey key,
            const std::function<bool()>& stopped);

  [[nodiscard]] std::size_t samples() const { return rows_.size(); }
  [[nodiscard]] std::size_t dimension() const { return dimension_; }
  /// Row length in memory, zeros beyond N.
  [[nodiscard]] std::size_t stride() const { return padded(dimension_); }
  /// Pointers to the rows x_mu.
  [[nodiscard]] const std::vector<const float*>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<double>& labels() const { return labels_; }

 private:
  void resize(std::size_t samples);

  std::size_t dimension_;
  AlignedArray<float> inputs_;
  std::vector<const float*> rows_;
  std::vector<double> labels_;
};

/// Bytes a DataSet holds.
[[nodiscard]] double data_set_bytes(double samples, long dimension);

}  // namespace sgdyn::sim
