#include "sgdyn/random/scrambled_sobol.hpp"

#include <algorithm>
#include <bit>
#include <boost/random/sobol.hpp>
#include <stdexcept>
#include <string>

#include "sgdyn/random/stream.hpp"

namespace sgdyn {
namespace {

constexpr std::size_t direction_bits = 32;

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

// The first 2^depth points of the sequence, their leading `depth` digits as integers: all different.
std::vector<std::uint32_t> leading_digits(const std::uint32_t* direction, unsigned depth) {
  std::vector<std::uint32_t> points(std::size_t{1} << depth, 0U);
  for (unsigned j = 0; j < depth; ++j) {
    const std::size_t filled = std::size_t{1} << j;
    const std::uint32_t flip = direction[j] >> (direction_bits - depth);
    for (std::size_t i = 0; i < filled; ++i) points[filled + i] = points[i] ^ flip;
  }
  return points;
}

// Scrambled value of every `depth`-digit prefix: the children of node p at level k are exchanged if the top bit of word
// 2^k + p is set.
std::vector<std::uint32_t> scrambled_prefixes(std::span<const std::uint32_t> words, unsigned depth) {
  std::vector<std::uint32_t> current(1, 0U);
  std::vector<std::uint32_t> next;
  for (unsigned k = 0; k < depth; ++k) {
    const std::size_t nodes = std::size_t{1} << k;
    next.resize(2 * nodes);
    for (std::size_t p = 0; p < nodes; ++p) {
      const std::uint32_t flip = words[nodes + p] >> 31U;
      next[2 * p] = 2U * current[p] + flip;
      next[2 * p + 1] = 2U * current[p] + (1U - flip);
    }
    current.swap(next);
  }
  return current;
}

}  // namespace

ScrambledSobol::ScrambledSobol(std::size_t dimensions, std::uint64_t seed, std::uint32_t scrambling)
    : seed_(seed), scrambling_(scrambling) {
  static_assert(bits == direction_bits);
  if (dimensions == 0 || dimensions > max_dimensions) {
    throw std::invalid_argument("ScrambledSobol: " + std::to_string(dimensions) + " dimensions, allowed is 1 to " +
                                std::to_string(max_dimensions));
  }
  directions_ = plain_directions(dimensions);
}

void ScrambledSobol::coordinate(std::size_t dimension, std::span<double> out) const {
  const std::size_t count = out.size();
  if (count == 0) return;
  const unsigned depth = std::max(1U, static_cast<unsigned>(std::bit_width(count - 1)));
  const std::size_t cells = std::size_t{1} << depth;
  std::vector<std::uint32_t> words(cells);
  Stream stream(seed_, Purpose::scrambling, scrambling_);
  stream.seek(dimension * (cells / Stream::batch_words + 1));
  stream.words(words);
  const std::vector<std::uint32_t> points = leading_digits(directions_.data() + dimension * bits, depth);
  const std::vector<std::uint32_t> scrambled = scrambled_prefixes(words, depth);
  // Digits beyond `depth` belong to one point each, where nested scrambling makes them independent: the lower bits of
  // the point's word.
  const std::uint32_t low_mask = static_cast<std::uint32_t>((std::uint64_t{1} << (bits - depth)) - 1U);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t digits = (scrambled[points[i]] << (bits - depth)) | (words[i] & low_mask);
    out[i] = (static_cast<double>(digits) + 0.5) * 0x1p-32;
  }
}

}  // namespace sgdyn
