#include "sgdyn/theory/dmft/active_history.hpp"

#include <Eigen/Core>
#include <algorithm>

namespace sgdyn::dmft {
namespace {

using Vector = Eigen::Array<float, ActiveHistory::lanes, 1>;
using ConstVectorMap = Eigen::Map<const Vector>;

template <class T>
std::vector<T> with_stride(const std::vector<T>& old, std::size_t samples, std::size_t old_stride, std::size_t stride) {
  std::vector<T> result(samples * stride, T{});
  for (std::size_t i = 0; i < samples; ++i) {
    std::copy_n(old.begin() + static_cast<std::ptrdiff_t>(i * old_stride), old_stride,
                result.begin() + static_cast<std::ptrdiff_t>(i * stride));
  }
  return result;
}

}  // namespace

ActiveHistory::ActiveHistory(std::size_t samples, bool with_tangents)
    : samples_(samples), with_tangents_(with_tangents), size_(samples, 0), first_(samples, 0) {}

std::size_t ActiveHistory::first_since(std::size_t sample, int step) {
  std::size_t& first = first_[sample];
  const int* own = steps(sample);
  while (first < size_[sample] && own[first] < step) ++first;
  return first;
}

void ActiveHistory::combine(std::size_t sample, std::size_t first, std::span<const float> weight,
                            std::span<float> row) const {
  const std::size_t end = size_[sample];
  const float* triangle = tangents_.data() + sample * triangle_size(capacity_);
  for (std::size_t column = first / lanes * lanes; column < end; column += lanes) {
    std::size_t j = std::max(column, first);
    const float* rows = triangle + vector_offset(column / lanes, capacity_) + (j - column) * lanes;
    // Two accumulators hide the latency of the multiply-add.
    Vector even = Vector::Zero();
    Vector odd = Vector::Zero();
    for (; j + 1 < end; j += 2, rows += 2 * lanes) {
      even += weight[j] * ConstVectorMap(rows);
      odd += weight[j + 1] * ConstVectorMap(rows + lanes);
    }
    if (j < end) even += weight[j] * ConstVectorMap(rows);
    Eigen::Map<Vector>(row.data() + column) = even + odd;
  }
}

void ActiveHistory::append(std::size_t sample, int step, double force, double stiffness, std::size_t first,
                           std::span<const float> row) {
  if (size_[sample] == capacity_) grow();
  const std::size_t index = size_[sample]++;
  steps_[sample * capacity_ + index] = step;
  force_[sample * capacity_ + index] = force;
  stiffness_[sample * capacity_ + index] = static_cast<float>(stiffness);
  if (!with_tangents_) return;
  float* triangle = tangents_.data() + sample * triangle_size(capacity_);
  const auto entry = [&](std::size_t column) -> float& {
    const std::size_t c = column / lanes;
    return triangle[vector_offset(c, capacity_) + (index - c * lanes) * lanes + column % lanes];
  };
  for (std::size_t l = first; l < index; ++l) entry(l) = row[l];
  entry(index) = 1.0F;
}

// By one vector of steps: the copies cost little against the reading of the triangles, and no memory is held in
// reserve.
void ActiveHistory::grow() {
  const std::size_t larger = capacity_ + lanes;
  steps_ = with_stride(steps_, samples_, capacity_, larger);
  force_ = with_stride(force_, samples_, capacity_, larger);
  stiffness_ = with_stride(stiffness_, samples_, capacity_, larger);
  if (with_tangents_) tangents_ = regrown_triangles(larger);
  capacity_ = larger;
}

std::vector<float> ActiveHistory::regrown_triangles(std::size_t larger) const {
  std::vector<float> result(samples_ * triangle_size(larger), 0.0F);
  for (std::size_t i = 0; i < samples_; ++i) {
    for (std::size_t c = 0; c < capacity_ / lanes; ++c) {
      const auto source =
          tangents_.begin() + static_cast<std::ptrdiff_t>(i * triangle_size(capacity_) + vector_offset(c, capacity_));
      std::copy_n(source, (capacity_ - c * lanes) * lanes,
                  result.begin() + static_cast<std::ptrdiff_t>(i * triangle_size(larger) + vector_offset(c, larger)));
    }
  }
  return result;
}

double ActiveHistory::bytes(double active, bool with_tangents) {
  const double room = active + lanes;
  const double event = sizeof(int) + sizeof(double) + sizeof(float);
  return room * event + (with_tangents ? sizeof(float) * 0.5 * room * (room + lanes) : 0.0);
}

}  // namespace sgdyn::dmft
