#include "sgdyn/theory/replica/half_moments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "sgdyn/numerics/vector_math.hpp"

namespace sgdyn::replica {
namespace {

// With j_n = E[(-x - xi)_+^n]/n!, n j_n = j_(n-2) - x j_(n-1) and j_(-1) = phi (replica.E8). The ratio j_2/j_1 gives
// all of them by sums of one sign: j_1/j_0 = 1/(x + 2 j_2/j_1) and j_0/phi = 1/(x + j_1/j_0). It is smooth, and falls
// as 1/x: (x + 4) j_2/j_1 is a Chebyshev series in 1/(x + 4).
constexpr double farthest = 39.0;  // from here on phi, and moments with it, are below the smallest number
constexpr double shift = 4.0;
constexpr std::size_t terms = 28;  // what they leave out is below 1e-16

using Long = long double;

Long ratio_near(Long x) {
  const Long tail = std::erfc(x / std::numbers::sqrt2_v<Long>) / 2;
  const Long bell = std::exp(-x * x / 2) * std::numbers::inv_sqrtpi_v<Long> / std::numbers::sqrt2_v<Long>;
  return ((1 + x * x) * tail - x * bell) / (2 * (bell - x * tail));
}

// j_n is the solution of the recurrence that falls fastest, so that its ratios come from running it backwards (Miller).
Long ratio_far(Long x) {
  Long ratio = 0;  // j_n/j_(n-1)
  for (int n = 20 + static_cast<int>(400 / (x * x)); n > 2; --n) ratio = 1 / (x + static_cast<Long>(n) * ratio);
  return ratio;
}

constexpr double least_z = 1.0 / (farthest + shift);
constexpr double largest_z = 1.0 / shift;

// (x + 4) j_2/j_1 at z = 1/(x + 4)
Long scaled_ratio(Long z) {
  constexpr Long near = 1.5L;  // up to which ratio_near loses two digits at most
  const Long x = 1 / z - Long{shift};
  return (x < near ? ratio_near(x) : ratio_far(x)) / z;
}

using Series = std::array<double, terms>;

Series make_series() {
  constexpr std::size_t nodes = 40;
  std::array<Long, terms> sums{};
  for (std::size_t i = 0; i < nodes; ++i) {
    const Long angle = std::numbers::pi_v<Long> * (static_cast<Long>(i) + 0.5L) / nodes;
    const Long z = ((largest_z - least_z) * std::cos(angle) + (largest_z + least_z)) / 2;
    const Long value = scaled_ratio(z);
    for (std::size_t k = 0; k < terms; ++k) sums[k] += value * std::cos(static_cast<Long>(k) * angle);
  }
  Series series;
  for (std::size_t k = 0; k < terms; ++k) series[k] = static_cast<double>((k == 0 ? 1 : 2) * sums[k] / nodes);
  return series;
}

const Series& series() {
  static const Series made = make_series();
  return made;
}

// Lanes at a time, whose number the compiler knows, so that they stay in registers; j_2/j_1 by Clenshaw's recurrence.
template <std::size_t lanes>
void fill_tails(std::size_t begin, const Block& x, Tails& out) {
  constexpr double height = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  const Series& c = series();
  std::array<double, lanes> twice_y;
  std::array<double, lanes> next;
  std::array<double, lanes> after{};
#pragma omp simd
  for (std::size_t i = 0; i < lanes; ++i) {
    const double z = 1.0 / (std::min(std::fabs(x[begin + i]), farthest) + shift);
    twice_y[i] = 2.0 * (2.0 * z - least_z - largest_z) / (largest_z - least_z);
    next[i] = c[terms - 1];
  }
  for (std::size_t k = terms - 2; k > 0; --k) {
#pragma omp simd
    for (std::size_t i = 0; i < lanes; ++i) {
      const double sum = (c[k] - after[i]) + twice_y[i] * next[i];
      after[i] = next[i];
      next[i] = sum;
    }
  }
#pragma omp simd
  for (std::size_t i = 0; i < lanes; ++i) {
    const double from_zero = std::min(std::fabs(x[begin + i]), farthest);
    const double ratio_2 = ((c[0] - after[i]) + 0.5 * twice_y[i] * next[i]) / (from_zero + shift);
    const double ratio_1 = 1.0 / (from_zero + 2.0 * ratio_2);
    out.bell[begin + i] = height * std::exp(-0.5 * from_zero * from_zero);
    out.zeroth[begin + i] = out.bell[begin + i] / (from_zero + ratio_1);
    out.first[begin + i] = out.zeroth[begin + i] * ratio_1;
    out.second[begin + i] = 2.0 * out.first[begin + i] * ratio_2;
  }
}

}  // namespace

void tail_moments(const Block& x, std::size_t count, Tails& out) {
  constexpr std::size_t lanes = 8;
  std::size_t i = 0;
  for (; count - i >= lanes; i += lanes) fill_tails<lanes>(i, x, out);
  for (; count - i >= 4; i += 4) fill_tails<4>(i, x, out);
  for (; count - i >= 2; i += 2) fill_tails<2>(i, x, out);
  for (; i < count; ++i) fill_tails<1>(i, x, out);
}

HalfMoments half_moments(double t) {
  Block x;
  x[0] = t;
  Tails tail;
  tail_moments(x, 1, tail);
  return reflected(t, tail.at(0));
}

}  // namespace sgdyn::replica
