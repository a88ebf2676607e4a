#include "sgdyn/sim/run_collector.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::sim {
namespace {

// Earlier of two steps, where -1 stands for never.
int earlier(int a, int b) { return a < 0 || b < 0 ? std::max(a, b) : std::min(a, b); }

double matrix_bytes(double rows, double columns) { return rows * columns * sizeof(double); }

double reported_count(const Problem& problem) { return static_cast<double>(reported_steps(problem).size()); }

}  // namespace

void MatrixMoments::add(Eigen::MatrixXd value) {
  ++count_;
  if (count_ == 1) {
    mean_ = std::move(value);
    return;
  }
  if (squares_.size() == 0) squares_ = Eigen::MatrixXd::Zero(mean_.rows(), mean_.cols());
  const double share = 1.0 / count_;
  double* mean = mean_.data();
  double* squares = squares_.data();
  for (Eigen::Index i = 0; i < mean_.size(); ++i) {
    const double x = value.data()[i];
    const double deviation = x - mean[i];
    mean[i] += deviation * share;
    squares[i] += deviation * (x - mean[i]);
  }
}

void MatrixMoments::add(const MatrixMoments& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  if (squares_.size() == 0) squares_ = Eigen::MatrixXd::Zero(mean_.rows(), mean_.cols());
  if (other.squares_.size() > 0) squares_ += other.squares_;
  const double share = static_cast<double>(other.count_) / (count_ + other.count_);
  const double spread = share * count_;
  count_ += other.count_;
  double* mean = mean_.data();
  double* squares = squares_.data();
  for (Eigen::Index i = 0; i < mean_.size(); ++i) {
    const double deviation = other.mean_.data()[i] - mean[i];
    mean[i] += deviation * share;
    squares[i] += deviation * deviation * spread;
  }
}

Eigen::MatrixXd MatrixMoments::standard_error() const {
  return (squares_ / (static_cast<double>(count_) * (count_ - 1.0))).cwiseSqrt();
}

void RunBatch::add(RunRecord record) {
  if (!record.complete) return;
  finite = observables.empty() ? record.finite : std::min(finite, record.finite);
  overflow_step = earlier(overflow_step, record.overflow_step);
  observables.push_back(std::move(record.observables));
  correlation.add(std::move(record.correlation));
}

int runs_per_batch(int runs) {
  constexpr int batches = 256;  // enough for any number of threads to share evenly
  return std::max(1, runs / batches);
}

RunCollector::RunCollector(const Problem& problem, long dimension, int runs)
    : problem_(problem),
      dimension_(dimension),
      runs_(runs),
      finite_(static_cast<Eigen::Index>(reported_steps(problem).size())) {
  replicates_.assign(observable_catalogue().size(), Eigen::MatrixXd(runs, finite_));
}

void RunCollector::add(const RunBatch& batch) {
  if (batch.observables.empty()) return;
  for (const Eigen::MatrixXd& run : batch.observables) {
    for (std::size_t o = 0; o < replicates_.size(); ++o) {
      replicates_[o].row(taken_) = run.row(static_cast<Eigen::Index>(o));
    }
    ++taken_;
  }
  finite_ = std::min(finite_, batch.finite);
  overflow_step_ = earlier(overflow_step_, batch.overflow_step);
  correlation_.add(batch.correlation);
}

Observables RunCollector::observables(const Loss& loss, int realisations, std::uint64_t seed) const {
  Observables result;
  result.producer = "simulation";
  result.dimension = dimension_;
  result.runs = taken_;
  result.samples_per_replicate = largest_sample_count(problem_, dimension_) * realisations;
  result.steps = reported_steps(problem_);
  result.time = elapsed_times(problem_, result.steps);
  for (std::size_t o = 0; o < replicates_.size(); ++o) {
    result.series[std::string(observable_catalogue()[o].name)] = series(o, loss, result.samples_per_replicate);
  }
  if (taken_ >= 2 && finite_ > 0) {
    result.two_time["correlation"] = {correlation_.mean(), correlation_.standard_error()};
  }
  truncate(result, static_cast<std::size_t>(finite_));
  set_status(result);
  result.diagnostics["samples"] = problem_.data.alpha * static_cast<double>(dimension_);  // on average
  result.settings = {{"dimension", std::to_string(dimension_)},
                     {"runs", std::to_string(runs_)},
                     {"realisations", std::to_string(realisations)},
                     {"seed", std::to_string(seed)}};
  return result;
}

Series RunCollector::series(std::size_t observable, const Loss& loss, long samples) const {
  if (taken_ < 2) return Series::unavailable("fewer than two runs were complete");
  if (finite_ == 0) return Series::unavailable("the weights overflowed before the first reported step");
  return observable_series(observable_catalogue()[observable],
                           {loss.name(), loss.margin(), problem_.observables.replicas},
                           replicates_[observable].topLeftCorner(taken_, finite_), samples);
}

void RunCollector::set_status(Observables& result) const {
  const auto append = [&](const std::string& sentence) {
    result.message += (result.message.empty() ? "" : "; ") + sentence;
  };
  if (overflow_step_ >= 0) {
    result.status = Status::overflow;
    append("at N = " + std::to_string(dimension_) + " the weights overflowed at step " +
           std::to_string(overflow_step_) + " in at least one run, the steps before it are kept");
  }
  if (taken_ < runs_) {
    result.status = Status::interrupted;
    append("interrupted with " + std::to_string(taken_) + " of " + std::to_string(runs_) +
           " runs at N = " + std::to_string(dimension_) + " complete");
  }
}

double two_time_bytes(const Problem& problem) { return matrix_bytes(reported_count(problem), reported_count(problem)); }

double collector_bytes(const Problem& problem, int runs) {
  // The replicates, their copies in the result and one more while a standard error is computed; mean and squares of the
  // correlation and their copies.
  const auto observables = static_cast<double>(observable_catalogue().size());
  return (2.0 * observables + 1.0) * matrix_bytes(runs, reported_count(problem)) + 4.0 * two_time_bytes(problem);
}

double batch_bytes(const Problem& problem, int runs) {
  const int length = runs_per_batch(runs);
  const auto observables = static_cast<double>(observable_catalogue().size());
  return (length + 1.0) * matrix_bytes(observables, reported_count(problem)) +
         (length > 1 ? 3.0 : 1.0) * two_time_bytes(problem);
}

}  // namespace sgdyn::sim
