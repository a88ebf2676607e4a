// The products against Eigen in double precision.
#include "sgdyn/sim/kernels.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <span>
#include <vector>

#include "sgdyn/random/stream.hpp"
#include "sgdyn/sim/aligned_array.hpp"

namespace sgdyn::sim {
namespace {

// A random problem of `rows` x `length`, stored as the simulator stores it and as Eigen does.
struct Products {
  Products(std::size_t rows, std::size_t length, int columns)
      : stride(padded(length)),
        storage(rows * stride),
        columns_storage(static_cast<std::size_t>(columns) * stride),
        x(rows, length),
        u(length, columns),
        view{columns_storage.data(), stride, columns} {
    Stream stream(1, Purpose::testing, static_cast<std::uint32_t>(1000 * length + rows));
    std::vector<float> values(length);
    for (std::size_t r = 0; r < rows; ++r) {
      stream.normals(values);
      float* row = storage.data() + r * stride;
      std::fill(row, row + stride, 0.0F);
      std::copy(values.begin(), values.end(), row);
      for (std::size_t i = 0; i < length; ++i) x(index(r), index(i)) = static_cast<double>(values[i]);
      pointers.push_back(row);
    }
    std::vector<double> weights(length);
    std::fill_n(columns_storage.data(), columns_storage.size(), 0.0);
    for (std::size_t j = 0; j < static_cast<std::size_t>(columns); ++j) {
      stream.normals(weights);
      std::copy(weights.begin(), weights.end(), columns_storage.data() + j * stride);
      for (std::size_t i = 0; i < length; ++i) u(index(i), index(j)) = weights[i];
    }
  }

  static Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

  std::size_t stride;
  AlignedArray<float> storage;
  AlignedArray<double> columns_storage;
  std::vector<const float*> pointers;
  Eigen::MatrixXd x;
  Eigen::MatrixXd u;
  ColumnsView view;
};

// Sums of up to a thousand products of order one: rounding stays below 1e-12.
constexpr double rounding = 1e-12;

void expect_forward_equals_eigen(Products& products) {
  std::vector<double> out(static_cast<std::size_t>(products.x.rows() * products.u.cols()), -1.0);
  forward(products.pointers, products.view, out);
  const Eigen::MatrixXd expected = products.x * products.u;
  const Eigen::Map<Eigen::MatrixXd> got(out.data(), expected.rows(), expected.cols());
  EXPECT_LT((got - expected).cwiseAbs().maxCoeff(), rounding);
}

// ... and the padding stays zero.
void expect_backward_equals_eigen(Products& products) {
  Stream stream(2, Purpose::testing, 0);
  std::vector<double> a(static_cast<std::size_t>(products.x.rows() * products.u.cols()));
  stream.normals(a);
  const Eigen::Map<Eigen::MatrixXd> coefficients(a.data(), products.x.rows(), products.u.cols());
  Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(products.stride), products.u.cols());
  expected.topRows(products.u.rows()) = products.u + products.x.transpose() * coefficients;
  backward(products.pointers, a, products.view);
  const Eigen::Map<Eigen::MatrixXd> got(products.view.data, expected.rows(), expected.cols());
  EXPECT_LT((got - expected).cwiseAbs().maxCoeff(), rounding);
  EXPECT_TRUE((got.bottomRows(expected.rows() - products.u.rows()).array() == 0.0).all());
}

// Sizes around the lengths of vectors, register blocks and padding.
TEST(Kernels, EqualEigenAtOddSizes) {
  for (const std::size_t rows : {1U, 2U, 5U, 6U, 7U, 8U, 13U, 61U}) {
    for (const std::size_t length : {2U, 7U, 8U, 16U, 17U, 333U}) {
      for (int columns = 1; columns <= max_columns; ++columns) {
        SCOPED_TRACE(testing::Message() << rows << " x " << length << ", " << columns << " columns");
        Products products(rows, length, columns);
        expect_forward_equals_eigen(products);
        expect_backward_equals_eigen(products);
      }
    }
  }
}

TEST(Kernels, NoRowsIsNoWork) {
  Products products(3, 5, 2);
  std::vector<double> nothing;
  forward({}, products.view, nothing);
  backward({}, nothing, products.view);
  EXPECT_EQ(products.view.data[0], products.u(0, 0));
}

// Reporting at few steps multiplies fewer rows; the trajectory must not notice.
TEST(Kernels, ARowDoesNotDependOnItsCompany) {
  Products products(29, 101, 5);
  std::vector<double> together(29 * 5);
  forward(products.pointers, products.view, together);
  for (std::size_t r = 0; r < 29; ++r) {
    std::vector<double> alone(5);
    forward(std::span(products.pointers).subspan(r, 1), products.view, alone);
    for (std::size_t j = 0; j < 5; ++j) EXPECT_EQ(alone[j], together[j * 29 + r]);
  }
}

}  // namespace
}  // namespace sgdyn::sim
