// The observables of the minimiser on one data set, and their collection over data sets.
#pragma once

#include <Eigen/Core>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/validation/minimiser/plan.hpp"
#include "sgdyn/validation/minimiser/solve.hpp"

namespace sgdyn::minimiser {

/// Of one data set.
struct Instance {
  bool complete = false;   ///< false: asked to stop
  Eigen::VectorXd values;  ///< observable_catalogue(), then observables_of_minimiser(); empty after a failure
  double distance = 0.0;
  bool by_step = false;
  bool fits_all = false;
  std::string_view method;  ///< Solution::method
  std::string failure;      ///< why the minimiser is not reported
};

/// P(y (r + B) < 0) for a fresh sample, r = x.w/sqrt(N) of mean c m and variance Delta (C - m^2) given c, averaged over
/// the mixture of data.projections(): sum weight Q(y (m mean + B)/s), s^2 = m^2 variance + Delta (C - m^2). One half
/// where s and the mean vanish.
[[nodiscard]] double generalisation_error(const DataModel& model, double noise, double m, double C, double intercept);

/// `data` was drawn for this problem.
[[nodiscard]] Instance observe(const Problem& problem, const DataModel& model, const Task& task,
                               const sim::DataSet& data, const Stopped& stopped);

/// What is reported of one N; `instances` in order.
[[nodiscard]] Observables collect(const Problem& problem, const Loss& loss, const Size& size, std::uint64_t seed,
                                  const std::vector<Instance>& instances);

/// Adds "pooled_error.<observable>" to the diagnostics of several sizes.
void add_pooled_errors(std::vector<Observables>& sizes);

}  // namespace sgdyn::minimiser
