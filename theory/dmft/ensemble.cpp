#include "sgdyn/theory/dmft/ensemble.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "sgdyn/theory/dmft/chunk.hpp"
#include "sgdyn/theory/dmft/field_regression.hpp"

namespace sgdyn::dmft {

namespace {

// Steps over which tangents are kept at most: with an objective convex in w, responses fall at least as fast as the
// ridge alone makes them.
double longest_window(const Problem& problem, const Loss& loss) {
  const double T = problem.algorithm.steps;
  const LearningRate& dt = problem.algorithm.learning_rate;
  const double decay = problem.loss.ridge * dt.at(0);
  const bool convex = loss.convex() && margin_is_linear(*make_data_model(problem.data.model, problem.data.noise));
  const bool falls = convex && dt.constant() && problem.algorithm.momentum == 0.0;
  if (!falls || decay <= 0.0 || decay >= 1.0) return T;
  return std::min(T, std::log(OrderParameters::negligible) / std::log1p(-decay) + OrderParameters::persistence);
}

// Minibatches that make up for earlier ones (reshuffled epochs, in which every sample gets its turn): what replicas
// differ by cancels at the end of an epoch, sample by sample, which rescaling would break (dmft.E14).
bool opposes_itself(const SamplingScheme& scheme, int steps) {
  for (int step = 0; step + 1 < steps; ++step) {
    if (scheme.autocovariance(step, 1) < 0.0) return true;
  }
  return false;
}

}  // namespace

Ensemble::Ensemble(const Problem& problem, const Options& options, std::size_t samples, std::uint32_t scrambling)
    : alpha_(problem.data.alpha),
      noise_(problem.data.noise),
      steps_(problem.algorithm.steps),
      copies_(static_cast<std::size_t>(copies_for(problem.observables.replicas))),
      average_batch_(options.average_batch),
      data_(make_data_model(problem.data.model, problem.data.noise)),
      loss_(make_loss(problem.loss.loss)),
      sampling_(make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate)),
      overlap_stays_zero_(data_->reflection_symmetric() && problem.initial.overlap == 0.0),
      by_parts_(!loss_->smooth()),
      difference_as_drawn_(opposes_itself(*sampling_, steps_)),
      samples_(samples),
      draws_(options.draws, 3 + 2 * copies_ * static_cast<std::size_t>(problem.algorithm.steps), samples, options.seed,
             scrambling),
      step_uniforms_(copies_, std::vector<double>(samples)),
      step_normals_(step_uniforms_),
      gram_scale_(copies_ > 1 ? 2 : 1),
      chunks_((samples + chunk_size - 1) / chunk_size) {
  for (std::size_t a = 0; a < copies_; ++a) {
    for (std::size_t k = 0; k < copies_; ++k) mode_weights_[a][k] = mode_weight(static_cast<int>(copies_), a, k);
  }
  std::vector<double> u_label(samples, 0.0), u_projection(samples), start(samples), y(samples), c(samples);
  draws_.normals(next_dimension_++, u_projection);
  for (double& u : u_projection) u = 0.5 * std::erfc(-u / std::numbers::sqrt2);
  draws_.normals(next_dimension_++, start);
  // By symmetry every label may be taken as +1 (dmft.E11).
  if (!data_->label_symmetric()) draws_.uniforms(next_dimension_++, u_label);
  data_->latent(u_label, u_projection, y, c);
  const Eigen::Map<const Eigen::ArrayXd> projections(c.data(), static_cast<Eigen::Index>(c.size()));
  projection_mean_ = projections.mean();
  projection_variance_ = (projections - projection_mean_).square().mean();
  for (std::size_t k = 0; k < chunks_.size(); ++k) {
    Chunk& chunk = chunks_[k];
    chunk.first = k * chunk_size;
    chunk.size = std::min(chunk_size, samples - chunk.first);
    const auto offset = static_cast<std::ptrdiff_t>(chunk.first);
    std::copy_n(y.begin() + offset, chunk.size, chunk.y.begin());
    std::copy_n(c.begin() + offset, chunk.size, chunk.c.begin());
    std::copy_n(start.begin() + offset, chunk.size, chunk.start.begin());
    chunk.noise.assign(copies_, std::vector<float>(chunk_size * static_cast<std::size_t>(steps_), 0.0F));
    chunk.copies.resize(copies_);
    for (Copy& copy : chunk.copies) copy.history.emplace(chunk.size, !by_parts_);
  }
}

