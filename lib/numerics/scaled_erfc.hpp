// The logarithm of erfc and its slopes where erfc underflows or is 2 to all digits. Functions of one number that
// `#pragma omp simd` can vectorise.
#pragma once

#include <array>
#include <cstddef>
#include <numbers>
#include <utility>

#include "sgdyn/numerics/vector_math.hpp"

namespace sgdyn {
namespace detail {

/// erfc'/erfc = -(2 x + D(x)), and D(x) (x + scale) for x >= 0 as a Chebyshev series in scale/(x + scale), good to
/// 1e-17.
inline constexpr double erfc_scale = 2.5;
inline constexpr std::array<double, 28> erfc_series{
    1.8452002606410385,      0.9412204307329635,     0.07289851801263414,    -0.03177050035583371,
    -0.008215760511655505,   0.0010466829608516636,  0.000633382017536568,   -2.1965823863727186e-05,
    -4.5420517145973175e-05, -8.374633727966097e-07, 3.186593829368981e-06,  1.6275734290105033e-07,
    -2.2167581926877227e-07, -1.493444023555201e-08, 1.5277614814640563e-08, 1.0530437171492835e-09,
    -1.0316986408102619e-09, -5.97902670617634e-11,  6.688603202793164e-11,  2.551449284157415e-12,
    -4.036477387194252e-12,  -6.158285318063668e-14, 2.1654892904637596e-13, 7.108997370686348e-17,
    -9.580667564288794e-15,  -2.607566001929264e-16, 3.0589748322031546e-16, 8.135764007784048e-17};

template <std::size_t... k>
constexpr double chebyshev_sum(double x, std::index_sequence<k...> /*unrolled*/) {
  constexpr std::size_t last = erfc_series.size() - 1;
  double b1 = 0.0;
  double b2 = 0.0;
  double b = 0.0;
  ((b = 2.0 * x * b1 - b2 + erfc_series[last - k], b2 = b1, b1 = b), ...);
  return x * b1 - b2 + erfc_series[0];
}

/// -erfc'(x)/erfc(x) - 2 x for x >= 0: between 2/sqrt(pi) and 0.
inline double erfc_decay_excess(double x) {
  const double inverse = 1.0 / (x + erfc_scale);
  return inverse * chebyshev_sum(2.0 * erfc_scale * inverse - 1.0, std::make_index_sequence<erfc_series.size() - 1>{});
}

}  // namespace detail

/// -erfc'(x)/erfc(x) = 2/sqrt(pi) e^(-x^2)/erfc(x)
inline double erfc_decay(double x) {
  constexpr double slope = 2.0 * std::numbers::inv_sqrtpi;
  const double size = std::fabs(x);
  const double above = 2.0 * size + detail::erfc_decay_excess(size);
  const double bell = std::exp(-x * x);
  return x >= 0.0 ? above : slope * bell / (2.0 - slope * bell / above);
}

/// Its derivative, erfc_decay(x) (erfc_decay(x) - 2 x).
inline double erfc_decay_slope(double x) {
  constexpr double slope = 2.0 * std::numbers::inv_sqrtpi;
  const double size = std::fabs(x);
  const double excess = detail::erfc_decay_excess(size);
  const double above = 2.0 * size + excess;
  const double bell = std::exp(-x * x);
  const double below = slope * bell / (2.0 - slope * bell / above);
  return x >= 0.0 ? above * excess : below * (below + 2.0 * size);
}

/// log(erfc(x)/2), the logarithm of the probability that a Gaussian of variance 1/2 exceeds x.
inline double log_half_erfc(double x) {
  const double size = std::fabs(x);
  const double above = 2.0 * size + detail::erfc_decay_excess(size);
  const double scaled = std::numbers::inv_sqrtpi / above;  // e^(x^2) erfc(|x|)/2
  return x >= 0.0 ? std::log(scaled) - x * x : std::log1p(-std::exp(-x * x) * scaled);
}

}  // namespace sgdyn
