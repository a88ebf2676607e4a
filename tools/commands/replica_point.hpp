// One point of a sweep of sgdyn replica.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/theory/replica/replica.hpp"
#include "sweep_result.hpp"

namespace sgdyn::tools {

/// Solves the points of a sweep one after the other, each from the solution before.
class ReplicaPoints {
 public:
  /// `optimise`: each at its best ridge. `execution` stops within a point.
  ReplicaPoints(Question question, bool optimise, Execution execution);

  /// The numbers of a point, in the order of SweepPoint::numbers.
  [[nodiscard]] std::vector<std::string> columns() const;
  /// The next point begins from nothing, as the first does.
  void start_curve() { near_.reset(); }
  /// @throws NotApplicable where the theory does not apply.
  [[nodiscard]] SweepPoint solve(const Problem& problem);

 private:
  [[nodiscard]] SweepPoint threshold(const Problem& problem) const;
  [[nodiscard]] SweepPoint best(Problem problem) const;
  [[nodiscard]] SweepPoint fixed_point(const Problem& problem);

  Question question_;
  bool optimise_;
  Execution execution_;
  std::optional<replica::FixedPoint> near_;
};

}  // namespace sgdyn::tools
