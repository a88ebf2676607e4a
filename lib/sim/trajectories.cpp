#include "sgdyn/sim/trajectories.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sgdyn::sim {
namespace {

// A block is multiplied by X and by X^T while it is in the second-level cache, which halves the traffic from memory.
std::size_t rows_in_cache(std::size_t stride) {
  constexpr std::size_t block_bytes = std::size_t{256} * 1024;
  const std::size_t rows = block_bytes / (stride * sizeof(float)) / 8 * 8;
  return std::clamp<std::size_t>(rows, 8, 512);
}

}  // namespace

Components::Components(const Problem& problem)
    : model(make_data_model(problem.data.model, problem.data.noise)),
      loss(make_loss(problem.loss.loss)),
      scheme(make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate)) {}

Trajectories::Trajectories(const Problem& problem, const Components& components, const DataSet& data, int realisations)
    : problem_(problem),
      components_(components),
      data_(data),
      realisations_(realisations),
      block_rows_(rows_in_cache(data.stride())),
      weights_(static_cast<std::size_t>(realisations) * data.stride()),
      next_(weights_.size()),
      indicators_(static_cast<std::size_t>(realisations) * data.samples()),
      memory_(indicators_.size()),
      sums_(static_cast<std::size_t>(realisations)),
      observables_(static_cast<Eigen::Index>(observable_catalogue().size())) {
  samples_.reserve(block_rows_);
  rows_.reserve(block_rows_);
  labels_.reserve(block_rows_);
  active_rows_.reserve(block_rows_);
  const std::size_t values = block_rows_ * static_cast<std::size_t>(std::min(realisations, max_columns));
  for (auto* array : {&field_, &margin_, &slope_, &curvature_, &value_, &coefficient_}) array->resize(values);
  active_coefficients_.reserve(values);
}

void Trajectories::start(std::uint64_t seed, TrajectoryKey key) {
  const std::size_t dimension = data_.dimension();
  const double width = std::sqrt(problem_.initial.variance / static_cast<double>(dimension));
  streams_.clear();
  for (key.realisation = 0; key.realisation < realisations_; ++key.realisation) {
    const std::span<double> u(weights_.data() + static_cast<std::size_t>(key.realisation) * data_.stride(),
                              data_.stride());
    std::fill(u.begin(), u.end(), 0.0);
    const std::span<double> orthogonal = u.subspan(1, dimension - 1);
    Stream(seed, Purpose::initial_weights, key.stream_id()).normals(orthogonal);
    for (double& value : orthogonal) value *= width;
    u[0] = problem_.initial.overlap;
    streams_.emplace_back(seed, Purpose::sampling, key.stream_id());
  }
  std::fill(memory_.begin(), memory_.end(), 0.0);
}

bool Trajectories::advance(const Task& task, const std::function<bool()>& stopped) {
  if (task.update) {
    draw_minibatches(task.step);
    decay();
  }
  std::fill(sums_.begin(), sums_.end(), SampleSums{});
  for (std::size_t first = 0; first < data_.samples(); first += block_rows_) {
    if (stopped()) return false;
    select_rows(first, std::min(block_rows_, data_.samples() - first), task.report);
    for (int column = 0; column < realisations_ && !rows_.empty(); column += max_columns) {
      process_columns(column, std::min(max_columns, realisations_ - column), task);
    }
  }
  if (task.report) finish_observables();
  if (task.update) std::swap(weights_, next_);
  return true;
}

void Trajectories::draw_minibatches(int step) {
  for (std::size_t j = 0; j < streams_.size(); ++j) {
    components_.scheme->draw_batch(step, streams_[j], sampling_of(memory_, j), sampling_of(indicators_, j));
  }
}

void Trajectories::decay() {
  const double kept = 1.0 - problem_.loss.ridge * problem_.algorithm.learning_rate.at(0);
  const double* from = weights_.data();
  double* to = next_.data();
  const std::size_t count = weights_.size();
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) to[i] = kept * from[i];
}

// Without observables to report, only samples in some minibatch matter.
void Trajectories::select_rows(std::size_t first, std::size_t count, bool report) {
  samples_.clear();
  rows_.clear();
  labels_.clear();
  for (std::size_t mu = first; mu < first + count; ++mu) {
    bool needed = report;
    for (std::size_t j = 0; j < sums_.size() && !needed; ++j) needed = indicators_[j * data_.samples() + mu] != 0.0;
    if (!needed) continue;
    samples_.push_back(mu);
    rows_.push_back(data_.rows()[mu]);
    labels_.push_back(data_.labels()[mu]);
  }
}

