#include "sgdyn/theory/dmft/ensemble.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "sgdyn/theory/dmft/active_history.hpp"

namespace sgdyn::dmft {
namespace {

constexpr std::size_t block_length = 256;
constexpr std::size_t ahead = 4;  // samples fetched into cache before they are reached
using Block = std::array<double, block_length>;

// omega[i] += sum_{v >= start} g[v] z[v * block_length + i]: single precision over short strips of v, double across
// strips.
void add_noise(std::span<const float> g, std::size_t start, const float* z, Block& omega) {
  constexpr std::size_t strip = 32;
  for (std::size_t first = start; first < g.size(); first += strip) {
    const std::size_t end = std::min(first + strip, g.size());
    alignas(64) std::array<float, block_length> partial{};
    std::size_t v = first;
    for (; v + 3 < end; v += 4) {
      const float* z0 = z + v * block_length;
      const float* z1 = z0 + block_length;
      const float* z2 = z1 + block_length;
      const float* z3 = z2 + block_length;
#pragma omp simd
      for (std::size_t i = 0; i < block_length; ++i) {
        partial[i] += (g[v] * z0[i] + g[v + 1] * z1[i]) + (g[v + 2] * z2[i] + g[v + 3] * z3[i]);
      }
    }
    for (; v < end; ++v) {
      const float* z0 = z + v * block_length;
#pragma omp simd
      for (std::size_t i = 0; i < block_length; ++i) partial[i] += g[v] * z0[i];
    }
#pragma omp simd
    for (std::size_t i = 0; i < block_length; ++i) omega[i] += static_cast<double>(partial[i]);
  }
}

}  // namespace

struct Ensemble::Chunk {
  std::size_t first = 0;
  std::size_t size = 0;
  Block y{}, c{}, start{}, memory{};  // label, projection, zeta_0, memory of the sampling scheme
  std::vector<float> noise;           // zeta_{v+1} of sample i at v * chunk_size + i
  std::optional<ActiveHistory> history;
  // Of the current step: first active step of each sample that still matters, and the weights of its tangent.
  std::array<std::size_t, block_length> window{};
  std::array<std::size_t, block_length> weight_start{};
  std::vector<float> weights, row;

  static std::span<double> view(Block& block, std::size_t count) { return {block.data(), count}; }
  static std::span<const double> view(const Block& block, std::size_t count) { return {block.data(), count}; }
};

// What one step exerts on each sample of a chunk.
struct Ensemble::Forces {
  Block d1, d2;        // Lambda', Lambda''
  Block s;             // the minibatch indicator drawn
  Block mean, square;  // E[s | past], E[s^2 | past], or s and s^2 where the average is not taken
};

struct Ensemble::Sums {
  double A = 0, diagonal = 0, loss = 0, correct = 0, support = 0;
  Eigen::VectorXd M, K;  // K holds sum_i f zeta_v when K comes from integration by parts

  explicit Sums(int entries) : M(Eigen::VectorXd::Zero(entries)), K(Eigen::VectorXd::Zero(entries)) {}

  void add(const Sums& other) {
    A += other.A;
    diagonal += other.diagonal;
    loss += other.loss;
    correct += other.correct;
    support += other.support;
    M += other.M;
    K += other.K;
  }
};

Ensemble::Ensemble(const Problem& problem, const Options& options, std::size_t samples, std::uint32_t scrambling)
    : alpha_(problem.data.alpha),
      noise_(problem.data.noise),
      dt_(problem.algorithm.learning_rate),
      steps_(problem.algorithm.steps),
      average_batch_(options.average_batch),
      data_(make_data_model(problem.data.model, problem.data.noise)),
      loss_(make_loss(problem.loss.loss)),
      sampling_(make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate)),
      by_parts_(!loss_->smooth()),
      samples_(samples),
      draws_(options.draws, 3 + 2 * static_cast<std::size_t>(problem.algorithm.steps), samples, options.seed,
             scrambling),
      step_uniforms_(samples),
      step_normals_(samples),
      chunks_((samples + chunk_size - 1) / chunk_size) {
  static_assert(chunk_size == block_length);
  std::vector<double> u_label(samples, 0.0), u_projection(samples), start(samples), y(samples), c(samples);
  draws_.normals(next_dimension_++, u_projection);
  for (double& u : u_projection) u = 0.5 * std::erfc(-u / std::numbers::sqrt2);
  draws_.normals(next_dimension_++, start);
  // By symmetry every label may be taken as +1 (dmft.E11).
  if (!data_->label_symmetric()) draws_.uniforms(next_dimension_++, u_label);
  data_->latent(u_label, u_projection, y, c);
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
  const double active = sampling->autocovariance(0, 1) > 0.0 ? T : std::min(T, used * T + 4.0 * std::sqrt(T));
  const double per_sample = sizeof(float) * T + ActiveHistory::bytes(active, make_loss(problem.loss.loss)->smooth());
  const double order_parameters = 8.0 * 5.0 * T * T;
  return static_cast<double>(samples) * (per_sample + 200.0) + order_parameters;
}

