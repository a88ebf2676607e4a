#include "sgdyn/random/scrambled_sobol.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/random/sobol.hpp>
#include <stdexcept>
#include <string>

#include "sgdyn/random/stream.hpp"

namespace sgdyn {
namespace {

constexpr std::size_t direction_bits = 32;

// Rows r of a random lower-triangular bit matrix with unit diagonal, acting on the most significant bit first.
using BitMatrix = std::array<std::uint32_t, direction_bits>;

BitMatrix lower_triangular(std::span<const std::uint32_t> random_words) {
  BitMatrix rows{};
  for (std::size_t r = 0; r < direction_bits; ++r) {
    const std::uint32_t diagonal = 0x80000000U >> r;
    const std::uint32_t left_of_diagonal = ~(diagonal | (diagonal - 1U));
    rows[r] = diagonal | (random_words[r] & left_of_diagonal);
  }
  return rows;
}

std::uint32_t multiply(const BitMatrix& rows, std::uint32_t vector) {
  std::uint32_t result = 0;
  for (std::size_t r = 0; r < direction_bits; ++r) {
    const auto parity = static_cast<std::uint32_t>(std::popcount(rows[r] & vector) & 1);
    result |= parity << (direction_bits - 1 - r);
  }
  return result;
}

// Direction numbers of every dimension, `direction_bits` in a row. The engine steps through the Gray code and skips
// the zero point, so that seed(2^j - 1) leaves it at directions j and j - 1 combined.
std::vector<std::uint32_t> plain_directions(std::size_t dimensions) {
  boost::random::sobol_engine<std::uint32_t, direction_bits> engine(dimensions);
  std::vector<std::uint32_t> directions(dimensions * direction_bits);
  for (std::size_t j = 0; j + 1 < direction_bits; ++j) {
    engine.seed((std::uint32_t{1} << j) - 1U);
    for (std::size_t d = 0; d < dimensions; ++d) {
      const std::uint32_t previous = j == 0 ? 0U : directions[d * direction_bits + j - 1];
      directions[d * direction_bits + j] = engine() ^ previous;
    }
  }
  return directions;
}

}  // namespace

ScrambledSobol::ScrambledSobol(std::size_t dimensions, std::uint64_t seed, std::uint32_t scrambling) {
  static_assert(bits == direction_bits);
  if (dimensions == 0 || dimensions > max_dimensions) {
    throw std::invalid_argument("ScrambledSobol: " + std::to_string(dimensions) + " dimensions, allowed is 1 to " +
                                std::to_string(max_dimensions));
  }
  directions_ = plain_directions(dimensions);
  shifts_.resize(dimensions);
  std::vector<std::uint32_t> words(dimensions * (bits + 1));
  Stream(seed, Purpose::scrambling, scrambling).words(words);
  for (std::size_t d = 0; d < dimensions; ++d) {
    const std::span<const std::uint32_t> own = std::span(words).subspan(d * (bits + 1), bits + 1);
    const BitMatrix rows = lower_triangular(own.first(bits));
    for (std::size_t j = 0; j < bits; ++j) directions_[d * bits + j] = multiply(rows, directions_[d * bits + j]);
    shifts_[d] = own[bits];
  }
}

void ScrambledSobol::coordinate(std::size_t dimension, std::span<double> out) const {
  const std::size_t count = out.size();
  const std::uint32_t* direction = directions_.data() + dimension * bits;
  constexpr std::size_t tile = 1024;
  std::array<std::uint32_t, tile> points{};
  // Point i is the exclusive-or of the directions at the bits of i; a tile shares its high bits.
  for (std::size_t j = 0, filled = 1; filled < std::min(tile, count); ++j, filled *= 2) {
    for (std::size_t i = 0; i < filled; ++i) points[filled + i] = points[i] ^ direction[j];
  }
  for (std::size_t first = 0; first < count; first += tile) {
    std::uint32_t base = shifts_[dimension];
    for (std::size_t high = first; high != 0; high &= high - 1) {
      base ^= direction[static_cast<std::size_t>(std::countr_zero(high))];
    }
    const std::size_t length = std::min(tile, count - first);
    double* target = out.data() + first;
#pragma omp simd
    for (std::size_t i = 0; i < length; ++i) {
      target[i] = (static_cast<double>(points[i] ^ base) + 0.5) * 0x1p-32;
    }
  }
}

}  // namespace sgdyn
