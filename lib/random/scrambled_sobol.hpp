// Scrambled Sobol points: unbiased quasi-Monte Carlo whose independent scramblings give an error bar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sgdyn {

/// The first points of the Sobol sequence (Joe and Kuo's directions, from Boost.Random), scrambled in every dimension
/// by a random lower-triangular bit matrix and a random shift (Matousek 1998): each point is uniform, and the variance
/// of an average equals that of Owen's nested scrambling (Owen 2003).
class ScrambledSobol {
 public:
  static constexpr std::size_t max_dimensions = 3667;

  /// Scramblings of different (seed, scrambling) are independent. @throws std::invalid_argument for no dimension or
  /// more than max_dimensions.
  ScrambledSobol(std::size_t dimensions, std::uint64_t seed, std::uint32_t scrambling);

  [[nodiscard]] std::size_t dimensions() const { return shifts_.size(); }

  /// Coordinate `dimension` of points 0 ... out.size() - 1, each in (0, 1). At most 2^31 points.
  void coordinate(std::size_t dimension, std::span<double> out) const;

 private:
  static constexpr std::size_t bits = 32;
  std::vector<std::uint32_t> directions_;  // scrambled, `bits` of each dimension in a row
  std::vector<std::uint32_t> shifts_;
};

}  // namespace sgdyn