void Ensemble::draw_step(int t) {
  if (t == steps_) return;
  if (sampling_->uses_uniform(t)) draws_.uniforms(next_dimension_++, step_uniforms_);
  draws_.normals(next_dimension_++, step_normals_);
}

// c m + sqrt(Delta) omega, the Gaussian part of eq. 7, with omega = G zeta (dmft.E7).
void Ensemble::gaussian_fields(const Chunk& chunk, int t, const OrderParameters& order, std::span<double> r) const {
  const auto G = order.noise_row(t);
  std::vector<float> g(static_cast<std::size_t>(t));
  for (std::size_t v = 0; v < g.size(); ++v) g[v] = static_cast<float>(G[static_cast<Eigen::Index>(v) + 1]);
  Block omega{};
  add_noise(g, static_cast<std::size_t>(order.noise_start()), chunk.noise.data(), omega);
  const double m = order.m(t);
  const double width = std::sqrt(noise_);
  for (std::size_t i = 0; i < chunk.size; ++i) r[i] = chunk.c[i] * m + width * (omega[i] + G[0] * chunk.start[i]);
}

// Observables and Lambda' = l' h', Lambda'' = l'' h'^2 + l' h'' at the fields r.
void Ensemble::evaluate(const Chunk& chunk, int t, std::span<const double> r, Forces& forces, Sums& sums) const {
  const std::size_t size = chunk.size;
  Block h, value, first, second;
  data_->margin(Chunk::view(chunk.y, size), r, Chunk::view(h, size));
  loss_->value(Chunk::view(h, size), Chunk::view(value, size));
  const double kappa = loss_->margin().value_or(-std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < size; ++i) {
    sums.loss += value[i];
    sums.correct += h[i] > 0.0 ? 1.0 : 0.0;
    sums.support += h[i] < kappa ? 1.0 : 0.0;
  }
  if (t == steps_) return;
  loss_->d1(Chunk::view(h, size), Chunk::view(forces.d1, size));
  loss_->d2(Chunk::view(h, size), Chunk::view(forces.d2, size));
  data_->margin_derivatives(Chunk::view(chunk.y, size), r, Chunk::view(first, size), Chunk::view(second, size));
  for (std::size_t i = 0; i < size; ++i) {
    forces.d2[i] = forces.d2[i] * first[i] * first[i] + forces.d1[i] * second[i];
    forces.d1[i] *= first[i];
  }
}

void Ensemble::choose_batch(Chunk& chunk, int t, Forces& forces) const {
  const std::size_t size = chunk.size;
  const auto memory = Chunk::view(chunk.memory, size);
  const auto s = Chunk::view(forces.s, size);
  sampling_->conditional_moments(t, memory, Chunk::view(forces.mean, size), Chunk::view(forces.square, size));
  sampling_->advance(t, std::span<const double>(step_uniforms_).subspan(chunk.first, size), memory, s);
  if (average_batch_) return;
  for (std::size_t i = 0; i < size; ++i) {
    forces.mean[i] = s[i];
    forces.square[i] = s[i] * s[i];
  }
}

// -Delta dt sum_u R(t,u) s Lambda'(u), the memory of eq. 7, added to r; the weights of the tangent on the way.
void Ensemble::add_memory(Chunk& chunk, int t, const OrderParameters& order, std::span<double> r) const {
  const auto row = order.response_row(t);
  const double* R = row.data();
  const int start = order.response_start();
  const double coupling = -noise_ * dt_;
  chunk.weights.clear();
  for (std::size_t i = 0; i < chunk.size; ++i) {
    chunk.history->prefetch_steps(i + ahead);
    const std::size_t first = chunk.window[i] = chunk.history->first_since(i, start);
    const auto past = chunk.history->steps(i);
    chunk.weight_start[i] = chunk.weights.size();
    chunk.weights.resize(chunk.weights.size() + chunk.history->row_length(i, first));
    float* weight = chunk.weights.data() + chunk.weight_start[i] + (first - chunk.history->origin(i, first));
    double memory = 0.0;
    for (const ActiveStep& active : past.subspan(first)) {
      const double response = coupling * R[active.step];
      memory += response * active.force;
      *weight++ = static_cast<float>(response) * active.stiffness;
    }
    r[i] += memory;
  }
}

void Ensemble::advance_chunk(Chunk& chunk, int t, const OrderParameters& order, Sums& sums) const {
  Block field;
  const auto r = Chunk::view(field, chunk.size);
  gaussian_fields(chunk, t, order, r);
  add_memory(chunk, t, order, r);
  Forces forces;
  evaluate(chunk, t, r, forces, sums);
  if (t == steps_) return;
  choose_batch(chunk, t, forces);
  if (by_parts_) correlate_with_noise(chunk, t, forces, sums);
  for (std::size_t i = 0; i < chunk.size; ++i) {
    if (i + ahead < chunk.size) chunk.history->prefetch_tangents(i + ahead, chunk.window[i + ahead]);
    add_sample(chunk, i, t, forces, sums);
  }
  float* z = chunk.noise.data() + static_cast<std::size_t>(t) * chunk_size;
  for (std::size_t i = 0; i < chunk.size; ++i) z[i] = static_cast<float>(step_normals_[chunk.first + i]);
}

