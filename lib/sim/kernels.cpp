#include "sgdyn/sim/kernels.hpp"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

// Vectors of eight numbers as the compilers know them (GCC and clang): the accumulators below stay in registers, which
// loops over arrays do not reliably achieve. On machines without AVX-512 the compiler splits them.
namespace sgdyn::sim {
namespace {

constexpr std::size_t lanes = 8;
using Doubles = double __attribute__((vector_size(sizeof(double) * lanes)));
#ifndef __AVX512F__
using Floats = float __attribute__((vector_size(sizeof(float) * lanes)));
#endif

// Eight floats as doubles. GCC 12 splits __builtin_convertvector in two and pastes the halves: half the speed.
inline void convert(const float* pointer, Doubles& out) {
#ifdef __AVX512F__
  out = _mm512_cvtps_pd(_mm256_load_ps(pointer));
#else
  out = __builtin_convertvector(*reinterpret_cast<const Floats*>(pointer), Doubles);
#endif
}
inline Doubles& doubles_at(double* pointer) { return *reinterpret_cast<Doubles*>(pointer); }

// R rows times K columns: every row is converted once and every column loaded once for R * K products.
template <std::size_t R, std::size_t K>
void forward_block(const float* const* rows, const ColumnsView& u, double* out, std::size_t count) {
  std::array<std::array<Doubles, K>, R> sum{};
  for (std::size_t i = 0; i < u.stride; i += lanes) {
    std::array<Doubles, K> w;
    for (std::size_t j = 0; j < K; ++j) w[j] = doubles_at(u.data + j * u.stride + i);
    for (std::size_t r = 0; r < R; ++r) {
      Doubles x;
      convert(rows[r] + i, x);
      for (std::size_t j = 0; j < K; ++j) sum[r][j] += x * w[j];
    }
  }
  for (std::size_t r = 0; r < R; ++r) {
    for (std::size_t j = 0; j < K; ++j) {
      const Doubles& s = sum[r][j];
      out[j * count + r] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    }
  }
}

// R rows added to K columns: each piece of a column is loaded and stored once for R rows.
template <std::size_t R, std::size_t K>
void backward_block(const float* const* rows, const double* a, std::size_t count, const ColumnsView& g) {
  std::array<std::array<double, R>, K> factor;
  for (std::size_t j = 0; j < K; ++j) {
    for (std::size_t r = 0; r < R; ++r) factor[j][r] = a[j * count + r];
  }
  for (std::size_t i = 0; i < g.stride; i += lanes) {
    std::array<Doubles, R> x;
    for (std::size_t r = 0; r < R; ++r) convert(rows[r] + i, x[r]);
    for (std::size_t j = 0; j < K; ++j) {
      Doubles& target = doubles_at(g.data + j * g.stride + i);
      Doubles sum = target;
      for (std::size_t r = 0; r < R; ++r) sum += x[r] * factor[j][r];
      target = sum;
    }
  }
}

// Calls block<R> on as many groups of R rows as there are, then the rest with R/2, R/4, ...
template <std::size_t R, class Block>
void in_groups(std::size_t first, std::size_t count, const Block& block) {
  for (; first + R <= count; first += R) block(std::integral_constant<std::size_t, R>{}, first);
  if constexpr (R > 1) in_groups<R / 2>(first, count, block);
}

template <std::size_t K>
void forward_columns(std::span<const float* const> rows, const ColumnsView& u, double* out) {
  // Thirty-two registers hold R * K accumulators, K columns and one row.
  constexpr std::size_t R = K == 4 ? 6 : 8;
  in_groups<R>(0, rows.size(), [&](auto group, std::size_t first) {
    forward_block<group(), K>(rows.data() + first, u, out + first, rows.size());
  });
}

template <std::size_t K>
void backward_columns(std::span<const float* const> rows, const double* a, const ColumnsView& g) {
  in_groups<8>(0, rows.size(), [&](auto group, std::size_t first) {
    backward_block<group(), K>(rows.data() + first, a + first, rows.size(), g);
  });
}

// Calls function with the number of columns as a constant.
template <class Function, std::size_t... K>
void dispatch(int columns, const Function& function, std::index_sequence<K...>) {
  ((columns == static_cast<int>(K) + 1 ? function(std::integral_constant<std::size_t, K + 1>{}) : void()), ...);
}

}  // namespace

void forward(std::span<const float* const> rows, const ColumnsView& u, std::span<double> out) {
  // Four columns at a time: with more, so few rows fit into the registers that loading the columns dominates.
  constexpr int most = 4;
  for (int first = 0; first < u.columns; first += most) {
    const auto offset = static_cast<std::size_t>(first);
    const ColumnsView some{u.data + offset * u.stride, u.stride, std::min(most, u.columns - first)};
    dispatch(
        some.columns, [&](auto k) { forward_columns<k()>(rows, some, out.data() + offset * rows.size()); },
        std::make_index_sequence<most>{});
  }
}

void backward(std::span<const float* const> rows, std::span<const double> a, const ColumnsView& g) {
  dispatch(
      g.columns, [&](auto k) { backward_columns<k()>(rows, a.data(), g); }, std::make_index_sequence<max_columns>{});
}

}  // namespace sgdyn::sim
