// How large the largest of many correlated t statistics gets when theory and simulation agree.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "sgdyn/core/execution.hpp"

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
/// so small numbers of replicates widen the law as Student's t does. With two groups of very different size the ratio
/// of their scales is taken as the replicates show it (the problem of Behrens and Fisher). Measured with 4 against 32
/// replicates and errors in any ratio (tests/validation/calibration_slow.cpp): a stated 5 % is kept, well below it
/// where the 4 dominate, but for a single pair at ratio 3 (5.9 %). A stated 1 % is kept by tables of many pairs; by a
/// single pair, or few nearly equal ones, it becomes up to 2.7 % (ratio 3). Letting the scales vary within their own
/// errors cures that only in part and takes the power from all other tables (0.6 % instead of 5 %, 60 pairs at ratio
/// 1). `floor` is a known variance added to every pair's (one count of a proportion), with a Gaussian error to match;
/// pairs whose variance is zero are left out. Sorted ascending; reproducible from `seed`, whatever the number of
/// threads. Empty if the execution was stopped.
[[nodiscard]] std::vector<double> max_t_under_agreement(const std::vector<ErrorGroup>& groups,
                                                        const Eigen::VectorXd& floor, int draws, std::uint64_t seed,
                                                        const Execution& execution = {});

}  // namespace sgdyn
