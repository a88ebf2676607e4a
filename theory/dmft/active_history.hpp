// What the samples of a chunk remember: the steps at which each acted on the weights ("active" steps, s Lambda' or
// s Lambda'' nonzero), with which force, and its tangents dr(t)/dP(u) between active steps; at other steps the tangent
// vanishes (THEORY 7).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sgdyn::dmft {

class ActiveHistory {
 public:
  /// Tangent rows are stored and combined in vectors of this many single-precision numbers.
  static constexpr std::size_t lanes = 16;
  [[nodiscard]] static constexpr std::size_t padded(std::size_t length) { return (length + lanes - 1) / lanes * lanes; }

  ActiveHistory(std::size_t samples, bool with_tangents);

  [[nodiscard]] std::size_t size(std::size_t sample) const { return size_[sample]; }
  /// Index of the first active step >= `step`; never moves back from call to call.
  std::size_t first_since(std::size_t sample, int step);

  [[nodiscard]] const int* steps(std::size_t sample) const { return steps_.data() + sample * capacity_; }
  [[nodiscard]] const double* force(std::size_t sample) const { return force_.data() + sample * capacity_; }
  [[nodiscard]] const float* stiffness(std::size_t sample) const { return stiffness_.data() + sample * capacity_; }

  /// row[l] = sum_{j >= l} weight[j] T(j, l) over active steps j, l >= first, where T(j, l) = dr(t_j)/dP(t_l). With
  /// weight[j] = -Delta dt R(t,t_j) s Lambda''(t_j) this is dr(t)/dP(t_l), the tangent line of eq. 7. Entries before
  /// `first` are zero or untouched; `row` and `weight` have padded(size) entries.
  void combine(std::size_t sample, std::size_t first, std::span<const float> weight, std::span<float> row) const;

  /// Appends an active step; its tangent row is `row` from `first` on (zero before), followed by T = 1. Without
  /// tangents `row` is not read.
  void append(std::size_t sample, int step, double force, double stiffness, std::size_t first,
              std::span<const float> row);

  /// Bytes of one sample with `active` active steps.
  [[nodiscard]] static double bytes(double active, bool with_tangents);

 private:
  // A triangle is stored by vectors of columns: vector c (columns 16 c ... 16 c + 15) has the rows 16 c ... capacity -
  // 1, one after the other, so that combine() reads memory in order. Numbers before vector c:
  [[nodiscard]] static constexpr std::size_t vector_offset(std::size_t c, std::size_t capacity) {
    return lanes * (c * capacity - lanes * ((c * c - c) / 2));
  }
  [[nodiscard]] static constexpr std::size_t triangle_size(std::size_t capacity) {
    return vector_offset(capacity / lanes, capacity);
  }
  [[nodiscard]] std::vector<float> regrown_triangles(std::size_t larger) const;
  void grow();

  std::size_t samples_;
  bool with_tangents_;
  std::size_t capacity_ = 0;  // active steps every sample has room for
  std::vector<std::size_t> size_, first_;
  std::vector<int> steps_;
  std::vector<double> force_;
  // Single precision from here on: rounding of 1e-7 is far below every sampling error, and reading the triangles is
  // what limits speed and memory.
  std::vector<float> stiffness_;
  std::vector<float> tangents_;
};

}  // namespace sgdyn::dmft
