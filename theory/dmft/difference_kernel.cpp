#include "sgdyn/theory/dmft/difference_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace sgdyn::dmft {
namespace {

// A coefficient fitted to the very samples it is applied to would shrink M by a relative (t - u)/n. Samples are dealt
// to folds, and each uses what the others were fitted with.
constexpr long folds = 8;
constexpr std::size_t largest_block = 256;  // samples a thread handles at once
constexpr std::size_t draws_per_step = 8;   // where the noise is kept apart too: a quarter of all directions at most
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
      with_memory_(with_memory),
      with_noise_(samples >= draws_per_step * static_cast<std::size_t>(steps)) {
  cleaned_ = force_error_ = Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(samples), steps);
  if (with_memory) surprise_ = surprise_error_ = cleaned_;
  basis_ = Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(samples), (with_noise_ ? 2L : 1L) * steps);
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

// What B owes to the memory of the sampling scheme, as coefficients of D(v), and |D|^2.
void DifferenceKernel::measure_surprise(const Step& step, int threads) {
  const Eigen::VectorXf memory = step.memory.transpose().cast<float>();
  const Eigen::Index products = with_memory_ ? t_ : 0;
  const auto of_block = [&](std::size_t first, std::size_t count, long) {
    const Eigen::VectorXf D = part(step.surprise, first, count);
    const Eigen::VectorXf stiffness = part(step.stiffness, first, count);
    const Eigen::VectorXf of_error = stiffness.cwiseProduct(past(force_error_, t_, first, count) * memory);
    now(force_error_, t_, first, count) = of_error;
    Eigen::VectorXd sums(products + 1);
    sums[products] = square_of(D);
    if (with_memory_) {
      const Eigen::VectorXf of_field = of_error + stiffness.cwiseProduct(past(cleaned_, t_, first, count) * memory);
      const Eigen::VectorXf rest = part(step.mean, first, count) - of_field;
      now(surprise_, t_, first, count) = D;
      sums.head(t_) = (past(surprise_, t_, first, count).transpose() * rest).cast<double>();
    }
    return sums;
  };
  const Eigen::MatrixXd sums = sums_over_folds(products + 1, threads, of_block);
  if (with_memory_) along_ = regression_of_other_folds(sums.topRows(t_));
  square_.col(t_) = sums.bottomRows(1).transpose();
}

// E = B without the sampling error it inherits, kept as the cleaned force for now; and its products.
DifferenceKernel::Products DifferenceKernel::clean_mean(const Step& step, int threads) {
  const Eigen::Index k = directions_;
  const auto of_block = [&](std::size_t first, std::size_t count, long fold) {
    const Eigen::VectorXf D = part(step.surprise, first, count);
    Eigen::VectorXf E = part(step.mean, first, count) - now(force_error_, t_, first, count);
    if (with_memory_) E -= past(surprise_error_, t_, first, count) * along_.col(fold);
    now(cleaned_, t_, first, count) = E;
    const auto basis = past(basis_, k, first, count);
    Eigen::VectorXd sums(t_ + 2 * k + 2);
    sums << (past(cleaned_, t_, first, count).transpose() * E).cast<double>(), (basis.transpose() * E).cast<double>(),
        (basis.transpose() * D).cast<double>(), square_of(E), static_cast<double>(D.dot(E));
    return sums;
  };
  const Eigen::VectorXd sums = sums_over_folds(t_ + 2 * k + 2, threads, of_block).rowwise().sum();
  return {sums.head(t_), sums.segment(t_, k), sums.segment(t_ + k, k), sums[t_ + 2 * k], sums[t_ + 2 * k + 1]};
}

void DifferenceKernel::clean_surprise(const Step& step, const Projection& projection, int threads) {
  const auto of_block = [&](std::size_t first, std::size_t count, long) {
    const Eigen::VectorXf D = part(step.surprise, first, count);
    const Eigen::VectorXf E = now(cleaned_, t_, first, count);
    const auto basis = past(basis_, directions_, first, count);
    const Eigen::VectorXf kept = projection.stretch * (D - basis * projection.on_basis - projection.on_mean * E);
    now(cleaned_, t_, first, count) = E + kept;
    now(force_error_, t_, first, count) = part(step.mean, first, count) + D - E - kept;
    if (with_memory_) now(surprise_error_, t_, first, count) = D - kept;
    return Eigen::VectorXd(0);
  };
  (void)sums_over_folds(0, threads, of_block);
}

// The part of `vector` that is orthogonal to the basis becomes its next direction; returns its square.
double DifferenceKernel::add_direction(const auto& vector_of_block, int threads) {
  const Eigen::Index k = directions_;
  const auto products = [&](std::size_t first, std::size_t count, long) -> Eigen::VectorXd {
    const Eigen::VectorXf vector = vector_of_block(first, count);
    return (past(basis_, k, first, count).transpose() * vector).cast<double>();
  };
  const Eigen::MatrixXd sums = sums_over_folds(k, threads, products);
  const Eigen::VectorXf along = sums.rowwise().sum().cast<float>();
  const auto subtract = [&](std::size_t first, std::size_t count, long) -> Eigen::VectorXd {
    const Eigen::VectorXf vector = vector_of_block(first, count);
    now(basis_, k, first, count) = vector - past(basis_, k, first, count) * along;
    return Eigen::VectorXd::Constant(1, square_of(now(basis_, k, first, count)));
  };
  const double square = sums_over_folds(1, threads, subtract).sum();
  if (square > 0.0) {
    basis_.col(k) /= static_cast<float>(std::sqrt(square));
    ++directions_;
  }
  return square;
}

void DifferenceKernel::decorrelate(std::span<double> noise, int threads) {
  if (!with_noise_) return;
  const double square =
      add_direction([&](std::size_t first, std::size_t count) { return part(noise, first, count); }, threads);
  if (square <= 0.0) return;
  const double size = std::sqrt(static_cast<double>(samples_));
  for (std::size_t i = 0; i < samples_; ++i) {
    noise[i] = size * static_cast<double>(basis_(static_cast<Eigen::Index>(i), directions_ - 1));
  }
}

Eigen::VectorXd DifferenceKernel::append(const Step& step, int threads) {
  measure_surprise(step, threads);
  const Products products = clean_mean(step, threads);
  const double DD = square_.col(t_).sum();
  const double E_alone = products.EE - products.basis_E.squaredNorm();
  const double DE_alone = products.DE - products.basis_E.dot(products.basis_D);
  const double on_mean = E_alone > negligible_pivot * products.EE ? DE_alone / E_alone : 0.0;
  const double left = DD - products.basis_D.squaredNorm() - on_mean * DE_alone;
  const bool surprises = left > negligible_pivot * DD;  // some of D is new, and its square is known from the past
  const double stretch = surprises ? std::sqrt(step.variance / left) : 0.0;
  const Eigen::VectorXf on_basis = (products.basis_D - on_mean * products.basis_E).cast<float>();
  clean_surprise(step, {on_basis, static_cast<float>(on_mean), static_cast<float>(stretch)}, threads);
  const double variance = surprises ? step.variance : 0.0;
  if (E_alone + variance > negligible_pivot * (products.EE + variance)) {
    const auto force = [&](std::size_t first, std::size_t count) -> Eigen::VectorXf {
      return now(cleaned_, t_, first, count);
    };
    (void)add_direction(force, threads);
  }
  Eigen::VectorXd M(t_ + 1);
  M << products.past_E, products.EE + variance;
  ++t_;
  return M;
}

}  // namespace sgdyn::dmft
