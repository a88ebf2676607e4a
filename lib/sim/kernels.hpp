// The two products that take all the time of a simulation, for a few realisations (columns) at once.
#pragma once

#include <cstddef>
#include <span>

namespace sgdyn::sim {

/// Realisations handled in one call.
inline constexpr int max_columns = 8;

/// `columns` vectors of `stride` doubles, one after the other, each aligned to 64 bytes; stride is a multiple of
/// row_padding and equals the length of the data rows, both padded with zeros.
struct ColumnsView {
  double* data = nullptr;
  std::size_t stride = 0;
  int columns = 1;
};

/// out[j * rows.size() + mu] = x_mu . u_j: the fields r_mu of THEORY 1. Single-precision data, double-precision
/// arithmetic. The value of a row does not depend, to the last bit, on the rows it is computed with.
void forward(std::span<const float* const> rows, const ColumnsView& u, std::span<double> out);

/// g_j += sum_mu a[j * rows.size() + mu] x_mu: the sum over the minibatch of eq. 2. Added in the order of the rows.
void backward(std::span<const float* const> rows, std::span<const double> a, const ColumnsView& g);

}  // namespace sgdyn::sim
