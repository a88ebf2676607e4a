// Counter-based streams: the generator against Random123, the transforms against their laws, independence, seeking.
#include "sgdyn/random/stream.hpp"

#include <gtest/gtest.h>

#include <Random123/philox.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/statistics.hpp"

namespace sgdyn {
namespace {

using testing_support::Estimate;
using testing_support::five_sigma;

std::array<std::uint32_t, 4> reference(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  const r123::Philox4x32::ctr_type c{{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type k{{key[0], key[1]}};
  const auto out = r123::Philox4x32()(c, k);
  return {out[0], out[1], out[2], out[3]};
}

TEST(Philox, BlocksEqualRandom123WordForWord) {
  std::mt19937 engine(1);
  const auto word = [&engine] { return static_cast<std::uint32_t>(engine()); };
  for (int trial = 0; trial < 20000; ++trial) {
    std::array<std::uint32_t, 4> counter{word(), word(), word(), word()};
    std::array<std::uint32_t, 2> key{word(), word()};
    if (trial == 0) counter = {0, 0, 0, 0}, key = {0, 0};
    if (trial == 1) counter.fill(0xFFFFFFFFU), key.fill(0xFFFFFFFFU);
    std::array<std::uint32_t, 4> ours{};
    philox_block(counter.data(), key.data(), ours.data());
    ASSERT_EQ(ours, reference(counter, key)) << "trial " << trial;
  }
}

// Which word of which block a stream delivers: counter (block, id, purpose), key = seed; word w of 64 blocks in a row.
TEST(Philox, StreamWordsAreTheDocumentedBlocks) {
  constexpr std::uint64_t seed = 0x0123456789ABCDEFULL;
  constexpr std::uint32_t id = 77;
  std::vector<std::uint32_t> words(3 * Stream::batch_words);
  Stream(seed, Purpose::testing, id).words(words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t batch = i / Stream::batch_words;
    const std::size_t within = i % Stream::batch_words;
    const auto block = static_cast<std::uint32_t>(batch * 64 + within % 64);
    const auto expected = reference({block, 0, id, static_cast<std::uint32_t>(Purpose::testing)},
                                    {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
    ASSERT_EQ(words[i], expected[within / 64]) << "word " << i;
  }
}

TEST(Streams, SeekAndContinuationAreTheSameNumbers) {
  std::vector<double> whole(10 * 128);  // 128 uniforms a batch
  Stream(3, Purpose::testing, 5).uniforms(whole);
  Stream pieces(3, Purpose::testing, 5);
  std::vector<double> part(128);
  for (std::size_t batch = 0; batch < 10; ++batch) {
    pieces.uniforms(part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(128 * batch)));
  }
  for (const std::size_t batch : {9UL, 0UL, 4UL}) {
    pieces.seek(batch);
    pieces.uniforms(part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(128 * batch)));
  }
  // Beyond 2^32 blocks the high counter word takes over.
  std::vector<std::uint32_t> words(4);
  pieces.seek(std::uint64_t{1} << 27);
  pieces.words(words);
  EXPECT_EQ(words[0], reference({0, 2, 5, static_cast<std::uint32_t>(Purpose::testing)}, {3, 0})[0]);
}

TEST(Streams, ShorterRequestsArePrefixes) {
  std::vector<double> longest(1000);
  Stream(3, Purpose::testing, 6).normals(longest);
  for (std::size_t count = 0; count < 300; count += 7) {
    std::vector<double> shorter(count);
    Stream(3, Purpose::testing, 6).normals(shorter);
    EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longest.begin())) << count;
  }
}

TEST(Streams, FloatsAreTheRoundedDoubles) {
  std::vector<double> doubles(999);
  std::vector<float> floats(999);
  Stream(3, Purpose::testing, 7).normals(doubles);
  Stream(3, Purpose::testing, 7).normals(floats);
  for (std::size_t i = 0; i < doubles.size(); ++i) EXPECT_EQ(floats[i], static_cast<float>(doubles[i]));
}

// ---- laws ----

constexpr std::size_t many = 4000000;

// Largest distance between the empirical and the true distribution function, times sqrt(n).
template <class Cdf>
double kolmogorov_smirnov(std::vector<double> values, Cdf cdf) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = cdf(values[i]);
    largest =
        std::max({largest, std::fabs(p - static_cast<double>(i) / n), std::fabs(p - static_cast<double>(i + 1) / n)});
  }
  return largest * std::sqrt(n);
}

// P(sqrt(n) D > 2.75) = 2 exp(-2 * 2.75^2) = 5.4e-7, five sigma.
constexpr double kolmogorov_threshold = 2.75;

