// How large the largest of many correlated t statistics gets when theory and simulation agree.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace sgdyn {

/// One source of error: replicates (one a row, one column a pair) entering the difference with a fixed weight. The
/// difference of all groups is sum weight * mean; its variance sum weight^2 variance / replicates + floor.
struct ErrorGroup {
  Eigen::MatrixXd replicates;
  double weight = 1.0;
};

/// Draws of max_j |t_j| under agreement, for differences whose errors are as correlated as the replicates show. Each
/// group's centred replicates are rotated at random (Langsrud 2005): one rotated direction stands for the error of the
/// mean, the others re-estimate its variance. Exact for one group of Gaussian replicates up to one degree of freedom,
/// so small numbers of replicates widen the law as Student's t does. `floor` is a known variance added to every pair's
/// (one count of a proportion), with a Gaussian error to match; pairs whose variance is zero are left out. Sorted
/// ascending; reproducible from `seed`, whatever the number of threads.
[[nodiscard]] std::vector<double> max_t_under_agreement(const std::vector<ErrorGroup>& groups,
                                                        const Eigen::VectorXd& floor, int draws, std::uint64_t seed);

}  // namespace sgdyn
