#include "sgdyn/sim/at_stop.hpp"

#include <Eigen/Core>

#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::sim {
namespace {

Estimate mean_over_converged(const std::vector<Stops>& runs, double Stops::*sum, int last_step) {
  std::vector<double> values;
  for (const Stops& run : runs) {
    if (run.count > 0) values.push_back(run.*sum / run.count);
  }
  if (values.size() < 2) {
    return Estimate::unavailable(std::to_string(values.size()) + " of " + std::to_string(runs.size()) +
                                 " runs had |gradient|^2/(bN) <= 1e-10 before step " + std::to_string(last_step) +
                                 ", and an error bar needs two");
  }
  return Estimate::from_replicates(
      Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())));
}

Estimate converged_fraction(const std::vector<Stops>& runs, int realisations) {
  if (runs.size() < 2) return Estimate::unavailable("fewer than two runs were complete");
  Eigen::MatrixXd fractions(static_cast<Eigen::Index>(runs.size()), 1);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    fractions(static_cast<Eigen::Index>(r), 0) = static_cast<double>(runs[r].count) / realisations;
  }
  const Series series = Series::from_counts(std::move(fractions), realisations);
  return {.value = series.mean[0], .standard_error = series.standard_error[0], .reason = ""};
}

}  // namespace

std::map<std::string, Estimate> at_stop(const Problem& problem, const Loss& loss, const std::vector<Stops>& runs,
                                        int realisations) {
  const ObservableContext context{loss.name(), loss.margin(), problem.observables.replicas};
  const int last = reported_steps(problem).back();
  const auto unless_undefined = [&](const char* name, double Stops::*sum) {
    const auto reason = why_undefined(observable_info(name), context);
    return reason ? Estimate::unavailable(*reason) : mean_over_converged(runs, sum, last);
  };
  return {{"step", mean_over_converged(runs, &Stops::step, last)},
          {"distance", unless_undefined("distance", &Stops::distance)},
          {"support_fraction", unless_undefined("support_fraction", &Stops::support_fraction)},
          {"converged_fraction", converged_fraction(runs, realisations)}};
}

}  // namespace sgdyn::sim