TEST(Uniforms, LawMomentsAndEnds) {
  std::vector<double> u(many);
  Stream(1, Purpose::testing, 1).uniforms(u);
  std::array<Estimate, 6> moments;
  for (const double x : u) {
    ASSERT_GT(x, 0.0);
    ASSERT_LT(x, 1.0);
    double power = 1.0;
    for (auto& moment : moments) moment.add(power *= x);
  }
  for (std::size_t k = 0; k < moments.size(); ++k) {
    EXPECT_LT(moments[k].z(1.0 / static_cast<double>(k + 2)), five_sigma) << "moment " << k + 1;
  }
  EXPECT_LT(kolmogorov_smirnov(u, [](double x) { return x; }), kolmogorov_threshold);
  // The smallest of n is about 1/n: exponential law, P(n min < 1e-6) = 1e-6, P(n min > 14) = 8e-7.
  const double smallest = *std::min_element(u.begin(), u.end()) * static_cast<double>(many);
  EXPECT_GT(smallest, 1e-6);
  EXPECT_LT(smallest, 14.0);
}

TEST(Normals, LawMomentsAndTails) {
  std::vector<double> z(many);
  Stream(1, Purpose::testing, 2).normals(z);
  std::array<Estimate, 6> moments;
  std::map<double, double> beyond{{3.0, 0.0}, {4.0, 0.0}, {4.5, 0.0}};
  for (const double x : z) {
    ASSERT_LT(std::fabs(x), 6.8);
    double power = 1.0;
    for (auto& moment : moments) moment.add(power *= x);
    for (auto& [limit, count] : beyond) count += std::fabs(x) > limit ? 1.0 : 0.0;
  }
  const std::array<double, 6> exact{0.0, 1.0, 0.0, 3.0, 0.0, 15.0};
  for (std::size_t k = 0; k < moments.size(); ++k) {
    EXPECT_LT(moments[k].z(exact[k]), five_sigma) << "moment " << k + 1 << ": " << moments[k].mean();
  }
  for (const auto& [limit, count] : beyond) {
    const double expected = static_cast<double>(many) * std::erfc(limit / std::sqrt(2.0));
    EXPECT_NEAR(count, expected, five_sigma * std::sqrt(expected)) << "beyond " << limit;
  }
  EXPECT_LT(kolmogorov_smirnov(z, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }), kolmogorov_threshold);
}

// ---- independence ----

// Mean of the products of two sequences of mean zero and variance one, in standard errors.
double correlation_z(std::span<const double> a, std::span<const double> b) {
  Estimate products;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) products.add(a[i] * b[i]);
  return products.z(0.0);
}

TEST(Normals, NoSerialCorrelationOfValuesOrSquares) {
  std::vector<double> z(1000000);
  Stream(1, Purpose::testing, 3).normals(z);
  std::vector<double> squares;
  for (const double x : z) squares.push_back((x * x - 1.0) / std::sqrt(2.0));
  // 64, 128, 256: neighbours within a batch, the two normals of one Box-Muller pair, the same place in the next batch.
  for (const std::size_t lag : {1UL, 2UL, 3UL, 63UL, 64UL, 65UL, 127UL, 128UL, 129UL, 192UL, 256UL, 512UL}) {
    EXPECT_LT(correlation_z(z, std::span(z).subspan(lag)), five_sigma) << "lag " << lag;
    EXPECT_LT(correlation_z(squares, std::span(squares).subspan(lag)), five_sigma) << "squares, lag " << lag;
  }
}

TEST(Streams, DifferentPurposeIdOrSeedAreUncorrelated) {
  constexpr std::size_t count = 100000;
  struct Key {
    std::uint64_t seed;
    Purpose purpose;
    std::uint32_t id;
  };
  std::vector<Key> keys;
  for (const std::uint64_t seed : {1ULL, 2ULL, 1ULL << 32}) {
    for (const Purpose purpose : {Purpose::data, Purpose::initial_weights, Purpose::sampling, Purpose::scrambling}) {
      for (const std::uint32_t id : {0U, 1U, 2U, 1U << 20}) keys.push_back({seed, purpose, id});
    }
  }
  std::vector<std::vector<double>> streams;
  for (const Key& key : keys) {
    streams.emplace_back(count);
    Stream(key.seed, key.purpose, key.id).normals(streams.back());
  }
  // 48 streams, 1128 pairs: false alarm 6e-4.
  for (std::size_t a = 0; a < streams.size(); ++a) {
    for (std::size_t b = a + 1; b < streams.size(); ++b) {
      EXPECT_LT(correlation_z(streams[a], streams[b]), five_sigma) << "streams " << a << " and " << b;
    }
  }
}

}  // namespace
}  // namespace sgdyn
