// Scrambled Sobol points: the net property (exact), unbiasedness and the order of the variance (statistical).
#include "sgdyn/random/scrambled_sobol.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>
#include <set>
#include <stdexcept>
#include <vector>

#include "sgdyn/random/stream.hpp"
#include "support/statistics.hpp"

namespace sgdyn {
namespace {

using testing_support::Estimate;
using testing_support::five_sigma;

std::vector<std::vector<double>> points(const ScrambledSobol& sequence, std::size_t count) {
  std::vector<std::vector<double>> coordinates;
  for (std::size_t d = 0; d < sequence.dimensions(); ++d) {
    coordinates.emplace_back(count);
    sequence.coordinate(d, coordinates.back());
  }
  return coordinates;
}

// True when every one of `cells` equal cells of [0, 1) holds exactly one of the values.
bool one_in_each_cell(std::span<const double> values, std::size_t cells) {
  std::vector<int> count(cells, 0);
  for (const double value : values) {
    if (!(value > 0.0 && value < 1.0)) return false;
    ++count[static_cast<std::size_t>(value * static_cast<double>(cells))];
  }
  return std::all_of(count.begin(), count.end(), [](int n) { return n == 1; });
}

// Every coordinate is a (0, 1)-sequence in base two: the first 2^k points hit every dyadic interval of length 2^-k
// once.
TEST(ScrambledSobol, EveryDimensionIsStratified) {
  const ScrambledSobol sequence(ScrambledSobol::max_dimensions, 1, 0);
  for (const std::size_t count : {2UL, 64UL, 1024UL}) {
    std::vector<double> values(count);
    for (std::size_t d = 0; d < sequence.dimensions(); ++d) {
      sequence.coordinate(d, values);
      ASSERT_TRUE(one_in_each_cell(values, count)) << "dimension " << d << ", " << count << " points";
    }
  }
}

TEST(ScrambledSobol, StratifiedAtManyPointsAndInEveryDyadicBlock) {
  const ScrambledSobol sequence(6, 2, 3);
  std::vector<double> values(std::size_t{1} << 18);
  for (std::size_t d = 0; d < sequence.dimensions(); ++d) {
    sequence.coordinate(d, values);
    EXPECT_TRUE(one_in_each_cell(values, values.size())) << "dimension " << d;
    for (std::size_t first = 0; first < values.size(); first += 4096) {
      ASSERT_TRUE(one_in_each_cell(std::span(values).subspan(first, 4096), 4096)) << "block at " << first;
    }
  }
}

// The first two dimensions are a (0, m, 2)-net: every elementary interval of area 2^-m holds one of the 2^m points.
TEST(ScrambledSobol, FirstTwoDimensionsAreANet) {
  for (std::uint32_t scrambling = 0; scrambling < 5; ++scrambling) {
    const ScrambledSobol sequence(2, 1, scrambling);
    for (int m = 1; m <= 12; ++m) {
      const std::size_t count = std::size_t{1} << m;
      const auto x = points(sequence, count);
      for (int columns = 0; columns <= m; ++columns) {
        const double width = std::ldexp(1.0, columns);
        const double height = std::ldexp(1.0, m - columns);
        std::set<std::pair<int, int>> cells;
        for (std::size_t i = 0; i < count; ++i) {
          cells.emplace(static_cast<int>(x[0][i] * width), static_cast<int>(x[1][i] * height));
        }
        ASSERT_EQ(cells.size(), count) << "m = " << m << ", " << columns << " bits along the first axis";
      }
    }
  }
}

// Between two powers of two the points are a prefix of those of the larger one, so that no two share one of its cells.
TEST(ScrambledSobol, LengthsThatAreNotPowersOfTwo) {
  const ScrambledSobol sequence(3, 1, 0);
  for (const std::size_t count : {1UL, 3UL, 5UL, 1000UL, 1023UL, 1025UL, 4097UL}) {
    const std::size_t cells = std::max(2UL, std::bit_ceil(count));
    std::vector<double> whole(cells);
    std::vector<double> part(count);
    sequence.coordinate(2, whole);
    sequence.coordinate(2, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin())) << count;
    EXPECT_TRUE(one_in_each_cell(whole, cells)) << count;
  }
  sequence.coordinate(2, {});
}

TEST(ScrambledSobol, DimensionsDoNotDependOnHowManyAreAsked) {
  std::vector<double> few(256);
  std::vector<double> many(256);
  ScrambledSobol(5, 9, 1).coordinate(4, few);
  ScrambledSobol(50, 9, 1).coordinate(4, many);
  EXPECT_EQ(few, many);
}

TEST(ScrambledSobol, ImpossibleDimensionsAreRefused) {
  EXPECT_THROW(ScrambledSobol(0, 1, 0), std::invalid_argument);
  EXPECT_THROW(ScrambledSobol(ScrambledSobol::max_dimensions + 1, 1, 0), std::invalid_argument);
}

// ---- statistics over scramblings ----

// prod_d (1 + sqrt(3) (u_d - 1/2)): smooth, integral 1, variance (1 + 1/4)^d - 1.
double smooth_estimate(const std::vector<std::vector<double>>& x) {
  double sum = 0.0;
  for (std::size_t i = 0; i < x[0].size(); ++i) {
    double product = 1.0;
    for (const auto& coordinate : x) product *= 1.0 + std::sqrt(3.0) * (coordinate[i] - 0.5);
    sum += product;
  }
  return sum / static_cast<double>(x[0].size());
}

// The indicator of a ball of volume pi/4 of the square: discontinuous along a curve, integral pi/4.
double disc_estimate(const std::vector<std::vector<double>>& x) {
  double inside = 0.0;
  for (std::size_t i = 0; i < x[0].size(); ++i) inside += std::hypot(x[0][i], x[1][i]) < 1.0 ? 1.0 : 0.0;
  return inside / static_cast<double>(x[0].size());
}

template <class F>
Estimate over_scramblings(std::size_t dimensions, std::size_t count, std::uint32_t scramblings, F estimator) {
  Estimate result;
  for (std::uint32_t id = 0; id < scramblings; ++id) {
    result.add(estimator(points(ScrambledSobol(dimensions, 5, id), count)));
  }
  return result;
}

TEST(ScrambledSobol, AveragesAreUnbiased) {
  for (const std::size_t count : {1UL, 4UL, 37UL, 256UL}) {
    const Estimate smooth = over_scramblings(4, count, 3000, smooth_estimate);
    EXPECT_LT(smooth.z(1.0), five_sigma) << count << " points: " << smooth.mean() << " +- " << smooth.standard_error();
    const Estimate disc = over_scramblings(2, count, 3000, disc_estimate);
    EXPECT_LT(disc.z(std::numbers::pi / 4), five_sigma) << count << " points: " << disc.mean();
  }
}

// Each single point is uniform: mean 1/2, variance 1/12, and its bits are fair.
TEST(ScrambledSobol, EachPointIsUniformOverScramblings) {
  for (const std::size_t index : {0UL, 1UL, 2UL, 77UL}) {
    for (const std::size_t dimension : {0UL, 1UL, 39UL}) {
      Estimate mean;
      Estimate square;
      for (std::uint32_t id = 0; id < 4000; ++id) {
        std::vector<double> values(index + 1);
        ScrambledSobol(dimension + 1, 8, id).coordinate(dimension, values);
        mean.add(values[index]);
        square.add((values[index] - 0.5) * (values[index] - 0.5));
      }
      EXPECT_LT(mean.z(0.5), five_sigma) << "point " << index << ", dimension " << dimension;
      EXPECT_LT(square.z(1.0 / 12.0), five_sigma) << "point " << index << ", dimension " << dimension;
    }
  }
}

// Slope of log variance against log n, n = 2^4 ... 2^11.
template <class Sample>
double variance_order(Sample sample) {
  double sx = 0.0;
  double sy = 0.0;
  double sxx = 0.0;
  double sxy = 0.0;
  int terms = 0;
  for (int k = 4; k <= 11; ++k) {
    const double x = k * std::log(2.0);
    const double y = std::log(sample(std::size_t{1} << k).variance());
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
    ++terms;
  }
  return (terms * sxy - sx * sy) / (terms * sxx - sx * sx);
}

// Owen (1997): variance O(n^-3 (log n)^(d-1)) for smooth integrands against 1/n for independent draws. With 150
// scramblings a log variance has standard deviation 0.12 and a slope 0.03, far from both limits.
TEST(ScrambledSobol, VarianceFallsFasterThanForIndependentDraws) {
  const double scrambled = variance_order([](std::size_t n) { return over_scramblings(3, n, 150, smooth_estimate); });
  const double independent = variance_order([](std::size_t n) {
    Estimate result;
    for (std::uint32_t id = 0; id < 150; ++id) {
      std::vector<std::vector<double>> x(3, std::vector<double>(n));
      for (std::uint32_t d = 0; d < 3; ++d) Stream(5, Purpose::testing, 3 * id + d).uniforms(x[d]);
      result.add(smooth_estimate(x));
    }
    return result;
  });
  EXPECT_NEAR(independent, -1.0, 0.15);
  EXPECT_LT(scrambled, -2.4);
}

// Loh (2003): under nested scrambling the error of an average is asymptotically Gaussian, which error bars from a few
// scramblings rely on. The kurtosis of 4000 Gaussian errors is 3.00 +- 0.08; a linear scrambling (Matousek) of the same
// points gives 8.7.
TEST(ScrambledSobol, ErrorsOfAveragesAreCloseToGaussian) {
  Estimate square;
  Estimate fourth;
  for (std::uint32_t id = 0; id < 4000; ++id) {
    const double error = smooth_estimate(points(ScrambledSobol(3, 17, id), 1024)) - 1.0;
    square.add(error * error);
    fourth.add(error * error * error * error);
  }
  EXPECT_NEAR(fourth.mean() / (square.mean() * square.mean()), 3.0, 0.8);
}

TEST(ScrambledSobol, ScramblingsAreIndependent) {
  constexpr std::uint32_t pairs = 4000;
  Estimate neighbouring_ids;
  Estimate neighbouring_seeds;
  // The same point under two scramblings: uncorrelated, as are the errors of averages.
  std::vector<double> a(64);
  std::vector<double> b(64);
  for (std::uint32_t id = 0; id < pairs; ++id) {
    ScrambledSobol(1, 3, 2 * id).coordinate(0, a);
    ScrambledSobol(1, 3, 2 * id + 1).coordinate(0, b);
    neighbouring_ids.add((a[0] - 0.5) * (b[0] - 0.5));
    ScrambledSobol(1, 100 + 2 * id, 0).coordinate(0, a);
    ScrambledSobol(1, 101 + 2 * id, 0).coordinate(0, b);
    neighbouring_seeds.add((a[5] - 0.5) * (b[5] - 0.5));
    EXPECT_NE(a, b);
  }
  EXPECT_LT(neighbouring_ids.z(0.0), five_sigma);
  EXPECT_LT(neighbouring_seeds.z(0.0), five_sigma);
}

}  // namespace
}  // namespace sgdyn
