#include "sgdyn/sim/run_collector.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/fdt_conditions.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/observable/effective_temperature.hpp"
#include "sgdyn/sim/at_stop.hpp"

namespace sgdyn::sim {
namespace {

// Earlier of two steps, where -1 stands for never.
int earlier(int a, int b) { return a < 0 || b < 0 ? std::max(a, b) : std::min(a, b); }

double matrix_bytes(double rows, double columns) { return rows * columns * sizeof(double); }

double reported_count(const Problem& problem) { return static_cast<double>(reported_steps(problem).size()); }

double observable_count(const Copies& copies) {
  return static_cast<double>(observable_catalogue().size() + copies.probes().size());
}

double waiting_count(const Copies& copies) {
  return static_cast<double>(std::count_if(copies.probes().begin(), copies.probes().end(),
                                           [](const Probe& probe) { return probe.kind == Probe::Kind::field; }));
}

template <class Number>
std::string list(const std::vector<Number>& numbers) {
  std::string text;
  for (const Number number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

Settings settings(const SimulationOptions& options, long dimension, int runs) {
  Settings result{{"dimension", std::to_string(dimension)},
                  {"runs", std::to_string(runs)},
                  {"realisations", std::to_string(options.realisations)},
                  {"seed", std::to_string(options.seed)}};
  if (!options.sampling_seeds.empty()) result["sampling_seeds"] = list(options.sampling_seeds);
  if (!options.waiting.empty()) result["waiting"] = list(options.waiting);
  if (options.kick) result["kick"] = shortest(*options.kick);
  return result;
}

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
  finite = runs.empty() ? record.finite : std::min(finite, record.finite);
  overflow_step = earlier(overflow_step, record.overflow_step);
  runs.push_back({std::move(record.observables), std::move(record.waiting_correlation), record.stops});
  two_time.resize(record.two_time.size());
  for (std::size_t i = 0; i < two_time.size(); ++i) two_time[i].add(std::move(record.two_time[i]));
}

int runs_per_batch(int runs) {
  constexpr int batches = 256;  // enough for any number of threads to share evenly
  return std::max(1, runs / batches);
}

RunCollector::RunCollector(const Problem& problem, const SimulationOptions& options, long dimension, int runs)
    : problem_(problem),
      options_(options),
      dimension_(dimension),
      runs_(runs),
      finite_(static_cast<Eigen::Index>(reported_steps(problem).size())) {
  const std::size_t observables = observable_catalogue().size() + Copies(problem, options).probes().size();
  replicates_.assign(observables, Eigen::MatrixXd(runs, finite_));
}

void RunCollector::add(const RunBatch& batch) {
  if (batch.runs.empty()) return;
  for (const RunBatch::Run& run : batch.runs) {
    for (std::size_t o = 0; o < replicates_.size(); ++o) {
      replicates_[o].row(taken_) = run.observables.row(static_cast<Eigen::Index>(o));
    }
    if (!options_.waiting.empty()) waiting_correlations_.push_back(run.waiting_correlation);
    stops_.push_back(run.stops);
    ++taken_;
  }
  finite_ = std::min(finite_, batch.finite);
  overflow_step_ = earlier(overflow_step_, batch.overflow_step);
  two_time_.resize(batch.two_time.size());
  for (std::size_t i = 0; i < two_time_.size(); ++i) two_time_[i].add(batch.two_time[i]);
}

Observables RunCollector::observables(const Loss& loss) const {
  Observables result;
  result.producer = "simulation";
  result.dimension = dimension_;
  result.runs = taken_;
  result.samples_per_replicate =
      largest_sample_count(problem_, dimension_) * options_.realisations * problem_.observables.replicas;
  result.steps = reported_steps(problem_);
  result.time = elapsed_times(problem_, result.steps);
  set_series(result, loss);
  constexpr std::array<const char*, 2> two_time_names{"correlation", "replica_correlation"};
  for (std::size_t i = 0; i < two_time_.size() && taken_ >= 2 && finite_ > 0; ++i) {
    result.two_time[two_time_names[i]] = {two_time_[i].mean(), two_time_[i].standard_error()};
  }
  set_fluctuation_dissipation(result);
  result.at_stop = at_stop(problem_, loss, stops_, options_.realisations);
  truncate(result, static_cast<std::size_t>(finite_));
  set_status(result);
  result.diagnostics["samples"] = problem_.data.alpha * static_cast<double>(dimension_);  // on average
  result.settings = settings(options_, dimension_, runs_);
  if (options_.kick && !loss.smooth()) {
    result.settings["response"] = "to a finite kick that carries many samples over the jump of the loss derivative";
  }
  return result;
}

void RunCollector::set_series(Observables& result, const Loss& loss) const {
  std::size_t index = 0;
  for (const ObservableInfo& info : observable_catalogue()) {
    const std::string name(info.name);
    result.series[name] = series(index++, name, loss, result.samples_per_replicate);
  }
  for (const int step : problem_.observables.response) {
    const std::string name = response_name(step);
    result.series[name] = series(index++, name, loss, result.samples_per_replicate);
  }
}

Series RunCollector::series(std::size_t index, const std::string& name, const Loss& loss, long samples) const {
  if (taken_ < 2) return Series::unavailable("fewer than two runs were complete");
  if (finite_ == 0) return Series::unavailable("the weights overflowed before the first reported step");
  return observable_series(observable_info(name), {loss.name(), loss.margin(), problem_.observables.replicas},
                           replicates_[index].topLeftCorner(taken_, finite_), samples);
}

void RunCollector::set_fluctuation_dissipation(Observables& result) const {
  if (options_.waiting.empty()) return;
  if (taken_ < 2) {
    result.effective_temperature = no_effective_temperature("fewer than two runs were complete");
    return;
  }
  const std::size_t first = replicates_.size() - options_.waiting.size();
  FluctuationDissipation points{
      .steps = result.steps, .waiting = options_.waiting, .correlation = {}, .integrated_response = {}};
  points.correlation = waiting_correlations_;
  for (int run = 0; run < taken_; ++run) {
    Eigen::MatrixXd chi(static_cast<Eigen::Index>(result.steps.size()), waiting_correlations_.front().cols());
    for (Eigen::Index w = 0; w < chi.cols(); ++w) {
      chi.col(w) = replicates_[first + static_cast<std::size_t>(w)].row(run).transpose();
    }
    points.integrated_response.push_back(std::move(chi));
  }
  result.effective_temperature = effective_temperature(points, fdt_conditions(problem_));
  result.fluctuation_dissipation = std::move(points);
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

int two_time_arrays(const Problem& problem) { return problem.observables.replicas > 1 ? 2 : 1; }

double two_time_bytes(const Problem& problem) { return matrix_bytes(reported_count(problem), reported_count(problem)); }

double collector_bytes(const Problem& problem, const Copies& copies, int runs) {
  // The replicates, their copies in the result and one more while a standard error is computed; mean and squares of the
  // correlations and their copies; C(t, t_w) and its copy.
  const double observables = observable_count(copies);
  return (2.0 * observables + 1.0) * matrix_bytes(runs, reported_count(problem)) +
         4.0 * two_time_arrays(problem) * two_time_bytes(problem) +
         2.0 * matrix_bytes(runs, reported_count(problem)) * waiting_count(copies);
}

double batch_bytes(const Problem& problem, const Copies& copies, int runs) {
  const int length = runs_per_batch(runs);
  const double rows = observable_count(copies) + waiting_count(copies);
  return (length + 1.0) * matrix_bytes(rows, reported_count(problem)) +
         (length > 1 ? 3.0 : 1.0) * two_time_arrays(problem) * two_time_bytes(problem);
}

}  // namespace sgdyn::sim
