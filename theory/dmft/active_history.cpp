#include "sgdyn/theory/dmft/active_history.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <utility>

namespace sgdyn::dmft {
namespace {

using Lanes = Eigen::Array<float, ActiveHistory::lanes, 1>;
using ConstLanesMap = Eigen::Map<const Lanes>;

void prefetch(const void* from, const void* to) {
  constexpr std::size_t cache_line = 64;
  const char* end = static_cast<const char*>(to);
  for (const char* at = static_cast<const char*>(from); at < end; at += cache_line) __builtin_prefetch(at);
}

}  // namespace

ActiveHistory::ActiveHistory(std::size_t samples, bool with_tangents)
    : samples_(samples), with_tangents_(with_tangents), size_(samples, 0), first_(samples, 0), base_(samples, 0) {}

std::size_t ActiveHistory::first_since(std::size_t sample, int start) {
  std::size_t& first = first_[sample];
  const auto own = steps(sample);
  while (first < own.size() && own[first].step < start) ++first;
  return first;
}

void ActiveHistory::combine(std::size_t sample, std::size_t first, std::span<const float> weight,
                            std::span<float> row) const {
  const std::size_t origin_tile = (first - base_[sample]) / lanes;
  const std::size_t end_tile = origin_tile + weight.size() / lanes;
  std::fill(row.begin(), row.end(), 0.0F);
  for (std::size_t i = origin_tile; i < end_tile; ++i) {
    const float* w = weight.data() + (i - origin_tile) * lanes;
    const float* rows = tile(sample, i, origin_tile);
    for (std::size_t k = 0; k <= i - origin_tile; ++k, rows += tile_size) {
      // Two accumulators hide the latency of the multiply-add.
      Eigen::Map<Lanes> sum(row.data() + k * lanes);
      Lanes even = sum;
      Lanes odd = Lanes::Zero();
      for (std::size_t j = 0; j < lanes; j += 2) {
        even += w[j] * ConstLanesMap(rows + j * lanes);
        odd += w[j + 1] * ConstLanesMap(rows + (j + 1) * lanes);
      }
      sum = even + odd;
    }
  }
}

void ActiveHistory::prefetch_steps(std::size_t sample) const {
  if (sample >= samples_) return;
  const auto own = steps(sample);
  prefetch(own.data() + first_[sample], own.data() + own.size());
}

void ActiveHistory::prefetch_tangents(std::size_t sample, std::size_t first) const {
  const std::size_t origin_tile = (first - base_[sample]) / lanes;
  const std::size_t end_tile = std::min((size_[sample] - base_[sample] + lanes - 1) / lanes, slabs_.size());
  for (std::size_t i = origin_tile; i < end_tile; ++i) {
    const float* rows = tile(sample, i, origin_tile);
    prefetch(rows, rows + (i - origin_tile + 1) * tile_size);
  }
}

void ActiveHistory::append(std::size_t sample, const ActiveStep& step, std::size_t first, std::span<const float> row) {
  if (size_[sample] == step_capacity_) widen_steps();
  steps_[sample * step_capacity_ + size_[sample]] = step;
  if (with_tangents_) append_row(sample, first, row);
  ++size_[sample];
}

void ActiveHistory::widen_steps() {
  const std::size_t wider = step_capacity_ + step_capacity_ / 4 + 2 * lanes;
  std::vector<ActiveStep> result(samples_ * wider);
  for (std::size_t i = 0; i < samples_; ++i) {
    std::copy_n(steps(i).begin(), size_[i], result.begin() + static_cast<std::ptrdiff_t>(i * wider));
  }
  steps_ = std::move(result);
  step_capacity_ = wider;
}

void ActiveHistory::append_row(std::size_t sample, std::size_t first, std::span<const float> row) {
  const std::size_t origin_index = origin(sample, first);  // before making room moves the triangle
  if (size_[sample] - base_[sample] == slabs_.size() * lanes) make_room(sample, first);
  const std::size_t base = base_[sample];
  const std::size_t index = size_[sample] - base;
  float* rows = tile(sample, index / lanes, 0) + index % lanes * lanes;
  const auto entry = [&](std::size_t l) -> float& { return rows[l / lanes * tile_size + l % lanes]; };
  for (std::size_t l = 0; l < first - base; ++l) entry(l) = 0.0F;
  for (std::size_t l = first - base; l < index; ++l) entry(l) = row[l + base - origin_index];
  entry(index) = 1.0F;
}

// By dropping what lies before `first`, else by one row of tiles for all samples.
void ActiveHistory::make_room(std::size_t sample, std::size_t first) {
  const std::size_t unused = (first - base_[sample]) / lanes;
  if (unused > 0) {
    drop(sample, unused);
  } else {
    slabs_.emplace_back(Eigen::ArrayXf::Zero(static_cast<Eigen::Index>(samples_ * (slabs_.size() + 1) * tile_size)));
  }
}

void ActiveHistory::drop(std::size_t sample, std::size_t tiles) {
  for (std::size_t i = tiles; i < slabs_.size(); ++i) {
    std::copy_n(tile(sample, i, tiles), (i - tiles + 1) * tile_size, tile(sample, i - tiles, 0));
  }
  base_[sample] += tiles * lanes;
}

double ActiveHistory::bytes(double active, double in_window) {
  const double room = in_window > 0.0 ? in_window + 2.0 * lanes : 0.0;
  return (1.25 * active + 2.0 * lanes) * sizeof(ActiveStep) + sizeof(float) * 0.5 * room * (room + lanes);
}

}  // namespace sgdyn::dmft
