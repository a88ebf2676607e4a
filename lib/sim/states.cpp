#include "sgdyn/sim/states.hpp"

#include <algorithm>
#include <utility>

namespace sgdyn::sim {

States::States(const Problem& problem, int columns, std::size_t dimension)
    : ridge_(problem.loss.ridge),
      momentum_(problem.algorithm.momentum),
      kind_(problem.algorithm.momentum_kind),
      dimension_(dimension),
      stride_(padded(dimension)),
      current_(static_cast<std::size_t>(columns) * stride_),
      next_(current_.size()),
      ahead_(momentum_ == 0.0 ? 0 : current_.size()) {}

void States::rest(int columns) {
  std::copy_n(current_.data(), static_cast<std::size_t>(columns) * stride_, next_.data());
}

void States::copy(int from, int to) {
  for (Array* array : {&current_, &next_}) std::copy_n(column_of(*array, from), stride_, column_of(*array, to));
}

void States::drift(double dt, int columns) {
  dt_ = dt;
  const std::size_t count = static_cast<std::size_t>(columns) * stride_;
  const double shrink = ridge_ * dt;
  const double kept = 1.0 - shrink;
  const double* u = current_.data();
  double* next = next_.data();
  if (momentum_ == 0.0) {
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) next[i] = kept * u[i];
    return;
  }
  double* p = ahead_.data();
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) p[i] = u[i] + momentum_ * (u[i] - next[i]);
  const double* point = gradient_ahead() ? p : u;
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) next[i] = p[i] - shrink * point[i];
}

double States::squared_gradient(int column) const {
  const auto start = vector(momentum_ == 0.0 ? current_ : ahead_, column);
  return (start - vector(next_, column)).squaredNorm() / (dt_ * dt_);
}

void States::finish() { std::swap(current_, next_); }

double states_bytes(const Problem& problem, int columns, long dimension) {
  const double arrays = problem.algorithm.momentum == 0.0 ? 2.0 : 3.0;
  return arrays * columns * static_cast<double>(padded(static_cast<std::size_t>(dimension))) * sizeof(double);
}

}  // namespace sgdyn::sim
