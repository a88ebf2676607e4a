#include "sgdyn/sim/data_set_run.hpp"

#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::sim {

DataSetRunner::DataSetRunner(const Problem& problem, const Components& components, long dimension, int realisations,
                             std::uint64_t seed)
    : problem_(problem),
      components_(components),
      seed_(seed),
      realisations_(realisations),
      reported_(reported_steps(problem)),
      data_(largest_sample_count(problem, dimension), dimension),
      trajectories_(problem, components, data_, realisations),
      history_(static_cast<std::size_t>(realisations),
               Eigen::MatrixXd(dimension, static_cast<Eigen::Index>(reported_.size()))) {}

RunRecord DataSetRunner::run(TrajectoryKey key, const std::function<bool()>& stopped,
                             const std::function<void(int)>& stepped) {
  RunRecord record;
  const auto reported = static_cast<Eigen::Index>(reported_.size());
  record.observables = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(observable_catalogue().size()), reported);
  if (!data_.draw(problem_, *components_.model, seed_, key, stopped)) return record;
  stepped(setup_steps);
  trajectories_.start(seed_, key);
  if (!follow(record, stopped, stepped)) return record;
  correlate(record);
  record.complete = true;
  return record;
}

bool DataSetRunner::follow(RunRecord& record, const std::function<bool()>& stopped,
                           const std::function<void(int)>& stepped) {
  const int last = reported_.back();
  for (int k = 0; k <= last; ++k) {
    const bool report = k == reported_[static_cast<std::size_t>(record.finite)];
    bool finite = trajectories_.finite();
    if (finite) {
      if (report) keep_weights(record.finite);
      if (!trajectories_.advance({.step = k, .report = report, .update = k < last}, stopped)) return false;
    }
    if (finite && report) {
      finite = (trajectories_.observables().array().abs() <= overflow_limit).all();
      if (finite) record.observables.col(record.finite++) = trajectories_.observables();
    }
    if (!finite) {
      record.overflow_step = k;
      stepped(last + 1 - k);
      return true;
    }
    stepped(1);
  }
  return true;
}

void DataSetRunner::keep_weights(Eigen::Index index) {
  for (int j = 0; j < realisations_; ++j) {
    history_[static_cast<std::size_t>(j)].col(index) = trajectories_.weights(j);
  }
}

void DataSetRunner::correlate(RunRecord& record) const {
  const auto reported = static_cast<Eigen::Index>(reported_.size());
  record.correlation = Eigen::MatrixXd::Zero(reported, reported);
  auto kept = record.correlation.topLeftCorner(record.finite, record.finite);
  for (const Eigen::MatrixXd& weights : history_) {
    kept.selfadjointView<Eigen::Lower>().rankUpdate(weights.leftCols(record.finite).transpose(), 1.0 / realisations_);
  }
  for (Eigen::Index j = 1; j < record.finite; ++j) {
    for (Eigen::Index i = 0; i < j; ++i) kept(i, j) = kept(j, i);
  }
}

int steps_per_run(const Problem& problem) { return setup_steps + reported_steps(problem).back() + 1; }

double runner_bytes(const Problem& problem, double samples, long dimension, int realisations) {
  const auto reported = static_cast<double>(reported_steps(problem).size());
  return data_set_bytes(samples, dimension) + trajectory_bytes(samples, dimension, realisations) +
         reported * static_cast<double>(dimension) * realisations * sizeof(double);
}

}  // namespace sgdyn::sim
