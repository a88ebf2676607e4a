#include "sgdyn/validation/max_t.hpp"

#include <algorithm>
#include <cmath>

#include "sgdyn/random/stream.hpp"

namespace sgdyn {
namespace {

constexpr Eigen::Index block = 64;  // draws handled together as a matrix product

// Standard normals, one row a draw; draw b of group g is always the same.
Eigen::MatrixXd gaussians(std::uint64_t seed, std::size_t group, Eigen::Index first, Eigen::Index rows,
                          Eigen::Index length) {
  Eigen::MatrixXd result(rows, length);
  std::vector<double> values(static_cast<std::size_t>(length));
  Stream stream(seed, Purpose::comparison, static_cast<std::uint32_t>(group));
  const auto batches = static_cast<std::uint64_t>(length) / Stream::batch_words + 1;
  for (Eigen::Index b = 0; b < rows; ++b) {
    stream.seek(static_cast<std::uint64_t>(first + b) * batches);
    stream.normals(values);
    result.row(b) = Eigen::Map<const Eigen::RowVectorXd>(values.data(), length);
  }
  return result;
}

// Turns rows of normals into unit vectors uniform on the sphere orthogonal to the constant.
void to_directions(Eigen::MatrixXd& rows) {
  rows.colwise() -= rows.rowwise().mean().eval();
  rows.rowwise().normalize();
}

struct Centred {
  Eigen::MatrixXd residuals;
  Eigen::ArrayXd square_sum;
  double weight = 1.0;
};

// Adds the group's rotated error and its re-estimated variance to `difference` and `variance` (draws x pairs).
void add_group(const Centred& group, std::uint64_t seed, std::size_t id, Eigen::Index first,
               Eigen::ArrayXXd& difference, Eigen::ArrayXXd& variance) {
  const double count = static_cast<double>(group.residuals.rows());
  const Eigen::Index rows = difference.rows();
  Eigen::MatrixXd directions = gaussians(seed, id, first, rows, group.residuals.rows());
  if (group.residuals.rows() == 2) {
    // One degree of freedom: nothing is left to rotate into the variance, which gets a normal of its own.
    const auto residual = group.residuals.row(0).array();
    difference += (group.weight * directions.col(0) * residual.matrix()).array();
    variance += (group.weight * group.weight * directions.col(1).cwiseAbs2() * residual.square().matrix()).array();
    return;
  }
  to_directions(directions);
  const Eigen::ArrayXXd projection = (directions * group.residuals).array();
  const double scale = group.weight * group.weight / (count * (count - 2.0));
  difference += group.weight / std::sqrt(count) * projection;
  variance += scale * ((-projection.square()).rowwise() + group.square_sum.transpose()).max(0.0);
}

}  // namespace

std::vector<double> max_t_under_agreement(const std::vector<ErrorGroup>& groups, const Eigen::VectorXd& floor,
                                          int draws, std::uint64_t seed, const Execution& execution) {
  std::vector<Centred> centred;
  for (const ErrorGroup& group : groups) {
    Centred one;
    one.residuals = group.replicates.rowwise() - group.replicates.colwise().mean();
    one.square_sum = one.residuals.colwise().squaredNorm().transpose();
    one.weight = group.weight;
    centred.push_back(std::move(one));
  }
  std::vector<double> largest(static_cast<std::size_t>(draws), 0.0);
  const Eigen::Index blocks = (draws + block - 1) / block;
#pragma omp parallel for num_threads(execution.thread_count()) schedule(dynamic, 1)
  for (Eigen::Index k = 0; k < blocks; ++k) {
    if (execution.stopped()) continue;
    const Eigen::Index first = k * block;
    const Eigen::Index rows = std::min<Eigen::Index>(block, draws - first);
    Eigen::ArrayXXd difference = Eigen::ArrayXXd::Zero(rows, floor.size());
    Eigen::ArrayXXd variance = Eigen::ArrayXXd::Zero(rows, floor.size());
    for (std::size_t g = 0; g < centred.size(); ++g) add_group(centred[g], seed, g, first, difference, variance);
    // A known variance has an error of its own, one for all pairs: what is not counted at one step is not at the next.
    const Eigen::MatrixXd common = gaussians(seed, centred.size(), first, rows, 1);
    difference += (common * floor.cwiseSqrt().transpose()).array();
    variance.rowwise() += floor.array().transpose();
    const Eigen::ArrayXXd t = (variance > 0.0).select(difference.abs() / variance.sqrt(), 0.0);
    for (Eigen::Index b = 0; b < rows; ++b) largest[static_cast<std::size_t>(first + b)] = t.row(b).maxCoeff();
  }
  if (execution.stopped()) return {};
  std::sort(largest.begin(), largest.end());
  return largest;
}

}  // namespace sgdyn
