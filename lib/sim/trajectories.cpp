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

// The first replica draws what a single one would.
Stream minibatch_stream(const SimulationOptions& options, int replica, TrajectoryKey key) {
  if (!options.sampling_seeds.empty()) {
    return {options.sampling_seeds[static_cast<std::size_t>(replica)], Purpose::sampling, key.stream_id()};
  }
  return {options.seed, replica == 0 ? Purpose::sampling : Purpose::replica_sampling, key.stream_id()};
}

}  // namespace

Components::Components(const Problem& problem)
    : model(make_data_model(problem.data.model, problem.data.noise)),
      loss(make_loss(problem.loss.loss)),
      scheme(make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate)) {}

Trajectories::Trajectories(const Problem& problem, const Components& components, const DataSet& data,
                           const SimulationOptions& options)
    : problem_(problem),
      components_(components),
      data_(data),
      options_(options),
      copies_(problem, options),
      block_rows_(rows_in_cache(data.stride())),
      states_(problem, copies_.columns(), data.dimension()),
      probes_(problem, copies_, options.kick.value_or(0.0), data.dimension()),
      active_(copies_.trajectories()),
      indicators_(static_cast<std::size_t>(copies_.trajectories()) * data.samples()),
      memory_(indicators_.size()),
      sums_(static_cast<std::size_t>(copies_.trajectories())),
      observables_(static_cast<Eigen::Index>(observable_catalogue().size() + copies_.probes().size())) {
  samples_.reserve(block_rows_);
  rows_.reserve(block_rows_);
  labels_.reserve(block_rows_);
  used_rows_.reserve(block_rows_);
  const std::size_t values = block_rows_ * static_cast<std::size_t>(std::min(copies_.columns(), max_columns));
  for (auto* array : {&field_, &margin_, &slope_, &curvature_, &value_, &coefficient_}) array->resize(values);
  used_coefficients_.reserve(values);
}

void Trajectories::start(TrajectoryKey key) {
  const std::size_t dimension = data_.dimension();
  const double width = std::sqrt(problem_.initial.variance / static_cast<double>(dimension));
  streams_.clear();
  probes_.draw(options_.seed, key);
  for (key.realisation = 0; key.realisation < copies_.realisations(); ++key.realisation) {
    const int first = copies_.trajectory(key.realisation, 0);
    const std::span<double> u = states_.current(first);
    std::fill(u.begin(), u.end(), 0.0);
    const std::span<double> orthogonal = u.subspan(1, dimension - 1);
    Stream(options_.seed, Purpose::initial_weights, key.stream_id()).normals(orthogonal);
    for (double& value : orthogonal) value *= width;
    u[0] = problem_.initial.overlap;
    for (int replica = 0; replica < copies_.replicas(); ++replica) {
      if (replica > 0) states_.copy(first, first + replica);
      streams_.push_back(minibatch_stream(options_, replica, key));
    }
  }
  states_.rest(copies_.trajectories());
  std::fill(memory_.begin(), memory_.end(), 0.0);
  active_ = copies_.trajectories();
  running_.assign(static_cast<std::size_t>(copies_.realisations()), 1);
  stops_ = {};
}

// Observables need the trajectories on all samples, gradients all columns on the samples of some minibatch. Where both
// are of the same u, the trajectories are multiplied with the data once.
std::array<Trajectories::Pass, 2> Trajectories::passes(const Task& task) const {
  const int trajectories = copies_.trajectories();
  const bool together = task.report && task.update && !states_.gradient_ahead();
  std::array<Pass, 2> result;
  if (task.report) result[0] = {.first = 0, .last = trajectories, .report = true, .update = together};
  if (task.update) result[1] = {.first = together ? trajectories : 0, .last = active_, .report = false, .update = true};
  return result;
}

bool Trajectories::advance(const Task& task, const std::function<bool()>& stopped) {
  probes_.launch(task.step, states_);
  active_ = copies_.columns_at(task.step);
  if (task.update) begin_update(task.step);
  std::fill(sums_.begin(), sums_.end(), SampleSums{});
  const std::array<Pass, 2> all = passes(task);
  for (std::size_t first = 0; first < data_.samples(); first += block_rows_) {
    if (stopped()) return false;
    for (const Pass& pass : all) process_block(pass, first, std::min(block_rows_, data_.samples() - first));
  }
  if (task.report) finish_observables(task.step);
  if (task.update) {
    note_stops(task);
    states_.finish();
  }
  return true;
}

