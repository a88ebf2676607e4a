// Scrambled Sobol points: unbiased quasi-Monte Carlo whose independent scramblings give an error bar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sgdyn {

/// The first points of the Sobol sequence (Joe and Kuo's directions, from Boost.Random) under Owen's nested uniform
/// scrambling, exactly: in every dimension each binary digit is flipped at random depending on all digits before it.
/// Each point is uniform. The error of an average is close to Gaussian (Loh 2003), which error bars from a few
/// scramblings need; the cheaper linear scramblings have the same variance but rare, large errors.
class ScrambledSobol {
 public:
  static constexpr std::size_t max_dimensions = 3667;

  /// Scramblings of different (seed, scrambling) are independent. @throws std::invalid_argument for no dimension or
  /// more than max_dimensions.
  ScrambledSobol(std::size_t dimensions, std::uint64_t seed, std::uint32_t scrambling);

  [[nodiscard]] std::size_t dimensions() const { return directions_.size() / bits; }

  /// Coordinate `dimension` of points 0 ... out.size() - 1, each in (0, 1). At most 2^31 points. The same call always
  /// returns the same numbers; a different count of points means a different scrambling.
  void coordinate(std::size_t dimension, std::span<double> out) const;

 private:
  static constexpr std::size_t bits = 32;
  std::uint64_t seed_;
  std::uint32_t scrambling_;
  std::vector<std::uint32_t> directions_;  // `bits` of each dimension in a row
};

}  // namespace sgdyn
