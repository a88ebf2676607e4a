// Two solutions with independent error bars.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sgdyn/core/observables.hpp"

namespace sgdyn::testing_support {

/// Two solutions of eight scramblings each with independent draws agree within 6 combined standard errors (about t with
/// 14 degrees of freedom, 3e-5 a step) at every step of every series that `a` and `b` have.
inline void expect_agree(const Observables& a, const Observables& b, const std::string& what) {
  for (const auto& [name, x] : a.series) {
    const Series& y = b.at(name);
    ASSERT_EQ(x.available(), y.available()) << what << " " << name;
    if (!x.available()) continue;
    for (Eigen::Index t = 0; t < x.mean.size(); ++t) {
      const double error = std::hypot(x.standard_error[t], y.standard_error[t]);
      EXPECT_LT(std::fabs(x.mean[t] - y.mean[t]), 6.0 * error + 1e-12) << what << " " << name << " step " << t;
    }
  }
}

}  // namespace sgdyn::testing_support
