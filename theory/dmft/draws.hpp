// The random numbers of the single-sample process, one dimension at a time for all samples of a scrambling.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "sgdyn/random/scrambled_sobol.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"

namespace sgdyn::dmft {

/// Dimensions are asked for in increasing order, each once. Sobol points serve the first ScrambledSobol::max_dimensions
/// of them; later ones are plain independent draws. Whitened normals are orthogonal to each other and to the constant
/// in the sample, exactly.
class DrawSource {
 public:
  DrawSource(Draws kind, std::size_t dimensions, std::size_t samples, std::uint64_t seed, std::uint32_t scrambling);

  /// Uniform on (0,1); out has `samples` entries.
  void uniforms(std::size_t dimension, std::span<double> out) const;
  /// Standard normal.
  void normals(std::size_t dimension, std::span<double> out);

 private:
  void whiten(std::span<double> values);

  Draws kind_;
  std::uint64_t seed_;
  std::uint32_t scrambling_;
  std::optional<ScrambledSobol> sobol_;
  Eigen::MatrixXd basis_;  // orthonormal columns: the constant, then every whitened draw so far
  Eigen::Index basis_size_ = 0;
};

}  // namespace sgdyn::dmft
