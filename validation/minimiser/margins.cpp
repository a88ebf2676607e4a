#include "sgdyn/validation/minimiser/margins.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>

#include "sgdyn/sim/aligned_array.hpp"
#include "sgdyn/sim/kernels.hpp"

namespace sgdyn::minimiser {
namespace {

constexpr Eigen::Index rows_at_once = 256;  // of the product that makes a Hessian

}  // namespace

Margins::Margins(const sim::DataSet& data, Intercept intercept) : data_(data), intercept_(intercept), copy_(zero()) {
  weights_.reserve(data.samples());
  rows_.reserve(data.samples());
}

Unknowns Margins::zero() const {
  return Unknowns::Zero(intercept_entry() + static_cast<Eigen::Index>(sim::row_padding));
}

double Margins::mean_square_row() const {
  double sum = 0.0;
  for (const float* row : data_.rows()) {
    sum += Eigen::Map<const Eigen::VectorXf>(row, dimension()).squaredNorm();
  }
  return sum / static_cast<double>(samples()) + (has_intercept() ? 1.0 : 0.0);
}

void Margins::apply(const double* x, std::span<double> h) const {
  copy_ = Eigen::Map<const Unknowns>(x, copy_.size());
  sim::forward(data_.rows(), {copy_.data(), data_.stride(), 1}, h);
  const double intercept = has_intercept() ? x[intercept_entry()] : 0.0;
  for (std::size_t mu = 0; mu < h.size(); ++mu) h[mu] = data_.labels()[mu] * (h[mu] + intercept);
}

void Margins::add_transposed(std::span<const double> slope, Unknowns& gradient) const {
  weights_.clear();
  rows_.clear();
  for (std::size_t mu = 0; mu < slope.size(); ++mu) {
    if (slope[mu] == 0.0) continue;  // many samples of a loss with a margin: their rows are not read
    weights_.push_back(data_.labels()[mu] * slope[mu]);
    rows_.push_back(data_.rows()[mu]);
  }
  sim::backward(rows_, weights_, {gradient.data(), data_.stride(), 1});
  if (has_intercept()) {
    gradient[intercept_entry()] += std::accumulate(weights_.begin(), weights_.end(), 0.0);
  }
}

void Margins::add_gram(std::span<const double> curvature, Eigen::MatrixXd& hessian) const {
  Eigen::MatrixXd block(free_parameters(), rows_at_once);
  Eigen::Index filled = 0;
  const auto flush = [&] {
    hessian.selfadjointView<Eigen::Lower>().rankUpdate(block.leftCols(filled));
    filled = 0;
  };
  for (std::size_t mu = 0; mu < curvature.size(); ++mu) {
    if (!(curvature[mu] > 0.0)) continue;  // most samples of a loss with a margin
    const double root = std::sqrt(curvature[mu]);
    block.col(filled).head(dimension()) =
        root * Eigen::Map<const Eigen::VectorXf>(data_.rows()[mu], dimension()).cast<double>();
    if (has_intercept()) block(dimension(), filled) = root;
    if (++filled == rows_at_once) flush();
  }
  if (filled > 0) flush();
}

Eigen::VectorXd Margins::labels() const { return Eigen::Map<const Eigen::VectorXd>(data_.labels().data(), samples()); }

Eigen::MatrixXd Margins::gram_of_samples() const {
  Eigen::MatrixXd rows(samples(), free_parameters());
  for (Eigen::Index mu = 0; mu < samples(); ++mu) {
    const auto sample = static_cast<std::size_t>(mu);
    rows.row(mu).head(dimension()) =
        data_.labels()[sample] * Eigen::Map<const Eigen::RowVectorXf>(data_.rows()[sample], dimension()).cast<double>();
    if (has_intercept()) rows(mu, dimension()) = data_.labels()[sample];
  }
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(samples(), samples());
  gram.selfadjointView<Eigen::Lower>().rankUpdate(rows);
  return gram;
}

double margins_bytes(double samples, long dimension) {
  const double n = static_cast<double>(dimension) + 1.0;
  // At most: the Hessian and a block of rows, or the rows and their products where samples are no more than unknowns.
  return sizeof(double) * (samples + n * (3.0 * n + static_cast<double>(rows_at_once) + 1.0));
}

}  // namespace sgdyn::minimiser
