// The numbers of a DifferenceTable.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/validation/figure/figure.hpp"

namespace sgdyn::figure {

struct DifferenceRow {
  std::string observable;
  double time = 0.0;
  Measured first, theory, simulation;  ///< value of the first point by theory; last point minus first by both
};

/// The error of a difference is that of the paired replicates of the two points.
[[nodiscard]] std::vector<DifferenceRow> difference_rows(const Result& result, const DifferenceTable& table);

}  // namespace sgdyn::figure