void Trajectories::begin_update(int step) {
  dt_ = problem_.algorithm.learning_rate.at(step);
  draw_minibatches(step);
  states_.drift(dt_, active_);
  probes_.push(step, dt_, states_);
}

void Trajectories::draw_minibatches(int step) {
  for (std::size_t j = 0; j < streams_.size(); ++j) {
    components_.scheme->draw_batch(step, streams_[j], sampling_of(memory_, j), sampling_of(indicators_, j));
  }
}

void Trajectories::process_block(const Pass& pass, std::size_t first, std::size_t count) {
  if (pass.first == pass.last) return;
  select_rows(first, count, pass.report);
  for (int column = pass.first; column < pass.last && !rows_.empty(); column += max_columns) {
    process_columns(column, std::min(max_columns, pass.last - column), pass);
  }
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

void Trajectories::process_columns(int first_column, int columns, const Pass& pass) {
  const std::size_t count = rows_.size();
  forward(rows_,
          pass.report ? states_.current_of(first_column, columns) : states_.gradient_point_of(first_column, columns),
          field_);
  for (int j = 0; j < columns; ++j) {
    const std::size_t offset = static_cast<std::size_t>(j) * count;
    components_.model->margin(labels_, std::span(field_).subspan(offset, count),
                              std::span(margin_).subspan(offset, count));
    if (pass.report) add_observables(static_cast<std::size_t>(first_column + j), offset);
    if (pass.update) set_coefficients(first_column + j, offset);
  }
  if (pass.update) add_gradient(first_column, columns);
}

void Trajectories::add_observables(std::size_t column, std::size_t offset) {
  const std::size_t count = rows_.size();
  const std::span<const double> h = std::span(margin_).subspan(offset, count);
  components_.loss->value(h, std::span(value_).first(count));
  sums_[column].add(h, std::span(value_).first(count), components_.loss->margin());
}

// Lambda'(y_mu, r_mu) = l'(h) dh/dr of the block, as coefficients.
void Trajectories::set_forces(std::size_t offset, std::size_t count) {
  const auto part = [&](std::vector<double>& array) { return std::span(array).subspan(offset, count); };
  const std::span<double> slope = part(slope_);
  const std::span<double> coefficient = part(coefficient_);
  components_.loss->d1(part(margin_), coefficient);
  components_.model->margin_derivatives(labels_, part(field_), slope, part(curvature_));
  for (std::size_t i = 0; i < count; ++i) coefficient[i] *= slope[i];
}

// -(dt/N) s_mu Lambda'(y_mu, r_mu).
void Trajectories::set_coefficients(int column, std::size_t offset) {
  const std::size_t count = rows_.size();
  set_forces(offset, count);
  const std::span<double> coefficient = std::span(coefficient_).subspan(offset, count);
  const double scale = -dt_ / static_cast<double>(data_.dimension());
  const double* s = indicators_.data() + static_cast<std::size_t>(copies_.minibatches(column)) * data_.samples();
  for (std::size_t i = 0; i < count; ++i) coefficient[i] *= scale * s[samples_[i]];
}

void Trajectories::add_gradient(int first_column, int columns) {
  const std::size_t count = rows_.size();
  const auto k = static_cast<std::size_t>(columns);
  used_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    bool used = false;
    for (std::size_t j = 0; j < k && !used; ++j) used = coefficient_[j * count + i] != 0.0;
    if (used) used_.push_back(i);
  }
  used_rows_.clear();
  for (const std::size_t i : used_) used_rows_.push_back(rows_[i]);
  used_coefficients_.clear();
  for (std::size_t j = 0; j < k; ++j) {
    for (const std::size_t i : used_) used_coefficients_.push_back(coefficient_[j * count + i]);
  }
  backward(used_rows_, used_coefficients_, states_.next_of(first_column, columns));
}

void Trajectories::finish_observables(int step) {
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(observable_catalogue().size()));
  for (int j = 0; j < copies_.trajectories(); ++j) {
    const auto u = weights(j);
    const double norm = u.squaredNorm();
    const Snapshot at{.overlap = u[0],
                      .norm = norm,
                      .generalisation_error = components_.model->generalisation_error(u[0], norm),
                      .distance = distance(j / copies_.replicas()),
                      .sums = sums_[static_cast<std::size_t>(j)],
                      .dimension = static_cast<double>(data_.dimension())};
    const Eigen::VectorXd values = observable_values(at);
    mean += (values - mean) / (j + 1);  // a running mean keeps equal values exactly
  }
  observables_ << mean, probes_.responses(step, states_);
}

