#include "sgdyn/theory/dmft/difference_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace sgdyn::dmft {
namespace {

constexpr double theta = 0.6;              // share of the sampling error that is taken off
constexpr std::size_t block_size = 256;    // samples a thread handles at once
constexpr double negligible_pivot = 1e-8;  // of the diagonal: such a direction is left empty

Eigen::VectorXf part(std::span<const double> values, std::size_t first, std::size_t count) {
  return Eigen::Map<const Eigen::VectorXd>(values.data() + first, static_cast<Eigen::Index>(count)).cast<float>();
}

double dot(const Eigen::VectorXf& a, const Eigen::VectorXf& b) { return static_cast<double>(a.dot(b)); }

}  // namespace

DifferenceKernel::DifferenceKernel(int steps, std::size_t samples) : samples_(samples) {
  cleaned_ = Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(samples), steps);
  L_ = Eigen::MatrixXd::Zero(steps, steps);
  scale_ = Eigen::VectorXd::Ones(steps);
}

// Sum of of_block(first, count), vectors of `entries`, over blocks of samples, in their order.
Eigen::VectorXd DifferenceKernel::sum_over_blocks(Eigen::Index entries, int threads, const auto& of_block) const {
  const long blocks = static_cast<long>((samples_ + block_size - 1) / block_size);
  Eigen::MatrixXd sums(entries, blocks);
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
  for (long k = 0; k < blocks; ++k) {
    const std::size_t first = static_cast<std::size_t>(k) * block_size;
    sums.col(k) = of_block(first, std::min(block_size, samples_ - first));
  }
  Eigen::VectorXd total = Eigen::VectorXd::Zero(entries);
  for (long k = 0; k < blocks; ++k) total += sums.col(k);
  return total;
}

// Gram matrix times x = right, over the directions that are not empty.
Eigen::VectorXd DifferenceKernel::solve(Eigen::VectorXd right) const {
  for (Eigen::Index u = 0; u < t_; ++u) {
    right[u] = L_(u, u) > 0.0 ? (right[u] - L_.row(u).head(u).dot(right.head(u))) / L_(u, u) : 0.0;
  }
  for (Eigen::Index u = t_ - 1; u >= 0; --u) {
    const Eigen::Index later = t_ - 1 - u;
    right[u] = L_(u, u) > 0.0 ? (right[u] - L_.col(u).segment(u + 1, later).dot(right.tail(later))) / L_(u, u) : 0.0;
  }
  return right;
}

Eigen::VectorXd DifferenceKernel::append(std::span<const double> mean, std::span<const double> surprise,
                                         double variance, int threads) {
  const auto past = [&](std::size_t first, std::size_t count) {
    return cleaned_.block(static_cast<Eigen::Index>(first), 0, static_cast<Eigen::Index>(count), t_);
  };
  const Eigen::VectorXd products = sum_over_blocks(t_ + 1, threads, [&](std::size_t first, std::size_t count) {
    const Eigen::VectorXf D = part(surprise, first, count);
    Eigen::VectorXd sums(t_ + 1);
    sums << (past(first, count).transpose() * D).cast<double>(), dot(D, D);
    return sums;
  });
  const Eigen::VectorXd projection = solve(products.head(t_));
  const double projected = projection.dot(products.head(t_));
  const double left = products[t_] - theta * (2.0 - theta) * projected;
  const float stretch = left > 0.0 ? static_cast<float>(std::sqrt(variance / left)) : 0.0F;
  const Eigen::VectorXf taken_off = (theta * projection).cast<float>();

  const Eigen::VectorXd gram = sum_over_blocks(t_ + 2, threads, [&](std::size_t first, std::size_t count) {
    const Eigen::VectorXf B = part(mean, first, count);
    const Eigen::VectorXf D = stretch * (part(surprise, first, count) - past(first, count) * taken_off);
    const Eigen::VectorXf F = B + D;
    cleaned_.col(t_).segment(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)) = F;
    Eigen::VectorXd sums(t_ + 2);
    sums << (past(first, count).transpose() * F).cast<double>(), dot(F, F), dot(B, B);
    return sums;
  });
  Eigen::VectorXd M = gram.head(t_ + 1);
  const Eigen::VectorXd row = M.head(t_);
  for (Eigen::Index v = 0; v < t_; ++v) {
    L_(t_, v) = L_(v, v) > 0.0 ? (row[v] - L_.row(t_).head(v).dot(L_.row(v).head(v))) / L_(v, v) : 0.0;
  }
  const double pivot = M[t_] - L_.row(t_).head(t_).squaredNorm();
  L_(t_, t_) = pivot > negligible_pivot * M[t_] ? std::sqrt(pivot) : 0.0;
  // The square of F is known more precisely; one factor a column keeps the matrix a Gram matrix.
  const double known = gram[t_ + 1] + (stretch > 0.0F ? variance : 0.0);
  if (M[t_] > 0.0) scale_[t_] = std::sqrt(known / M[t_]);
  M.array() *= scale_.head(t_ + 1).array() * scale_[t_];
  ++t_;
  return M;
}

}  // namespace sgdyn::dmft
