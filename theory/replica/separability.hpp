// Up to how many samples a weight the data can be separated without error.
#pragma once

#include "sgdyn/core/problem.hpp"
#include "sgdyn/core/status.hpp"
#include "sgdyn/theory/replica/margin_law.hpp"

namespace sgdyn::replica {

/// The threshold alpha* (replica.E15) and the solution there, with |w|^2 = N: data are separable below it and not
/// above, as N -> infinity.
struct Separability {
  Status status = Status::ok;
  std::string message;      ///< one sentence when status is not ok
  bool always = false;      ///< separable at every alpha: there is no threshold, and the numbers mean nothing
  double alpha_star = 0.0;  ///< samples a weight; relative error below 1e-12
  double overlap = 0.0;     ///< m in (0, 1)
  double intercept = 0.0;   ///< B, zero without one
};

/// Of the data alone: alpha is ignored. @throws InputError for invalid data, NotApplicable where the decision is not
/// the sign of a field that is linear in w.
[[nodiscard]] Separability separability(const DataSpec& data, Intercept intercept);

}  // namespace sgdyn::replica
