// What the samples of a chunk remember: the steps at which each acted on the weights ("active" steps, s Lambda' or
// s Lambda'' nonzero), with which force, and its tangents dr(t)/dP(u) between active steps; at other steps the tangent
// vanishes (THEORY 7).
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

namespace sgdyn::dmft {

/// One active step u of one sample.
struct ActiveStep {
  double force = 0;     ///< s Lambda'(u)
  float stiffness = 0;  ///< s Lambda''(u)
  int step = 0;         ///< u
};

class ActiveHistory {
 public:
  /// Tangents are stored and combined in square tiles of this many single-precision numbers a side.
  static constexpr std::size_t lanes = 8;

  ActiveHistory(std::size_t samples, bool with_tangents);

  [[nodiscard]] std::span<const ActiveStep> steps(std::size_t sample) const {
    return {steps_.data() + sample * step_capacity_, size_[sample]};
  }
  /// Index of the first active step at or after step `start`; never moves back from call to call.
  std::size_t first_since(std::size_t sample, int start);

  /// Index of the active step that entry 0 of the rows and weights below stands for: at most `first`.
  [[nodiscard]] std::size_t origin(std::size_t sample, std::size_t first) const {
    return base_[sample] + (first - base_[sample]) / lanes * lanes;
  }
  /// Entries that the rows and weights below must have.
  [[nodiscard]] std::size_t row_length(std::size_t sample, std::size_t first) const {
    return (size_[sample] - origin(sample, first) + lanes - 1) / lanes * lanes;
  }

  /// row[l] = sum_{j >= l} weight[j] T(j, l) over active steps j, l >= first, where T(j, l) = dr(t_j)/dP(t_l). With
  /// weight[j] = -Delta dt R(t,t_j) s Lambda''(t_j), 0 before `first`, this is dr(t)/dP(t_l), the tangent line of
  /// eq. 7. Both arrays begin at origin(sample, first); entries of the row before `first` mean nothing.
  void combine(std::size_t sample, std::size_t first, std::span<const float> weight, std::span<float> row) const;

  /// Fetch into cache, ahead of their use, what first_since() and steps(), or combine(), of this sample will read: the
  /// memory of one sample is too short for the processor to foresee the jump to the next. Samples past the end are
  /// ignored.
  void prefetch_steps(std::size_t sample) const;
  void prefetch_tangents(std::size_t sample, std::size_t first) const;

  /// Appends an active step; its tangent row is `row` from `first` on, followed by T = 1. Without tangents `row` is not
  /// read. No step before `first` is asked for afterwards.
  void append(std::size_t sample, const ActiveStep& step, std::size_t first, std::span<const float> row);

  /// Bytes of one sample with `active` active steps, tangents being kept between the last `in_window` of them.
  [[nodiscard]] static double bytes(double active, double in_window);

 private:
  // The triangle of a sample holds its active steps from base_ on, in tiles of 8 rows and 8 columns; slab i has the
  // tiles (i, 0) ... (i, i) of every sample, each row by row. So the triangles grow without being copied, combine()
  // reads memory in order, and old steps are dropped tile by tile.
  static constexpr std::size_t tile_size = lanes * lanes;
  [[nodiscard]] const float* tile(std::size_t sample, std::size_t i, std::size_t k) const {
    return slabs_[i].data() + (sample * (i + 1) + k) * tile_size;
  }
  [[nodiscard]] float* tile(std::size_t sample, std::size_t i, std::size_t k) {
    return slabs_[i].data() + (sample * (i + 1) + k) * tile_size;
  }
  void widen_steps();
  void make_room(std::size_t sample, std::size_t first);
  void drop(std::size_t sample, std::size_t tiles);
  void append_row(std::size_t sample, std::size_t first, std::span<const float> row);

  std::size_t samples_;
  bool with_tangents_;
  std::size_t step_capacity_ = 0;  // active steps every sample has room for
  std::vector<std::size_t> size_, first_, base_;
  std::vector<ActiveStep> steps_;
  // Single precision: rounding of 1e-7 is far below every sampling error, and reading the tangents is what limits speed
  // and memory. Aligned to cache lines, as every row of tiles is.
  std::vector<Eigen::ArrayXf> slabs_;
};

}  // namespace sgdyn::dmft
