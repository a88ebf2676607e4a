#include "sgdyn/theory/dmft/difference_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace sgdyn::dmft {
namespace {

// A coefficient fitted to the very samples it is applied to would shrink M by a relative (t - u)/n. Samples are dealt
// to folds, and each uses what the others were fitted with.
constexpr long folds = 8;
constexpr std::size_t largest_block = 256;  // samples a thread handles at once
constexpr double negligible_pivot = 1e-8;   // of the diagonal: such a direction is left empty

Eigen::VectorXf part(std::span<const double> values, std::size_t first, std::size_t count) {
  return Eigen::Map<const Eigen::VectorXd>(values.data() + first, static_cast<Eigen::Index>(count)).cast<float>();
}

// The samples of a block: their values at step t, and at all steps before.
auto now(auto& matrix, Eigen::Index t, std::size_t first, std::size_t count) {
  return matrix.col(t).segment(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count));
}
auto past(const Eigen::MatrixXf& matrix, Eigen::Index t, std::size_t first, std::size_t count) {
  return matrix.block(static_cast<Eigen::Index>(first), 0, static_cast<Eigen::Index>(count), t);
}

double square_of(const Eigen::VectorXf& vector) { return static_cast<double>(vector.squaredNorm()); }

}  // namespace

DifferenceKernel::DifferenceKernel(int steps, std::size_t samples, bool with_memory)
    : samples_(samples),
      block_size_(std::clamp<std::size_t>(samples / folds, 1, largest_block)),
      with_memory_(with_memory) {
  cleaned_ = force_error_ = Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(samples), steps);
  if (with_memory) surprise_ = surprise_error_ = cleaned_;
  L_ = Eigen::MatrixXd::Zero(steps, steps);
  square_ = Eigen::MatrixXd::Zero(folds, steps);
}

// Sums of of_block(first, count, fold), vectors of `entries`, over the blocks of each fold, one column a fold.
Eigen::MatrixXd DifferenceKernel::sums_over_folds(Eigen::Index entries, int threads, const auto& of_block) const {
  const long blocks = static_cast<long>((samples_ + block_size_ - 1) / block_size_);
  Eigen::MatrixXd sums(entries, blocks);
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
  for (long k = 0; k < blocks; ++k) {
    const std::size_t first = static_cast<std::size_t>(k) * block_size_;
    sums.col(k) = of_block(first, std::min(block_size_, samples_ - first), k % folds);
  }
  Eigen::MatrixXd total = Eigen::MatrixXd::Zero(entries, folds);
  for (long k = 0; k < blocks; ++k) total.col(k % folds) += sums.col(k);
  return total;
}

// Regression coefficients on the earlier surprises for the samples of each fold (columns), from all others. `products`
// are B.D(v) of each fold.
Eigen::MatrixXf DifferenceKernel::regression_of_other_folds(const Eigen::MatrixXd& products) const {
  Eigen::MatrixXf result = Eigen::MatrixXf::Zero(t_, folds);
  for (Eigen::Index v = 0; v < t_; ++v) {
    const double square = square_.col(v).sum();
    const double product = products.row(v).sum();
    for (long fold = 0; fold < folds; ++fold) {
      const double others = square - square_(fold, v);
      if (others > 0.0) result(v, fold) = static_cast<float>((product - products(v, fold)) / others);
    }
  }
  return result;
}

Eigen::VectorXd DifferenceKernel::solve_lower(Eigen::VectorXd right) const {
  for (Eigen::Index u = 0; u < t_; ++u) {
    right[u] = L_(u, u) > 0.0 ? (right[u] - L_.row(u).head(u).dot(right.head(u))) / L_(u, u) : 0.0;
  }
  return right;
}

Eigen::VectorXd DifferenceKernel::solve_upper(Eigen::VectorXd right) const {
  for (Eigen::Index u = t_ - 1; u >= 0; --u) {
    const Eigen::Index later = t_ - 1 - u;
    right[u] = L_(u, u) > 0.0 ? (right[u] - L_.col(u).segment(u + 1, later).dot(right.tail(later))) / L_(u, u) : 0.0;
  }
  return right;
}