double Trajectories::distance(int realisation) const {
  if (copies_.replicas() < 2) return 0.0;
  return (weights(copies_.trajectory(realisation, 0)) - weights(copies_.trajectory(realisation, 1))).norm();
}

// The gradient of eq. C2 is what moved the weights: no further pass over the data but at the stop itself.
void Trajectories::note_stops(const Task& task) {
  for (int j = 0; j < copies_.realisations(); ++j) {
    if (running_[static_cast<std::size_t>(j)] == 0) continue;
    double squared = 0.0;
    for (int a = 0; a < copies_.replicas(); ++a) squared += states_.squared_gradient(copies_.trajectory(j, a));
    if (!(squared / copies_.replicas() <= stopping_threshold * components_.scheme->mean())) continue;
    bool all_at_rest = true;
    for (int a = 0; a < copies_.replicas(); ++a) {
      all_at_rest = all_at_rest && at_rest(copies_.trajectory(j, a));
    }
    if (!all_at_rest) continue;
    running_[static_cast<std::size_t>(j)] = 0;
    ++stops_.count;
    stops_.step += task.step;
    stops_.distance += distance(j);
    if (components_.loss->margin()) stops_.support_fraction += support_fraction(j, task.report);
  }
}

// The gradient at u(t) with s = b for all samples: lambda u + (b/N) sum_mu Lambda'(y_mu, r_mu) x_mu.
bool Trajectories::at_rest(int trajectory) {
  const double b = components_.scheme->mean();
  const std::size_t dimension = data_.dimension();
  AlignedArray<double> gradient(data_.stride());
  std::fill_n(gradient.data(), gradient.size(), 0.0);
  for (std::size_t first = 0; first < data_.samples(); first += block_rows_) {
    const std::size_t count = std::min(block_rows_, data_.samples() - first);
    select_rows(first, count, true);
    forward(rows_, states_.current_of(trajectory, 1), field_);
    components_.model->margin(labels_, std::span(field_).first(count), std::span(margin_).first(count));
    set_forces(0, count);
    for (std::size_t i = 0; i < count; ++i) coefficient_[i] *= b / static_cast<double>(dimension);
    backward(rows_, std::span(coefficient_).first(count), {gradient.data(), data_.stride(), 1});
  }
  const Eigen::Map<const Eigen::VectorXd> losses(gradient.data(), static_cast<Eigen::Index>(dimension));
  const double squared = (losses + problem_.loss.ridge * weights(trajectory)).squaredNorm();
  return squared <= rest_slack * stopping_threshold * b;
}

// Of the replicas of a realisation at u(t); `known` where this step reports it anyway.
double Trajectories::support_fraction(int realisation, bool known) {
  const int first = copies_.trajectory(realisation, 0);
  const Pass pass{.first = first, .last = first + copies_.replicas(), .report = true, .update = false};
  const std::span<SampleSums> sums =
      std::span(sums_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(copies_.replicas()));
  if (!known) {
    std::fill(sums.begin(), sums.end(), SampleSums{});
    for (std::size_t row = 0; row < data_.samples(); row += block_rows_) {
      process_block(pass, row, std::min(block_rows_, data_.samples() - row));
    }
  }
  SampleSums all;
  for (const SampleSums& one : sums) all.add(one);
  return static_cast<double>(all.support) / static_cast<double>(all.samples);
}

bool Trajectories::finite() const {
  for (int j = 0; j < active_; ++j) {
    if (!(weights(j).squaredNorm() <= overflow_limit)) return false;
  }
  return true;
}

std::span<double> Trajectories::sampling_of(std::vector<double>& array, std::size_t trajectory) {
  return std::span(array).subspan(trajectory * data_.samples(), data_.samples());
}

double trajectory_bytes(const Problem& problem, const Copies& copies, double samples, long dimension) {
  // s and its memory; uniforms and an order of the samples while a minibatch is drawn.
  const double sampling = (copies.trajectories() + 1.0) * 2.0 * samples * sizeof(double);
  return states_bytes(problem, copies.columns(), dimension) + probes_bytes(copies, dimension) + sampling;
}

}  // namespace sgdyn::sim
