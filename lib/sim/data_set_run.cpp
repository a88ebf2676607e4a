#include "sgdyn/sim/data_set_run.hpp"

#include <algorithm>

#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::sim {
namespace {

double work_of_step(const Copies& copies, int step) {
  return static_cast<double>(copies.columns_at(step)) / copies.trajectories();
}

double work_from(const Copies& copies, int first, int last) {
  double work = 0.0;
  for (int k = first; k <= last; ++k) work += work_of_step(copies, k);
  return work;
}

void mirror_lower_part(Eigen::Ref<Eigen::MatrixXd> matrix) {
  for (Eigen::Index j = 1; j < matrix.cols(); ++j) {
    for (Eigen::Index i = 0; i < j; ++i) matrix(i, j) = matrix(j, i);
  }
}

}  // namespace

DataSetRunner::DataSetRunner(const Problem& problem, const Components& components, long dimension,
                             const SimulationOptions& options)
    : problem_(problem),
      components_(components),
      options_(options),
      reported_(reported_steps(problem)),
      data_(largest_sample_count(problem, dimension), dimension),
      trajectories_(problem, components, data_, options),
      history_(static_cast<std::size_t>(trajectories_.copies().trajectories()),
               Eigen::MatrixXd(dimension, static_cast<Eigen::Index>(reported_.size()))) {}

RunRecord DataSetRunner::run(TrajectoryKey key, const std::function<bool()>& stopped,
                             const std::function<void(double)>& worked) {
  RunRecord record;
  const auto reported = static_cast<Eigen::Index>(reported_.size());
  record.observables = Eigen::MatrixXd::Zero(trajectories_.observables().size(), reported);
  if (!data_.draw(problem_, *components_.model, options_.seed, key, stopped)) return record;
  worked(setup_steps);
  trajectories_.start(key);
  if (!follow(record, stopped, worked)) return record;
  correlate(record);
  if (problem_.observables.replicas > 1) correlate_replicas(record);
  correlate_waiting(record);
  record.stops = trajectories_.stops();
  record.complete = true;
  return record;
}

bool DataSetRunner::follow(RunRecord& record, const std::function<bool()>& stopped,
                           const std::function<void(double)>& worked) {
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
      worked(work_from(trajectories_.copies(), k, last));
      return true;
    }
    worked(work_of_step(trajectories_.copies(), k));
  }
  return true;
}

void DataSetRunner::keep_weights(Eigen::Index index) {
  for (std::size_t j = 0; j < history_.size(); ++j) history_[j].col(index) = trajectories_.weights(static_cast<int>(j));
}

void DataSetRunner::correlate(RunRecord& record) const {
  const auto reported = static_cast<Eigen::Index>(reported_.size());
  record.two_time.emplace_back(Eigen::MatrixXd::Zero(reported, reported));
  auto kept = record.two_time.back().topLeftCorner(record.finite, record.finite);
  const double share = 1.0 / static_cast<double>(history_.size());
  for (const Eigen::MatrixXd& weights : history_) {
    kept.selfadjointView<Eigen::Lower>().rankUpdate(weights.leftCols(record.finite).transpose(), share);
  }
  mirror_lower_part(kept);
}

void DataSetRunner::correlate_replicas(RunRecord& record) const {
  const auto reported = static_cast<Eigen::Index>(reported_.size());
  record.two_time.emplace_back(Eigen::MatrixXd::Zero(reported, reported));
  auto kept = record.two_time.back().topLeftCorner(record.finite, record.finite);
  const double share = 1.0 / static_cast<double>(history_.size());
  for (std::size_t j = 0; j < history_.size(); j += 2) {
    const auto first = history_[j].leftCols(record.finite);
    const auto second = history_[j + 1].leftCols(record.finite);
    kept.triangularView<Eigen::Lower>() += share * first.transpose() * second;
    kept.triangularView<Eigen::Lower>() += share * second.transpose() * first;
  }
  mirror_lower_part(kept);
}

void DataSetRunner::correlate_waiting(RunRecord& record) const {
  const Copies& copies = trajectories_.copies();
  const auto waiting = static_cast<Eigen::Index>(options_.waiting.size());
  record.waiting_correlation = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(reported_.size()), waiting);
  for (Eigen::Index w = 0; w < waiting; ++w) {
    const int step = options_.waiting[static_cast<std::size_t>(w)];
    const auto from = std::lower_bound(reported_.begin(), reported_.end(), step) - reported_.begin();
    const Eigen::Index count = record.finite - from;
    if (count <= 0) continue;
    for (int j = 0; j < copies.realisations(); ++j) {
      const Eigen::MatrixXd& u = history_[static_cast<std::size_t>(copies.trajectory(j, 0))];
      record.waiting_correlation.block(from, w, count, 1) +=
          u.middleCols(from, count).transpose() * u.col(from) / copies.realisations();
    }
  }
}

double work_per_run(const Problem& problem, const Copies& copies) {
  return setup_steps + work_from(copies, 0, reported_steps(problem).back());
}

double runner_bytes(const Problem& problem, const Copies& copies, double samples, long dimension) {
  const auto reported = static_cast<double>(reported_steps(problem).size());
  return data_set_bytes(samples, dimension) + trajectory_bytes(problem, copies, samples, dimension) +
         reported * static_cast<double>(dimension) * copies.trajectories() * sizeof(double);
}

}  // namespace sgdyn::sim
