#include "sgdyn/theory/dmft/assemble.hpp"

#include <algorithm>
#include <utility>

#include "sgdyn/model/fdt_conditions.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/observable/effective_temperature.hpp"

namespace sgdyn::dmft {
namespace {

// Mean and standard error over equally long matrices, summed in order.
TwoTime average(const std::vector<Solution>& solutions, Eigen::MatrixXd Solution::*member, Eigen::Index count) {
  TwoTime result{Eigen::MatrixXd::Zero(count, count), Eigen::MatrixXd::Zero(count, count)};
  const double n = static_cast<double>(solutions.size());
  double added = 0.0;  // a running mean keeps equal values exactly
  for (const Solution& one : solutions) {
    result.mean += ((one.*member).topLeftCorner(count, count) - result.mean) / (added += 1.0);
  }
  for (const Solution& one : solutions) {
    result.standard_error += ((one.*member).topLeftCorner(count, count) - result.mean).cwiseAbs2();
  }
  result.standard_error = (result.standard_error / (n * (n - 1.0))).cwiseSqrt();
  return result;
}

// Row s of the series is row or column `index` of a matrix of solution s.
Eigen::MatrixXd gather(const std::vector<Solution>& solutions, Eigen::Index count, auto vector_of) {
  Eigen::MatrixXd replicates(static_cast<Eigen::Index>(solutions.size()), count);
  for (Eigen::Index s = 0; s < replicates.rows(); ++s) {
    replicates.row(s) = vector_of(solutions[static_cast<std::size_t>(s)]);
  }
  return replicates;
}

constexpr const char* undetermined = "an empty direction of the noise leaves the response to single kicks open";

// By parts, an empty noise direction leaves the response to single kicks undetermined (dmft.E9).
bool response_is_determined(const Problem& problem, const std::vector<Solution>& solutions) {
  return make_loss(problem.loss.loss)->smooth() ||
         std::none_of(solutions.begin(), solutions.end(), [](const Solution& one) { return one.has_empty_direction; });
}

void add_series(Observables& result, const Problem& problem, const std::vector<Solution>& solutions) {
  const auto count = static_cast<Eigen::Index>(result.steps.size());
  const auto loss = make_loss(problem.loss.loss);
  Eigen::Index k = 0;
  for (const ObservableInfo& info : observable_catalogue()) {
    result.series[std::string(info.name)] = observable_series(
        info, {loss->name(), loss->margin(), problem.observables.replicas},
        gather(solutions, count, [&](const Solution& one) { return one.observables.row(k).head(count); }),
        result.samples_per_replicate);
    ++k;
  }
  const bool determined = response_is_determined(problem, solutions);
  for (std::size_t j = 0; j < problem.observables.response.size(); ++j) {
    const auto column = static_cast<Eigen::Index>(j);
    result.series[response_name(problem.observables.response[j])] =
        determined ? Series::from_replicates(
                         gather(solutions, count,
                                [&](const Solution& one) { return one.kicked.col(column).head(count).transpose(); }))
                   : Series::unavailable(undetermined);
  }
}

void add_two_time(Observables& result, const Problem& problem, const std::vector<Solution>& solutions) {
  const auto count = static_cast<Eigen::Index>(result.steps.size());
  result.two_time["correlation"] = average(solutions, &Solution::correlation, count);
  if (problem.observables.replicas > 1) {
    result.two_time["replica_correlation"] = average(solutions, &Solution::replica_correlation, count);
  }
  if (!response_is_determined(problem, solutions)) {
    result.effective_temperature = no_effective_temperature(undetermined);
    return;
  }
  result.two_time["response"] = average(solutions, &Solution::response, count);
  FluctuationDissipation relation;
  relation.steps = result.steps;
  for (const int step : waiting_steps(reported_steps(problem))) {
    if (count > 0 && step <= result.steps.back()) relation.waiting.push_back(step);
  }
  for (const Solution& one : solutions) {
    Eigen::MatrixXd correlation(count, static_cast<Eigen::Index>(relation.waiting.size()));
    Eigen::MatrixXd response = correlation;
    for (Eigen::Index j = 0; j < correlation.cols(); ++j) {
      const int step = relation.waiting[static_cast<std::size_t>(j)];
      const auto at = std::lower_bound(result.steps.begin(), result.steps.end(), step) - result.steps.begin();
      correlation.col(j) = one.correlation.col(at).head(count);
      response.col(j) = one.integrated_response.col(j).head(count);
    }
    relation.correlation.push_back(std::move(correlation));
    relation.integrated_response.push_back(std::move(response));
  }
  result.effective_temperature = effective_temperature(relation, fdt_conditions(problem));
  result.fluctuation_dissipation = std::move(relation);
}

// Over the scramblings that came to rest.
void add_stop(Observables& result, const Problem& problem, const std::vector<Solution>& solutions) {
  std::vector<const Solution*> stopped;
  for (const Solution& one : solutions) {
    if (one.stop_step >= 0) stopped.push_back(&one);
  }
  const auto over_stopped = [&](auto value) {
    if (stopped.size() < 2) return Estimate::unavailable("the gradient did not fall to the threshold");
    Eigen::VectorXd values(static_cast<Eigen::Index>(stopped.size()));
    for (std::size_t s = 0; s < stopped.size(); ++s) values[static_cast<Eigen::Index>(s)] = value(*stopped[s]);
    return Estimate::from_replicates(values);
  };
  result.at_stop["step"] = over_stopped([](const Solution& one) { return static_cast<double>(one.stop_step); });
  Eigen::VectorXd converged(static_cast<Eigen::Index>(solutions.size()));
  std::transform(solutions.begin(), solutions.end(), converged.begin(),
                 [](const Solution& one) { return one.stop_step >= 0 ? 1.0 : 0.0; });
  if (converged.size() >= 2) result.at_stop["converged_fraction"] = Estimate::from_replicates(converged);
  const auto loss = make_loss(problem.loss.loss);
  Eigen::Index k = 0;
  for (const ObservableInfo& info : observable_catalogue()) {
    const auto reason = why_undefined(info, {loss->name(), loss->margin(), problem.observables.replicas});
    if (info.name == "distance" || info.name == "support_fraction") {
      result.at_stop[std::string(info.name)] =
          reason ? Estimate::unavailable(*reason) : over_stopped([k](const Solution& one) { return one.at_stop[k]; });
    }
    ++k;
  }
}

}  // namespace

const std::vector<std::string>& draw_names() {
  static const std::vector<std::string> names{"independent", "whitened", "sobol"};  // in the order of Draws
  return names;
}

Observables assemble(const Problem& problem, const Options& options, const std::vector<int>& steps,
                     const std::vector<Solution>& solutions, bool stopped) {
  Observables result;
  result.producer = "dmft";
  result.runs = static_cast<int>(solutions.size());
  result.samples_per_replicate =
      (options.samples + options.scramblings - 1) / options.scramblings * copies_for(problem.observables.replicas);
  result.assumptions = theory().assumptions;
  result.settings = {{"samples", std::to_string(options.samples)},
                     {"scramblings", std::to_string(options.scramblings)},
                     {"seed", std::to_string(options.seed)},
                     {"draws", draw_names()[static_cast<std::size_t>(options.draws)]},
                     {"average_batch", options.average_batch ? "true" : "false"}};
  std::size_t reported = steps.size();
  double pivot = 1.0;
  int overflow_step = -1;
  for (const Solution& one : solutions) {
    reported = std::min(reported, one.reported);
    pivot = std::min(pivot, one.smallest_pivot);
    if (one.overflow_step >= 0 && (overflow_step < 0 || one.overflow_step < overflow_step))
      overflow_step = one.overflow_step;
  }
  result.diagnostics["smallest_pivot"] = pivot;
  if (overflow_step >= 0) {
    result.status = Status::overflow;
    result.message = "the dynamics diverges: numbers pass 1e37, more than single precision holds, at step " +
                     std::to_string(overflow_step) + " of " + std::to_string(problem.algorithm.steps);
  } else if (stopped && (reported < steps.size() || result.runs < options.scramblings)) {
    result.status = Status::interrupted;
    result.message = "interrupted after " + std::to_string(reported) + " of " + std::to_string(steps.size()) +
                     " reported steps of " + std::to_string(solutions.size()) + " scramblings";
  }
  result.steps.assign(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(reported));
  result.time = elapsed_times(problem, result.steps);

  add_series(result, problem, solutions);
  add_two_time(result, problem, solutions);
  add_stop(result, problem, solutions);
  return result;
}

}  // namespace sgdyn::dmft
