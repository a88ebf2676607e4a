#include "sgdyn/theory/dmft/draws.hpp"

#include <algorithm>
#include <cmath>

#include "sgdyn/numerics/normal.hpp"
#include "sgdyn/random/stream.hpp"

namespace sgdyn::dmft {

DrawSource::DrawSource(Draws kind, std::size_t dimensions, std::size_t samples, std::uint64_t seed,
                       std::uint32_t scrambling)
    : kind_(kind), seed_(seed), scrambling_(scrambling) {
  if (kind == Draws::sobol) {
    sobol_.emplace(std::min(dimensions, ScrambledSobol::max_dimensions), seed, scrambling);
  }
  if (kind == Draws::whitened) {
    const auto rows = static_cast<Eigen::Index>(samples);
    basis_.resize(rows, std::min(rows, static_cast<Eigen::Index>(dimensions) + 1));
    basis_.col(0).setConstant(1.0 / std::sqrt(static_cast<double>(samples)));
    basis_size_ = 1;
  }
}

void DrawSource::uniforms(std::size_t dimension, std::span<double> out) const {
  if (sobol_ && dimension < sobol_->dimensions()) {
    sobol_->coordinate(dimension, out);
    return;
  }
  Stream stream(seed_, Purpose::plain_draws, scrambling_);
  const std::size_t batches = (2 * out.size()) / Stream::batch_words + 1;
  stream.seek(dimension * batches);
  stream.uniforms(out);
}

void DrawSource::normals(std::size_t dimension, std::span<double> out) {
  uniforms(dimension, out);
  normal_quantile(out, out);
  if (kind_ == Draws::whitened) whiten(out);
}

// Gram and Schmidt, twice for orthogonality to rounding; past as many draws as samples there is nothing left to keep.
void DrawSource::whiten(std::span<double> values) {
  if (basis_size_ >= basis_.cols()) return;
  Eigen::Map<Eigen::VectorXd> z(values.data(), static_cast<Eigen::Index>(values.size()));
  const auto basis = basis_.leftCols(basis_size_);
  for (int pass = 0; pass < 2; ++pass) z -= basis * (basis.transpose() * z).eval();
  z *= 1.0 / z.norm();
  basis_.col(basis_size_++) = z;
  z *= std::sqrt(static_cast<double>(values.size()));
}

}  // namespace sgdyn::dmft
