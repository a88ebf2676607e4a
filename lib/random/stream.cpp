#include "sgdyn/random/stream.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numbers>

#include "sgdyn/numerics/vector_math.hpp"

namespace sgdyn {
namespace {

constexpr std::size_t lanes = 64;  // blocks computed together
constexpr std::size_t words_per_batch = 4 * lanes;
static_assert(words_per_batch == Stream::batch_words);

using Batch = std::array<std::uint32_t, words_per_batch>;  // word w of lane l at w * lanes + l

// Ten rounds on `lanes` counters that differ only in the block number.
void philox_batch(std::uint64_t seed, Purpose purpose, std::uint32_t id, std::uint64_t block, Batch& out) {
  std::uint32_t* x0 = out.data();
  std::uint32_t* x1 = x0 + lanes;
  std::uint32_t* x2 = x1 + lanes;
  std::uint32_t* x3 = x2 + lanes;
  for (std::size_t l = 0; l < lanes; ++l) {
    const std::uint64_t counter = block + l;
    x0[l] = static_cast<std::uint32_t>(counter);
    x1[l] = static_cast<std::uint32_t>(counter >> 32);
    x2[l] = id;
    x3[l] = static_cast<std::uint32_t>(purpose);
  }
  auto k0 = static_cast<std::uint32_t>(seed);
  auto k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
#pragma omp simd
    for (std::size_t l = 0; l < lanes; ++l) {
      const std::uint64_t p0 = 0xD2511F53ULL * x0[l];
      const std::uint64_t p1 = 0xCD9E8D57ULL * x2[l];
      const std::uint32_t y0 = static_cast<std::uint32_t>(p1 >> 32) ^ x1[l] ^ k0;
      const std::uint32_t y2 = static_cast<std::uint32_t>(p0 >> 32) ^ x3[l] ^ k1;
      x1[l] = static_cast<std::uint32_t>(p1);
      x3[l] = static_cast<std::uint32_t>(p0);
      x0[l] = y0;
      x2[l] = y2;
    }
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
}

// Calls consume(batch, first output, count of outputs) until `total` outputs of `per_block` a block are delivered.
template <class Consume>
void in_batches(std::uint64_t seed, Purpose purpose, std::uint32_t id, std::uint64_t& block, std::size_t total,
                std::size_t per_block, Consume consume) {
  Batch batch;
  const std::size_t per_batch = per_block * lanes;
  for (std::size_t first = 0; first < total; first += per_batch) {
    const std::size_t count = std::min(per_batch, total - first);
    philox_batch(seed, purpose, id, block, batch);
    consume(batch, first, count);
    block += lanes;  // a partial batch is not continued: its words are spread over all its blocks
  }
}

// Two normals from each of 2 * lanes pairs of words: radius from the first half of the batch, angle from the second.
void box_muller(const Batch& batch, std::array<double, words_per_batch>& out) {
  constexpr std::size_t half = words_per_batch / 2;
  constexpr double unit = 0x1p-32;
  std::array<double, half> radius;
  std::array<double, half> angle;
  // Three loops: sin and cos of one argument in one loop would be merged into a scalar sincos call.
#pragma omp simd
  for (std::size_t i = 0; i < half; ++i) {
    radius[i] = std::sqrt(-2.0 * std::log((static_cast<double>(batch[i]) + 0.5) * unit));
    angle[i] = 2.0 * std::numbers::pi * unit * (static_cast<double>(batch[half + i]) + 0.5);
  }
#pragma omp simd
  for (std::size_t i = 0; i < half; ++i) out[i] = radius[i] * std::cos(angle[i]);
#pragma omp simd
  for (std::size_t i = 0; i < half; ++i) out[half + i] = radius[i] * std::sin(angle[i]);
}

template <class Real>
void fill_normals(std::uint64_t seed, Purpose purpose, std::uint32_t id, std::uint64_t& block, std::span<Real> out) {
  std::array<double, words_per_batch> values;
  in_batches(seed, purpose, id, block, out.size(), 4, [&](const Batch& batch, std::size_t first, std::size_t count) {
    box_muller(batch, values);
    for (std::size_t i = 0; i < count; ++i) out[first + i] = static_cast<Real>(values[i]);
  });
}

}  // namespace

void Stream::words(std::span<std::uint32_t> out) {
  in_batches(seed_, purpose_, id_, block_, out.size(), 4,
             [&](const Batch& batch, std::size_t first, std::size_t count) {
               std::copy_n(batch.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(first));
             });
}

void Stream::uniforms(std::span<double> out) {
  in_batches(seed_, purpose_, id_, block_, out.size(), 2,
             [&](const Batch& batch, std::size_t first, std::size_t count) {
               double* target = out.data() + first;
#pragma omp simd
               for (std::size_t i = 0; i < count; ++i) {
                 const std::uint64_t bits = (static_cast<std::uint64_t>(batch[i]) << 32) | batch[2 * lanes + i];
                 target[i] = (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
               }
             });
}

void Stream::normals(std::span<double> out) { fill_normals(seed_, purpose_, id_, block_, out); }
void Stream::normals(std::span<float> out) { fill_normals(seed_, purpose_, id_, block_, out); }

void philox_block(const std::uint32_t counter[4], const std::uint32_t key[2], std::uint32_t out[4]) {
  const std::uint64_t seed = (static_cast<std::uint64_t>(key[1]) << 32) | key[0];
  const std::uint64_t block = (static_cast<std::uint64_t>(counter[1]) << 32) | counter[0];
  Batch batch;
  philox_batch(seed, static_cast<Purpose>(counter[3]), counter[2], block, batch);
  for (std::size_t w = 0; w < 4; ++w) out[w] = batch[w * lanes];
}

}  // namespace sgdyn
