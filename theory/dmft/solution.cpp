#include "sgdyn/theory/dmft/solution.hpp"

#include <cmath>

#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::dmft {

std::vector<int> waiting_steps(const std::vector<int>& reported) {
  constexpr std::size_t most = 128;
  const std::size_t stride = (reported.size() + most - 1) / most;
  std::vector<int> waiting;
  for (std::size_t i = 0; i < reported.size(); i += stride) waiting.push_back(reported[i]);
  return waiting;
}

Solver::Solver(const Problem& problem, const Options& options, const std::vector<int>& steps,
               const Execution& execution, ProgressMeter& meter)
    : problem_(problem),
      options_(options),
      steps_(steps),
      execution_(execution),
      meter_(meter),
      data_(make_data_model(problem.data.model, problem.data.noise)),
      mean_batch_(make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate)->mean()) {}

Solution Solver::run(std::uint32_t scrambling, std::size_t samples, int threads) const {
  Solution solution;
  solution.observables.setZero(static_cast<Eigen::Index>(observable_catalogue().size()),
                               static_cast<Eigen::Index>(steps_.size()));
  Ensemble ensemble(problem_, options_, samples, scrambling);
  OrderParameters order(problem_);
  Averages averages;
  for (int t = 0; t <= problem_.algorithm.steps && !execution_.stopped(); ++t) {
    const SampleSums sums = ensemble.advance(t, order, averages, threads);
    const bool finite = std::isfinite(sums.loss) && std::isfinite(order.correlation(t, t));
    if (finite && solution.reported < steps_.size() && steps_[solution.reported] == t) {
      solution.observables.col(static_cast<Eigen::Index>(solution.reported++)) = observe(t, order, sums);
    }
    meter_.add(t + 1.0);
    if (!finite || (t < problem_.algorithm.steps && !order.advance(t, averages))) {
      solution.overflow_step = finite ? t + 1 : t;
      break;
    }
    if (t < problem_.algorithm.steps) look_for_stop(solution, t, order, sums);
  }
  solution.smallest_pivot = order.smallest_pivot();
  solution.has_empty_direction = order.has_empty_direction();
  record_two_time(solution, order);
  return solution;
}

Eigen::VectorXd Solver::observe(int t, const OrderParameters& order, const SampleSums& sums) const {
  const double m = order.m(t);
  const double C = order.correlation(t, t);
  return observable_values({.overlap = m,
                            .norm = C,
                            .generalisation_error = data_->generalisation_error(m, C),
                            .distance = order.distance(t),
                            .sums = sums,
                            .dimension = static_cast<double>(sums.samples) / problem_.data.alpha});
}

// EN eq. C2.
void Solver::look_for_stop(Solution& solution, int t, const OrderParameters& order, const SampleSums& sums) const {
  if (solution.stop_step >= 0 || order.gradient_norm(t) > stopping_threshold * mean_batch_) return;
  solution.stop_step = t;
  solution.at_stop = observe(t, order, sums);
}

void Solver::record_two_time(Solution& solution, const OrderParameters& order) const {
  const auto count = static_cast<Eigen::Index>(solution.reported);
  const auto fill = [&](Eigen::MatrixXd& matrix, const std::vector<int>& columns, auto value) {
    matrix.resize(count, static_cast<Eigen::Index>(columns.size()));
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
      const int t = steps_[static_cast<std::size_t>(i)];
      for (Eigen::Index j = 0; j < matrix.cols(); ++j) matrix(i, j) = value(t, columns[static_cast<std::size_t>(j)]);
    }
  };
  const std::vector<int> reached(steps_.begin(), steps_.begin() + count);
  const auto symmetric = [&](Eigen::MatrixXd& matrix, auto value) {
    fill(matrix, reached, [&](int t, int u) { return u <= t ? value(t, u) : 0.0; });
    matrix.triangularView<Eigen::StrictlyUpper>() = matrix.transpose();
  };
  const auto response = [&](int t, int u) { return order.response(t, u); };
  symmetric(solution.correlation, [&](int t, int u) { return order.correlation(t, u); });
  if (problem_.observables.replicas > 1) {
    symmetric(solution.replica_correlation, [&](int t, int u) { return order.replica_correlation(t, u); });
  }
  fill(solution.response, reached, response);
  fill(solution.kicked, problem_.observables.response, response);
  fill(solution.integrated_response, waiting_steps(steps_),
       [&](int t, int from) { return order.integrated_response(t, from); });
}

}  // namespace sgdyn::dmft
