#include "sgdyn/validation/minimiser/instance.hpp"

#include <cmath>

#include "sgdyn/model/least_loss.hpp"
#include "sgdyn/numerics/normal.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::minimiser {
namespace {

// At t in units of its standard deviation s, with a sign alone where s vanishes.
double wrong_sign(double mean, double s) {
  if (s > 0.0) return normal_tail(mean / s);
  return mean > 0.0 ? 0.0 : mean < 0.0 ? 1.0 : 0.5;
}

double least_value(const Loss& loss) {
  const auto least = least_loss(loss);
  return least ? loss.value_at(least->from) : 0.0;
}

Snapshot snapshot(const Problem& problem, const DataModel& model, const Task& task, const sim::DataSet& data,
                  const Solution& solution) {
  const Margins margins(data, task.intercept);
  std::vector<double> h(data.samples());
  std::vector<double> value(data.samples());
  margins.apply(solution.x.data(), h);
  task.loss->value(h, value);
  // Whatever else losses are there is rounding.
  if (solution.fits_all) std::fill(value.begin(), value.end(), least_value(*task.loss));
  const double length = margins.length(solution.x);
  Snapshot at;
  at.overlap = solution.x[0];
  at.norm = length * length;
  at.generalisation_error =
      task.intercept == Intercept::none
          ? model.generalisation_error(at.overlap, at.norm)
          : generalisation_error(model, problem.data.noise, at.overlap, at.norm, solution.x[margins.intercept_entry()]);
  at.sums.add(h, value, task.loss->margin());
  at.dimension = static_cast<double>(data.dimension());
  return at;
}

}  // namespace

double generalisation_error(const DataModel& model, double noise, double m, double C, double intercept) {
  const double across = noise * std::fmax(0.0, C - m * m);
  double error = 0.0;
  for (const GaussianProjection& part : model.projections()) {
    const double s = std::sqrt(m * m * part.variance + across);
    error += part.weight * wrong_sign(part.label * (m * part.mean + intercept), s);
  }
  return error;
}

Instance observe(const Problem& problem, const DataModel& model, const Task& task, const sim::DataSet& data,
                 const Stopped& stopped) {
  Instance instance;
  const Solution solution = solve(task, data, stopped);
  if (stopped()) return instance;
  instance.complete = true;
  instance.distance = solution.distance;
  instance.by_step = solution.by_step;
  instance.fits_all = solution.fits_all;
  instance.method = solution.method;
  instance.failure = solution.failure;
  if (!instance.failure.empty()) return instance;
  const Snapshot at = snapshot(problem, model, task, data, solution);
  const Eigen::VectorXd common = observable_values(at);
  instance.values.resize(common.size() + 2);
  const double loss = at.sums.loss / at.dimension;
  instance.values << common, loss + 0.5 * task.ridge * at.norm, solution.x[static_cast<Eigen::Index>(data.stride())];
  return instance;
}

}  // namespace sgdyn::minimiser