void Trajectories::process_columns(int first_column, int columns, const Task& task) {
  const std::size_t count = rows_.size();
  forward(rows_, columns_of(weights_, first_column, columns), field_);
  for (int j = 0; j < columns; ++j) {
    const std::size_t offset = static_cast<std::size_t>(j) * count;
    const auto column = static_cast<std::size_t>(first_column + j);
    components_.model->margin(labels_, std::span(field_).subspan(offset, count),
                              std::span(margin_).subspan(offset, count));
    if (task.report) add_observables(column, offset);
    if (task.update) set_coefficients(column, offset);
  }
  if (task.update) add_gradient(first_column, columns);
}

void Trajectories::add_observables(std::size_t column, std::size_t offset) {
  const std::size_t count = rows_.size();
  const std::span<const double> h = std::span(margin_).subspan(offset, count);
  components_.loss->value(h, std::span(value_).first(count));
  sums_[column].add(h, std::span(value_).first(count), components_.loss->margin());
}

// -(dt/N) s_mu Lambda'(y_mu, r_mu), with Lambda' = l'(h) dh/dr.
void Trajectories::set_coefficients(std::size_t column, std::size_t offset) {
  const std::size_t count = rows_.size();
  const auto part = [&](std::vector<double>& array) { return std::span(array).subspan(offset, count); };
  const std::span<double> slope = part(slope_);
  const std::span<double> coefficient = part(coefficient_);
  components_.loss->d1(part(margin_), coefficient);
  components_.model->margin_derivatives(labels_, part(field_), slope, part(curvature_));
  const double scale = -problem_.algorithm.learning_rate.at(0) / static_cast<double>(data_.dimension());
  const double* s = indicators_.data() + column * data_.samples();
  for (std::size_t i = 0; i < count; ++i) coefficient[i] *= scale * slope[i] * s[samples_[i]];
}

void Trajectories::add_gradient(int first_column, int columns) {
  const std::size_t count = rows_.size();
  const auto k = static_cast<std::size_t>(columns);
  active_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    bool used = false;
    for (std::size_t j = 0; j < k && !used; ++j) used = coefficient_[j * count + i] != 0.0;
    if (used) active_.push_back(i);
  }
  active_rows_.clear();
  for (const std::size_t i : active_) active_rows_.push_back(rows_[i]);
  active_coefficients_.clear();
  for (std::size_t j = 0; j < k; ++j) {
    for (const std::size_t i : active_) active_coefficients_.push_back(coefficient_[j * count + i]);
  }
  backward(active_rows_, active_coefficients_, columns_of(next_, first_column, columns));
}

void Trajectories::finish_observables() {
  observables_.setZero();
  for (int j = 0; j < realisations_; ++j) {
    const auto u = weights(j);
    const double norm = u.squaredNorm();
    const Snapshot at{.overlap = u[0],
                      .norm = norm,
                      .generalisation_error = components_.model->generalisation_error(u[0], norm),
                      .sums = sums_[static_cast<std::size_t>(j)],
                      .dimension = static_cast<double>(data_.dimension())};
    const Eigen::VectorXd values = observable_values(at);
    observables_ += (values - observables_) / (j + 1);  // a running mean keeps equal values exactly
  }
}

bool Trajectories::finite() const {
  for (int j = 0; j < realisations_; ++j) {
    if (!(weights(j).squaredNorm() <= overflow_limit)) return false;
  }
  return true;
}

Eigen::Map<const Eigen::VectorXd> Trajectories::weights(int realisation) const {
  return {weights_.data() + static_cast<std::size_t>(realisation) * data_.stride(),
          static_cast<Eigen::Index>(data_.dimension())};
}

ColumnsView Trajectories::columns_of(AlignedArray<double>& array, int first, int columns) {
  return {array.data() + static_cast<std::size_t>(first) * data_.stride(), data_.stride(), columns};
}

std::span<double> Trajectories::sampling_of(std::vector<double>& array, std::size_t column) {
  return std::span(array).subspan(column * data_.samples(), data_.samples());
}

double trajectory_bytes(double samples, long dimension, int realisations) {
  const auto stride = static_cast<double>(padded(static_cast<std::size_t>(dimension)));
  // u and its successor; s and its memory; uniforms and an order of the samples while a minibatch is drawn.
  return realisations * (2.0 * stride + 2.0 * samples) * sizeof(double) + 2.0 * samples * sizeof(double);
}

}  // namespace sgdyn::sim
