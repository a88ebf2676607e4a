// One step of one chunk: the fields of eq. 7, the forces, and what they add to the averages.
#include <algorithm>
#include <cmath>

#include "sgdyn/theory/dmft/chunk.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/field_regression.hpp"

namespace sgdyn::dmft {
namespace {

constexpr std::size_t block_length = Ensemble::chunk_size;
constexpr std::size_t ahead = 4;  // samples fetched into cache before they are reached

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
  sums.samples.add(Chunk::view(h, size), Chunk::view(value, size), loss_->margin());
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

// The first half of a step: what it exerts on each sample.
void Ensemble::act(Chunk& chunk, int t, const OrderParameters& order, Forces& forces, Sums& sums) const {
  Block field;
  const auto r = Chunk::view(field, chunk.size);
  gaussian_fields(chunk, t, order, r);
  if (by_parts_) forces.gaussian = field;
  add_memory(chunk, t, order, r);
  evaluate(chunk, t, r, forces, sums);
  if (t < steps_) choose_batch(chunk, t, forces);
}

// The second half: averages, and what each sample remembers of the step.
void Ensemble::remember(Chunk& chunk, int t, const Forces& forces, Sums& sums) const {
  for (std::size_t i = 0; i < chunk.size; ++i) {
    if (i + ahead < chunk.size) chunk.history->prefetch_tangents(i + ahead, chunk.window[i + ahead]);
    add_sample(chunk, i, t, forces, sums);
  }
  float* z = chunk.noise.data() + static_cast<std::size_t>(t) * chunk_size;
  for (std::size_t i = 0; i < chunk.size; ++i) z[i] = static_cast<float>(step_normals_[chunk.first + i]);
}

// Sums for integration by parts (dmft.E9, E13): only f - f0 meets the noise of all times, whose sampling error would
// otherwise add up in q over the steps.
void Ensemble::correlate_with_noise(const Chunk& chunk, int t, const FieldRegression& regression, double m,
                                    const Forces& forces, Sums& sums) const {
  Block residual{};
  for (std::size_t i = 0; i < chunk.size; ++i) {
    const double f = forces.mean[i] * forces.d1[i];
    residual[i] = regression.residual(chunk.y[i], forces.gaussian[i], f);
    const double omega = (forces.gaussian[i] - chunk.c[i] * m) / std::sqrt(noise_);
    sums.control_field += (f - residual[i]) * omega;
    sums.K[0] += residual[i] * chunk.start[i];
  }
  for (Eigen::Index v = 0; v < t; ++v) {
    const float* z = chunk.noise.data() + static_cast<std::size_t>(v) * chunk_size;
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < chunk_size; ++i) sum += residual[i] * static_cast<double>(z[i]);
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

}  // namespace sgdyn::dmft