Ensemble::~Ensemble() = default;

double Ensemble::peak_bytes(const Problem& problem, std::size_t samples) {
  const auto sampling = make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate);
  std::vector<double> u(1024), memory(u.size()), s(u.size());
  for (std::size_t i = 0; i < u.size(); ++i) u[i] = (static_cast<double>(i) + 0.5) / static_cast<double>(u.size());
  sampling->advance(0, u, memory, s);
  const double used = 1.0 - static_cast<double>(std::count(s.begin(), s.end(), 0.0)) / static_cast<double>(s.size());
  const double T = problem.algorithm.steps;
  const bool remembers = has_memory(*sampling, problem.algorithm.steps);
  // The largest of a chunk: four standard deviations above the mean, or always active where minibatches persist.
  const auto active = [&](double steps) {
    return remembers && sampling->autocovariance(0, 1) >= 0.0 ? steps
                                                              : std::min(steps, used * steps + 4.0 * std::sqrt(steps));
  };
  const auto loss = make_loss(problem.loss.loss);
  const double window = loss->smooth() ? longest_window(problem, *loss) : 0.0;
  const double per_sample = sizeof(float) * T + ActiveHistory::bytes(active(T), active(window));
  const double copies = copies_for(problem.observables.replicas);
  const double kinds = problem.observables.replicas;  // of modes
  const bool ahead = problem.algorithm.momentum > 0.0 && problem.algorithm.momentum_kind == MomentumKind::nesterov;
  const double places = ahead ? 2.0 : 1.0;  // where fields are taken: at the weights and at the gradient
  const double order_parameters = sizeof(double) * T * T * (2.0 + places * (1.0 + 2.0 * kinds));
  return static_cast<double>(samples) * (copies * per_sample + 200.0) + order_parameters;
}

void Ensemble::draw_step(int t) {
  if (t == steps_) return;
  for (auto& uniforms : step_uniforms_) {
    if (sampling_->uses_uniform(t)) draws_.uniforms(next_dimension_++, uniforms);
  }
  for (auto& normals : step_normals_) draws_.normals(next_dimension_++, normals);
}

// The force f = s Lambda'(t) as a function of the Gaussian part of the field, over all chunks and copies.
FieldRegression Ensemble::force_of_field(double m, double variance) const {
  const double width = std::sqrt(m * m * projection_variance_ + noise_ * variance);
  FieldRegression regression(m * projection_mean_, width);
  for (std::size_t k = 0; k < chunks_.size(); ++k) {
    for (const Forces& forces : forces_[k]) {
      for (std::size_t i = 0; i < chunks_[k].size; ++i) {
        regression.add(chunks_[k].y[i], forces.gaussian[i], forces.mean[i] * forces.d1[i]);
      }
    }
  }
  return regression;
}