// D.F(u) of the cleaned forces, u < t; and what B owes to the memory of the sampling scheme, as coefficients of D(v).
Eigen::VectorXd DifferenceKernel::measure_surprise(const Step& step, int threads) {
  const Eigen::VectorXf memory = step.memory.transpose().cast<float>();
  const Eigen::Index products = with_memory_ ? t_ : 0;
  const auto of_block = [&](std::size_t first, std::size_t count, long) {
    const Eigen::VectorXf D = part(step.surprise, first, count);
    const Eigen::VectorXf stiffness = part(step.stiffness, first, count);
    const Eigen::VectorXf of_error = stiffness.cwiseProduct(past(force_error_, t_, first, count) * memory);
    now(force_error_, t_, first, count) = of_error;
    Eigen::VectorXd sums(products + t_ + 1);
    sums.tail(t_ + 1) << (past(cleaned_, t_, first, count).transpose() * D).cast<double>(), square_of(D);
    if (with_memory_) {
      const Eigen::VectorXf of_field = of_error + stiffness.cwiseProduct(past(cleaned_, t_, first, count) * memory);
      const Eigen::VectorXf rest = part(step.mean, first, count) - of_field;
      now(surprise_, t_, first, count) = D;
      sums.head(t_) = (past(surprise_, t_, first, count).transpose() * rest).cast<double>();
    }
    return sums;
  };
  const Eigen::MatrixXd sums = sums_over_folds(products + t_ + 1, threads, of_block);
  if (with_memory_) along_ = regression_of_other_folds(sums.topRows(t_));
  square_.col(t_) = sums.bottomRows(1).transpose();
  return sums.middleRows(products, t_).rowwise().sum();
}

// E = B without the sampling error it inherits, kept as the cleaned force for now. E.F(u) for u < t, E.E and D.E.
Eigen::VectorXd DifferenceKernel::clean_mean(const Step& step, int threads) {
  const auto of_block = [&](std::size_t first, std::size_t count, long fold) {
    Eigen::VectorXf E = part(step.mean, first, count) - now(force_error_, t_, first, count);
    if (with_memory_) E -= past(surprise_error_, t_, first, count) * along_.col(fold);
    now(cleaned_, t_, first, count) = E;
    Eigen::VectorXd sums(t_ + 2);
    sums << (past(cleaned_, t_, first, count).transpose() * E).cast<double>(), square_of(E),
        static_cast<double>(part(step.surprise, first, count).dot(E));
    return sums;
  };
  return sums_over_folds(t_ + 2, threads, of_block).rowwise().sum();
}

// Stores the cleaned force and what was taken off. kept.F(u) for u < t, which rounding alone makes differ from zero,
// kept.E and kept.kept, kept being what is left of D.
Eigen::VectorXd DifferenceKernel::clean_surprise(const Step& step, const Projection& projection, int threads) {
  const auto of_block = [&](std::size_t first, std::size_t count, long) {
    const Eigen::VectorXf D = part(step.surprise, first, count);
    const Eigen::VectorXf E = now(cleaned_, t_, first, count);
    const Eigen::VectorXf kept =
        projection.stretch * (D - past(cleaned_, t_, first, count) * projection.on_past - projection.on_mean * E);
    Eigen::VectorXd sums(t_ + 2);
    sums << (past(cleaned_, t_, first, count).transpose() * kept).cast<double>(), static_cast<double>(kept.dot(E)),
        square_of(kept);
    now(cleaned_, t_, first, count) = E + kept;
    now(force_error_, t_, first, count) = part(step.mean, first, count) + D - E - kept;
    if (with_memory_) now(surprise_error_, t_, first, count) = D - kept;
    return sums;
  };
  return sums_over_folds(t_ + 2, threads, of_block).rowwise().sum();
}

Eigen::VectorXd DifferenceKernel::append(const Step& step, int threads) {
  const Eigen::VectorXd DF = measure_surprise(step, threads);
  const Eigen::VectorXd of_mean = clean_mean(step, threads);
  const double EE = of_mean[t_];
  const double DE = of_mean[t_ + 1];
  const double DD = square_.col(t_).sum();

  const Eigen::VectorXd L_E = solve_lower(of_mean.head(t_));
  const Eigen::VectorXd L_D = solve_lower(DF);
  const double E_alone = EE - L_E.squaredNorm();
  const double on_mean = E_alone > negligible_pivot * EE ? (DE - L_E.dot(L_D)) / E_alone : 0.0;
  const Eigen::VectorXd on_past = solve_upper(L_D - on_mean * L_E);
  const double left = DD - on_past.dot(DF) - on_mean * DE;
  const bool surprises = left > negligible_pivot * DD;  // some of D is new, and its square is known from the past
  const double stretch = surprises ? std::sqrt(step.variance / left) : 0.0;
  const Eigen::VectorXd of_kept =
      clean_surprise(step, {on_past.cast<float>(), static_cast<float>(on_mean), static_cast<float>(stretch)}, threads);

  // As measured: with the products that the projection leaves to rounding taken for zero, M would be the Gram matrix of
  // other vectors than those stored, and where M is nearly singular (forces that cancel over an epoch) the difference
  // grows from step to step until it is indefinite.
  Eigen::VectorXd M(t_ + 1);
  M << of_mean.head(t_) + of_kept.head(t_), EE + 2.0 * of_kept[t_] + of_kept[t_ + 1];
  const Eigen::VectorXd L_row = solve_lower(M.head(t_));
  const double pivot = M[t_] - L_row.squaredNorm();
  L_.row(t_).head(t_) = L_row.transpose();
  L_(t_, t_) = pivot > negligible_pivot * M[t_] ? std::sqrt(pivot) : 0.0;
  ++t_;
  return M;
}

}  // namespace sgdyn::dmft
