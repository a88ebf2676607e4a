#include "sgdyn/theory/dmft/field_regression.hpp"

#include <algorithm>

namespace sgdyn::dmft {

std::size_t FieldRegression::index(double label, double field) const {
  constexpr double half = reach;
  // The order of the comparisons sends a field that is not a number to the first bin.
  const double position = std::min(std::max(0.0, half + (field - centre_) * scale_), 2.0 * half - 1.0);
  return static_cast<std::size_t>(position) + (label > 0.0 ? 0 : 2 * reach);
}

}  // namespace sgdyn::dmft