// The sampled M is a Gram matrix, hence positive semidefinite. Its diagonal is known more precisely, with s^2 averaged;
// rescaling row and column t by the same factor uses that and keeps the matrix a Gram matrix (dmft.E10). Averaging the
// off-diagonal entries as well would not: that makes M indefinite once gradients die, and the run explodes.
Averages Ensemble::averages_from(const Sums& total, int t, const OrderParameters& order) {
  const double n = static_cast<double>(samples_);
  const double trajectories = n * static_cast<double>(copies_);
  Averages averages;
  // Exactly: a sum over draws would start an overlap that then grows by itself.
  averages.A = overlap_stays_zero_ ? 0.0 : alpha_ * total.A / trajectories;
  for (std::size_t k = 0; k < gram_scale_.size(); ++k) {
    const double modes = k == 0 ? 1.0 : static_cast<double>(copies_) - 1.0;  // summed together
    const Sums::Mode& mode = total.modes[k];
    std::vector<double>& scale = gram_scale_[k];
    const bool rescaled = mode.M[t] > 0.0 && !(k == 1 && difference_as_drawn_);
    scale.push_back(rescaled ? std::sqrt(mode.diagonal / mode.M[t]) : 1.0);
    averages.M.emplace_back(mode.M * (alpha_ / (n * modes)));
    for (Eigen::Index u = 0; u <= t; ++u) averages.M[k][u] *= scale.back() * scale[static_cast<std::size_t>(u)];
  }
  if (!by_parts_) {
    averages.K = total.K / trajectories;
    return averages;
  }
  // E[f zeta_v] = sqrt(Delta) sum_k K(t,k) G(k,v) for every mode; an empty noise direction has no response.
  const double q = order.gradient_variance(t);
  const FieldState state = order.at_gradient(t);
  for (std::size_t k = 0; k < gram_scale_.size(); ++k) {
    const double modes = k == 0 ? 1.0 : static_cast<double>(copies_) - 1.0;
    Eigen::VectorXd KG = total.modes[k].KG / modes;
    if (q > 0.0) KG += state.noise[k].transpose() * (total.control_field / (static_cast<double>(copies_) * q));
    KG /= n * std::sqrt(noise_);
    for (int v = 0; v <= t; ++v) {
      if (!order.has_direction(k, v)) KG[v] = 0.0;
    }
    averages.KG.push_back(std::move(KG));
  }
  return averages;
}

void Ensemble::advance_all(const Step& step, std::vector<Sums>& sums, int threads) {
  const auto count = static_cast<long>(chunks_.size());
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
  for (long k = 0; k < count; ++k) {
    const auto own = static_cast<std::size_t>(k);
    ChunkForces forces(copies_);
    act(chunks_[own], step, forces, sums[own]);
    if (step.t < steps_) remember(chunks_[own], step.t, forces, sums[own]);
  }
}

// The control variate needs the forces on all samples before the averages begin.
void Ensemble::advance_all_by_parts(const Step& step, double variance, std::vector<Sums>& sums, int threads) {
  const auto count = static_cast<long>(chunks_.size());
  forces_.resize(chunks_.size(), ChunkForces(copies_));
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
  for (long k = 0; k < count; ++k) {
    const auto own = static_cast<std::size_t>(k);
    act(chunks_[own], step, forces_[own], sums[own]);
  }
  if (step.t == steps_) return;
  const FieldRegression regression = force_of_field(step.gradient.m, variance);
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
  for (long k = 0; k < count; ++k) {
    const auto own = static_cast<std::size_t>(k);
    correlate_with_noise(chunks_[own], step.t, regression, step.gradient.m, forces_[own], sums[own]);
    remember(chunks_[own], step.t, forces_[own], sums[own]);
  }
}

SampleSums Ensemble::advance(int t, const OrderParameters& order, Averages& averages, int threads) {
  draw_step(t);
  const Step step{.t = t,
                  .response_start = order.response_start(),
                  .gradient = order.at_gradient(t),
                  .weights = order.looks_ahead() ? order.at_weights(t) : FieldState{},
                  .looks_ahead = order.looks_ahead()};
  const Sums none(t + 1, gram_scale_.size(), by_parts_);
  std::vector<Sums> sums(chunks_.size(), none);
  if (by_parts_) {
    advance_all_by_parts(step, order.gradient_variance(t), sums, threads);
  } else {
    advance_all(step, sums, threads);
  }
  Sums total = none;
  for (const Sums& own : sums) total.add(own);
  if (t < steps_) averages = averages_from(total, t, order);
  return total.samples;
}

}  // namespace sgdyn::dmft