// Sums of s Lambda'(t) zeta_v for integration by parts (dmft.E9).
void Ensemble::correlate_with_noise(const Chunk& chunk, int t, const Forces& forces, Sums& sums) const {
  Block f{};
  for (std::size_t i = 0; i < chunk.size; ++i) {
    f[i] = forces.mean[i] * forces.d1[i];
    sums.K[0] += f[i] * chunk.start[i];
  }
  for (Eigen::Index v = 0; v < t; ++v) {
    const float* z = chunk.noise.data() + static_cast<std::size_t>(v) * chunk_size;
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < chunk_size; ++i) sum += f[i] * static_cast<double>(z[i]);
    sums.K[v + 1] += sum;
  }
}

// Adds sample i to A, M and K, and step t to its history if it acted on the weights.
void Ensemble::add_sample(Chunk& chunk, std::size_t i, int t, const Forces& forces, Sums& sums) const {
  ActiveHistory& history = *chunk.history;
  const double force = forces.s[i] * forces.d1[i];
  const double stiffness = forces.s[i] * forces.d2[i];
  const bool acts = force != 0.0 || stiffness != 0.0;
  const auto past = history.steps(i);
  const std::size_t first = chunk.window[i];
  sums.A += forces.mean[i] * chunk.c[i] * forces.d1[i];
  sums.diagonal += forces.square[i] * forces.d1[i] * forces.d1[i];

  // dr(t)/dP(u) at the active u, needed where it is weighted now or will be continued later. (Averaging the minibatch
  // in the tangent's first-order part alone would be cheaper, but that part grows with the memory of the satisfiable
  // phase and drowns K in noise there.)
  const double weight = forces.mean[i] * forces.d2[i];
  if (!by_parts_ && (weight != 0.0 || acts)) {
    chunk.row.resize(history.row_length(i, first));
    history.combine(i, first, std::span(chunk.weights).subspan(chunk.weight_start[i], chunk.row.size()), chunk.row);
    const float* tangent = chunk.row.data() + (first - history.origin(i, first));
    for (const ActiveStep& active : past.subspan(first))
      sums.K[active.step] += weight * static_cast<double>(*tangent++);
    sums.K[t] += weight;
  }
  if (force != 0.0) {
    for (const ActiveStep& active : past) sums.M[active.step] += force * active.force;
    sums.M[t] += force * force;
  }
  if (acts)
    history.append(i, {.force = force, .stiffness = static_cast<float>(stiffness), .step = t}, first, chunk.row);
}

// The sampled M is a Gram matrix, hence positive semidefinite. Its diagonal is known more precisely, with s^2 averaged;
// rescaling row and column t by the same factor uses that and keeps the matrix a Gram matrix (dmft.E10). Averaging the
// off-diagonal entries as well would not: that makes M indefinite once gradients die, and the run explodes.
Averages Ensemble::averages_from(const Sums& total, int t, const OrderParameters& order) {
  const double n = static_cast<double>(samples_);
  Averages averages;
  averages.A = alpha_ * total.A / n;
  averages.M = total.M * (alpha_ / n);
  gram_scale_.push_back(total.M[t] > 0.0 ? std::sqrt(total.diagonal / total.M[t]) : 1.0);
  for (Eigen::Index u = 0; u <= t; ++u) averages.M[u] *= gram_scale_.back() * gram_scale_[static_cast<std::size_t>(u)];
  if (!by_parts_) {
    averages.K = total.K / n;
    return averages;
  }
  // E[s Lambda'(t) zeta_v] = sqrt(Delta) sum_k K(t,k) G(k,v); an empty noise direction has no response.
  averages.KG = total.K / (n * std::sqrt(noise_));
  if (order.noise_row(0)[0] == 0.0) averages.KG[0] = 0.0;
  for (int v = 0; v < t; ++v) {
    if (order.noise_factor(v, v) == 0.0) averages.KG[v + 1] = 0.0;
  }
  return averages;
}

SampleMeans Ensemble::advance(int t, const OrderParameters& order, Averages& averages, int threads) {
  draw_step(t);
  std::vector<Sums> sums(chunks_.size(), Sums(t + 1));
  const auto count = static_cast<long>(chunks_.size());
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
  for (long k = 0; k < count; ++k) {
    advance_chunk(chunks_[static_cast<std::size_t>(k)], t, order, sums[static_cast<std::size_t>(k)]);
  }
  Sums total(t + 1);
  for (const Sums& own : sums) total.add(own);
  if (t < steps_) averages = averages_from(total, t, order);
  const double n = static_cast<double>(samples_);
  return {.loss = alpha_ * total.loss / n, .accuracy = total.correct / n, .support = total.support / n};
}

}  // namespace sgdyn::dmft
