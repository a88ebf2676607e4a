#include "sgdyn/core/observables.hpp"

#include <cmath>
#include <stdexcept>
#include <utility>

namespace sgdyn {

Series Series::from_replicates(Eigen::MatrixXd replicates) {
  const Eigen::Index count = replicates.rows();
  if (count < 2) throw std::invalid_argument("Series::from_replicates: a standard error needs at least two replicates");
  Series series;
  series.mean = replicates.colwise().sum() / static_cast<double>(count);
  const Eigen::MatrixXd centred = replicates.rowwise() - series.mean.transpose();
  const double scale = 1.0 / (static_cast<double>(count) * static_cast<double>(count - 1));
  series.standard_error = (centred.colwise().squaredNorm() * scale).cwiseSqrt();
  // Replicates that agree to the last bit still leave a rounding residue in the mean: their error is exactly zero.
  for (Eigen::Index j = 0; j < replicates.cols(); ++j) {
    if ((replicates.col(j).array() == replicates(0, j)).all()) {
      series.mean[j] = replicates(0, j);
      series.standard_error[j] = 0.0;
    }
  }
  series.replicates = std::move(replicates);
  return series;
}

Series Series::from_counts(Eigen::MatrixXd replicates, long samples) {
  Series series = from_replicates(std::move(replicates));
  const double one_count = 1.0 / (static_cast<double>(series.replicates.rows()) * static_cast<double>(samples));
  series.standard_error = (series.standard_error.array().square() + one_count * one_count).sqrt();
  return series;
}

Series Series::unavailable(std::string reason) {
  Series series;
  series.reason = std::move(reason);
  return series;
}

Estimate Estimate::from_replicates(const Eigen::VectorXd& replicates) {
  const Series series = Series::from_replicates(replicates);
  return {.value = series.mean[0], .standard_error = series.standard_error[0], .reason = ""};
}

Estimate Estimate::from_jackknife(double value, const Eigen::VectorXd& without_one) {
  const auto n = static_cast<double>(without_one.size());
  const double squares = (without_one.array() - without_one.mean()).square().sum();
  return {.value = value, .standard_error = std::sqrt((n - 1.0) / n * squares), .reason = ""};
}

Estimate Estimate::unavailable(std::string reason) {
  Estimate estimate;
  estimate.reason = std::move(reason);
  return estimate;
}

void truncate(Observables& observables, std::size_t count) {
  if (count >= observables.steps.size()) return;
  const auto kept = static_cast<Eigen::Index>(count);
  observables.steps.resize(count);
  observables.fluctuation_dissipation.reset();
  if (observables.effective_temperature) {
    observables.effective_temperature = {
        .temperature = Estimate::unavailable("the run ended before its last step"), .window = {}, .intercept = 0.0};
  }
  observables.time.resize(count);
  for (auto& [name, series] : observables.series) {
    if (!series.available()) continue;
    series.mean.conservativeResize(kept);
    series.standard_error.conservativeResize(kept);
    if (series.replicates.size() > 0) series.replicates.conservativeResize(Eigen::NoChange, kept);
  }
  for (auto& [name, array] : observables.two_time) {
    array.mean.conservativeResize(kept, kept);
    array.standard_error.conservativeResize(kept, kept);
  }
}

}  // namespace sgdyn
