#include "sgdyn/theory/dmft/ensemble.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sgdyn/theory/dmft/chunk.hpp"
#include "sgdyn/theory/dmft/field_regression.hpp"

namespace sgdyn::dmft {

namespace {

// Steps over which tangents are kept at most: with an objective convex in w, responses fall at least as fast as the
// ridge alone makes them.
double longest_window(const Problem& problem, const Loss& loss) {
  const double T = problem.algorithm.steps;
  const double decay = problem.loss.ridge * problem.algorithm.learning_rate;
  const bool convex = loss.convex() && margin_is_linear(*make_data_model(problem.data.model, problem.data.noise));
  if (!convex || decay <= 0.0 || decay >= 1.0) return T;
  return std::min(T, std::log(OrderParameters::negligible) / std::log1p(-decay) + OrderParameters::persistence);
}

}  // namespace

Ensemble::Ensemble(const Problem& problem, const Options& options, std::size_t samples, std::uint32_t scrambling)
    : alpha_(problem.data.alpha),
      noise_(problem.data.noise),
      dt_(problem.algorithm.learning_rate),
      steps_(problem.algorithm.steps),
      average_batch_(options.average_batch),
      data_(make_data_model(problem.data.model, problem.data.noise)),
      loss_(make_loss(problem.loss.loss)),
      sampling_(make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate)),
      overlap_stays_zero_(data_->reflection_symmetric() && problem.initial.overlap == 0.0),
      by_parts_(!loss_->smooth()),
      samples_(samples),
      draws_(options.draws, 3 + 2 * static_cast<std::size_t>(problem.algorithm.steps), samples, options.seed,
             scrambling),
      step_uniforms_(samples),
      step_normals_(samples),
      chunks_((samples + chunk_size - 1) / chunk_size) {
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
    chunk.noise.assign(chunk_size * static_cast<std::size_t>(steps_), 0.0F);
    chunk.history.emplace(chunk.size, !by_parts_);
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
  // The largest of a chunk: four standard deviations above the mean, or always active where the scheme has a memory.
  const auto active = [&](double steps) {
    return sampling->autocovariance(0, 1) > 0.0 ? steps : std::min(steps, used * steps + 4.0 * std::sqrt(steps));
  };
  const auto loss = make_loss(problem.loss.loss);
  const double window = loss->smooth() ? longest_window(problem, *loss) : 0.0;
  const double per_sample = sizeof(float) * T + ActiveHistory::bytes(active(T), active(window));
  const double order_parameters = 8.0 * 5.0 * T * T;
  return static_cast<double>(samples) * (per_sample + 200.0) + order_parameters;
}

void Ensemble::draw_step(int t) {
  if (t == steps_) return;
  if (sampling_->uses_uniform(t)) draws_.uniforms(next_dimension_++, step_uniforms_);
  draws_.normals(next_dimension_++, step_normals_);
}

// The force f = s Lambda'(t) as a function of the Gaussian part of the field, over all chunks.
FieldRegression Ensemble::force_of_field(int t, const OrderParameters& order) const {
  const double m = order.m(t);
  const double width = std::sqrt(m * m * projection_variance_ + noise_ * order.q(t, t));
  FieldRegression regression(m * projection_mean_, width);
  for (std::size_t k = 0; k < chunks_.size(); ++k) {
    const Forces& forces = forces_[k];
    for (std::size_t i = 0; i < chunks_[k].size; ++i) {
      regression.add(chunks_[k].y[i], forces.gaussian[i], forces.mean[i] * forces.d1[i]);
    }
  }
  return regression;
}

// The sampled M is a Gram matrix, hence positive semidefinite. Its diagonal is known more precisely, with s^2 averaged;
// rescaling row and column t by the same factor uses that and keeps the matrix a Gram matrix (dmft.E10). Averaging the
// off-diagonal entries as well would not: that makes M indefinite once gradients die, and the run explodes.
Averages Ensemble::averages_from(const Sums& total, int t, const OrderParameters& order) {
  const double n = static_cast<double>(samples_);
  Averages averages;
  // Exactly: a sum over draws would start an overlap that then grows by itself.
  averages.A = overlap_stays_zero_ ? 0.0 : alpha_ * total.A / n;
  averages.M = total.M * (alpha_ / n);
  gram_scale_.push_back(total.M[t] > 0.0 ? std::sqrt(total.diagonal / total.M[t]) : 1.0);
  for (Eigen::Index u = 0; u <= t; ++u) averages.M[u] *= gram_scale_.back() * gram_scale_[static_cast<std::size_t>(u)];
  if (!by_parts_) {
    averages.K = total.K / n;
    return averages;
  }
  // E[s Lambda'(t) zeta_v] = sqrt(Delta) sum_k K(t,k) G(k,v); an empty noise direction has no response.
  const double q = order.q(t, t);
  averages.KG = total.K;
  if (q > 0.0) averages.KG += order.noise_row(t).transpose() * (total.control_field / q);
  averages.KG /= n * std::sqrt(noise_);
  if (order.noise_row(0)[0] == 0.0) averages.KG[0] = 0.0;
  for (int v = 0; v < t; ++v) {
    if (order.noise_factor(v, v) == 0.0) averages.KG[v + 1] = 0.0;
  }
  return averages;
}

void Ensemble::advance_all(int t, const OrderParameters& order, std::vector<Sums>& sums, int threads) {
  const auto count = static_cast<long>(chunks_.size());
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
  for (long k = 0; k < count; ++k) {
    const auto own = static_cast<std::size_t>(k);
    Forces forces;
    act(chunks_[own], t, order, forces, sums[own]);
    if (t < steps_) remember(chunks_[own], t, forces, sums[own]);
  }
}

// The control variate needs the forces on all samples before the averages begin.
void Ensemble::advance_all_by_parts(int t, const OrderParameters& order, std::vector<Sums>& sums, int threads) {
  const auto count = static_cast<long>(chunks_.size());
  forces_.resize(chunks_.size());
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
  for (long k = 0; k < count; ++k) {
    const auto own = static_cast<std::size_t>(k);
    act(chunks_[own], t, order, forces_[own], sums[own]);
  }
  if (t == steps_) return;
  const FieldRegression regression = force_of_field(t, order);
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
  for (long k = 0; k < count; ++k) {
    const auto own = static_cast<std::size_t>(k);
    correlate_with_noise(chunks_[own], t, regression, order.m(t), forces_[own], sums[own]);
    remember(chunks_[own], t, forces_[own], sums[own]);
  }
}

SampleSums Ensemble::advance(int t, const OrderParameters& order, Averages& averages, int threads) {
  draw_step(t);
  std::vector<Sums> sums(chunks_.size(), Sums(t + 1));
  if (by_parts_) {
    advance_all_by_parts(t, order, sums, threads);
  } else {
    advance_all(t, order, sums, threads);
  }
  Sums total(t + 1);
  for (const Sums& own : sums) total.add(own);
  if (t < steps_) averages = averages_from(total, t, order);
  return total.samples;
}

}  // namespace sgdyn::dmft
