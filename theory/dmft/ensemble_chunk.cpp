// One step of one chunk: the fields of eq. 7, the forces, and what they add to the averages.
#include <algorithm>
#include <cmath>

#include "sgdyn/theory/dmft/chunk.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/field_regression.hpp"

namespace sgdyn::dmft {
namespace {

using Block = Ensemble::Block;

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

// c m + sqrt(Delta) omega of every copy, the Gaussian part of eq. 7, with omega = sum over modes of G zeta (dmft.E7,
// dmft.E14).
std::vector<Ensemble::Block> Ensemble::gaussian_fields(const Chunk& chunk, const FieldState& state) const {
  const double width = std::sqrt(noise_);
  std::vector<Block> fields(copies_);
  for (Block& r : fields) {
    for (std::size_t i = 0; i < chunk.size; ++i) r[i] = chunk.c[i] * state.m;
  }
  std::vector<float> g;
  for (std::size_t k = 0; k < copies_; ++k) {
    const std::size_t kind = std::min<std::size_t>(k, 1);
    const Eigen::RowVectorXd& G = state.noise[kind];
    g.resize(static_cast<std::size_t>(G.size()) - 1);
    for (std::size_t v = 0; v < g.size(); ++v) g[v] = static_cast<float>(G[static_cast<Eigen::Index>(v) + 1]);
    Block omega{};
    add_noise(g, static_cast<std::size_t>(state.noise_start[kind]), chunk.noise[k].data(), omega);
    for (std::size_t i = 0; i < chunk.size; ++i) omega[i] += G[0] * chunk.start[i];
    for (std::size_t a = 0; a < copies_; ++a) {
      const double weight = width * mode_weights_[a][k];
      for (std::size_t i = 0; i < chunk.size; ++i) fields[a][i] += weight * omega[i];
    }
  }
  return fields;
}

// What observables are made of, at the fields r.
void Ensemble::observe(const Chunk& chunk, std::span<const double> r, Sums& sums) const {
  Block h, value;
  data_->margin(Chunk::view(chunk.y, chunk.size), r, Chunk::view(h, chunk.size));
  loss_->value(Chunk::view(h, chunk.size), Chunk::view(value, chunk.size));
  sums.samples.add(Chunk::view(h, chunk.size), Chunk::view(value, chunk.size), loss_->margin());
}

// Lambda' = l' h', Lambda'' = l'' h'^2 + l' h'' at the fields r.
void Ensemble::evaluate(const Chunk& chunk, std::span<const double> r, Forces& forces) const {
  const std::size_t size = chunk.size;
  Block h, first, second;
  data_->margin(Chunk::view(chunk.y, size), r, Chunk::view(h, size));
  loss_->d1(Chunk::view(h, size), Chunk::view(forces.d1, size));
  loss_->d2(Chunk::view(h, size), Chunk::view(forces.d2, size));
  data_->margin_derivatives(Chunk::view(chunk.y, size), r, Chunk::view(first, size), Chunk::view(second, size));
  for (std::size_t i = 0; i < size; ++i) {
    forces.d2[i] = forces.d2[i] * first[i] * first[i] + forces.d1[i] * second[i];
    forces.d1[i] *= first[i];
  }
}

void Ensemble::choose_batch(Chunk& chunk, std::size_t copy, int t, Forces& forces) const {
  const std::size_t size = chunk.size;
  const auto memory = Chunk::view(chunk.copies[copy].memory, size);
  const auto s = Chunk::view(forces.s, size);
  sampling_->conditional_moments(t, memory, Chunk::view(forces.mean, size), Chunk::view(forces.square, size));
  sampling_->advance(t, std::span<const double>(step_uniforms_[copy]).subspan(chunk.first, size), memory, s);
  if (average_batch_) return;
  for (std::size_t i = 0; i < size; ++i) {
    forces.mean[i] = s[i];
    forces.square[i] = s[i] * s[i];
  }
}

// -Delta sum_u dt(u) R(t,u) s Lambda'(u), the memory of eq. 7, added to r.
void Ensemble::add_memory(const Chunk& chunk, const Copy& copy, const FieldState& state, std::span<double> r) {
  for (std::size_t i = 0; i < chunk.size; ++i) {
    for (const ActiveStep& active : copy.history->steps(i)) r[i] += state.memory[active.step] * active.force;
  }
}

// The same over the steps that matter, with the weights of the tangent on the way.
void Ensemble::add_memory_and_weights(Chunk& chunk, Copy& copy, const Step& step, std::span<double> r) {
  const double* coupling = step.gradient.memory.data();
  ActiveHistory& history = *copy.history;
  copy.weights.clear();
  for (std::size_t i = 0; i < chunk.size; ++i) {
    history.prefetch_steps(i + ahead);
    const std::size_t first = copy.window[i] = history.first_since(i, step.response_start);
    const auto past = history.steps(i);
    copy.weight_start[i] = copy.weights.size();
    copy.weights.resize(copy.weights.size() + history.row_length(i, first));
    float* weight = copy.weights.data() + copy.weight_start[i] + (first - history.origin(i, first));
    double memory = 0.0;
    for (const ActiveStep& active : past.subspan(first)) {
      const double response = coupling[active.step];
      memory += response * active.force;
      *weight++ = static_cast<float>(response) * active.stiffness;
    }
    r[i] += memory;
  }
}

// The first half of a step: what it exerts on each sample.
void Ensemble::act(Chunk& chunk, const Step& step, ChunkForces& forces, Sums& sums) const {
  if (step.looks_ahead) {
    std::vector<Block> fields = gaussian_fields(chunk, step.weights);
    for (std::size_t a = 0; a < copies_; ++a) {
      const auto r = Chunk::view(fields[a], chunk.size);
      add_memory(chunk, chunk.copies[a], step.weights, r);
      observe(chunk, r, sums);
    }
  }
  std::vector<Block> fields = gaussian_fields(chunk, step.gradient);
  for (std::size_t a = 0; a < copies_; ++a) {
    if (by_parts_) forces[a].gaussian = fields[a];
    act_on(chunk, a, step, Chunk::view(fields[a], chunk.size), forces[a], sums);
  }
}

void Ensemble::act_on(Chunk& chunk, std::size_t copy, const Step& step, std::span<double> r, Forces& forces,
                      Sums& sums) const {
  add_memory_and_weights(chunk, chunk.copies[copy], step, r);
  if (!step.looks_ahead) observe(chunk, r, sums);
  if (step.t == steps_) return;
  evaluate(chunk, r, forces);
  choose_batch(chunk, copy, step.t, forces);
}

// The second half: averages, and what each sample remembers of the step.
void Ensemble::remember(Chunk& chunk, int t, const ChunkForces& forces, Sums& sums) const {
  for (std::size_t i = 0; i < chunk.size; ++i) {
    for (std::size_t a = 0; a < chunk.copies.size(); ++a) {
      Copy& copy = chunk.copies[a];
      if (i + ahead < chunk.size) copy.history->prefetch_tangents(i + ahead, copy.window[i + ahead]);
      add_sample(copy, chunk.c[i], i, t, forces[a], sums);
    }
    add_to_kernels(chunk, i, t, forces, sums);
    for (std::size_t a = 0; a < chunk.copies.size(); ++a) remember_step(chunk.copies[a], i, t, forces[a]);
  }
  for (std::size_t k = 0; k < chunk.noise.size(); ++k) {
    float* z = chunk.noise[k].data() + static_cast<std::size_t>(t) * chunk_size;
    for (std::size_t i = 0; i < chunk.size; ++i) z[i] = static_cast<float>(step_normals_[k][chunk.first + i]);
  }
}

// Sums for integration by parts (dmft.E9, E13): only f - f0 meets the noise of all times, whose sampling error would
// otherwise add up in q over the steps.
void Ensemble::correlate_with_noise(const Chunk& chunk, int t, const FieldRegression& regression, double m,
                                    const ChunkForces& forces, Sums& sums) const {
  for (std::size_t k = 0; k < copies_; ++k) {
    Block residual{};  // the mode of f - f0
    for (std::size_t a = 0; a < forces.size(); ++a) {
      const double weight = mode_weights_[a][k];
      for (std::size_t i = 0; i < chunk.size; ++i) {
        const double f = forces[a].mean[i] * forces[a].d1[i];
        const double own = regression.residual(chunk.y[i], forces[a].gaussian[i], f);
        const double omega = (forces[a].gaussian[i] - chunk.c[i] * m) / std::sqrt(noise_);
        if (k == 0) sums.control_field += (f - own) * omega;
        residual[i] += weight * own;
      }
    }
    Eigen::VectorXd& KG = sums.modes[std::min<std::size_t>(k, 1)].KG;
    for (std::size_t i = 0; i < chunk.size; ++i) KG[0] += residual[i] * chunk.start[i];
    for (Eigen::Index v = 0; v < t; ++v) {
      const float* z = chunk.noise[k].data() + static_cast<std::size_t>(v) * chunk_size;
      double sum = 0.0;
#pragma omp simd reduction(+ : sum)
      for (std::size_t i = 0; i < chunk_size; ++i) sum += residual[i] * static_cast<double>(z[i]);
      KG[v + 1] += sum;
    }
  }
}

// Sample i of one copy in A and K.
void Ensemble::add_sample(Copy& copy, double c, std::size_t i, int t, const Forces& forces, Sums& sums) const {
  sums.A += forces.mean[i] * c * forces.d1[i];
  if (by_parts_) return;
  // dr(t)/dP(u) at the active u, needed where it is weighted now or will be continued later. (Averaging the minibatch
  // in the tangent's first-order part alone would be cheaper, but that part grows with the memory of the satisfiable
  // phase and drowns K in noise there.)
  const double weight = forces.mean[i] * forces.d2[i];
  const bool acts = forces.s[i] * forces.d1[i] != 0.0 || forces.s[i] * forces.d2[i] != 0.0;
  if (weight == 0.0 && !acts) return;
  const ActiveHistory& history = *copy.history;
  const std::size_t first = copy.window[i];
  copy.row.resize(history.row_length(i, first));
  history.combine(i, first, std::span(copy.weights).subspan(copy.weight_start[i], copy.row.size()), copy.row);
  const float* tangent = copy.row.data() + (first - history.origin(i, first));
  for (const ActiveStep& active : history.steps(i).subspan(first)) {
    sums.K[active.step] += weight * static_cast<double>(*tangent++);
  }
  sums.K[t] += weight;
}

// Sample i in M: the products of its forces in all pairs of copies. With F the sum of the forces of all copies the sum
// mode gets F(t) F(u)/copies, and all modes together the sum over copies of f(t) f(u).
void Ensemble::add_to_kernels(Chunk& chunk, std::size_t i, int t, const ChunkForces& forces, Sums& sums) const {
  const double share = 1.0 / static_cast<double>(copies_);
  double force = 0.0, mean = 0.0, variance = 0.0;
  for (const Forces& own : forces) {
    force += own.s[i] * own.d1[i];
    mean += own.mean[i] * own.d1[i];
    variance += (own.square[i] - own.mean[i] * own.mean[i]) * own.d1[i] * own.d1[i];
  }
  Sums::Mode& sum = sums.modes.front();
  sum.diagonal += share * (variance + mean * mean);
  if (force != 0.0) {
    for (const Copy& copy : chunk.copies) {
      for (const ActiveStep& active : copy.history->steps(i)) sum.M[active.step] += share * force * active.force;
    }
    sum.M[t] += share * force * force;
  }
  if (copies_ == 1) return;
  Sums::Mode& difference = sums.modes.back();
  difference.diagonal += variance * (1.0 - share);
  for (std::size_t a = 0; a < copies_; ++a) {
    const double own = forces[a].s[i] * forces[a].d1[i];
    const double own_mean = forces[a].mean[i] * forces[a].d1[i];
    const double apart = own - share * force;  // exactly zero where copies do the same
    difference.diagonal += (own_mean - share * mean) * own_mean;
    difference.M[t] += apart * own;
    if (apart == 0.0) continue;
    for (const ActiveStep& active : chunk.copies[a].history->steps(i)) {
      difference.M[active.step] += apart * active.force;
    }
  }
}

// Step t of sample i, if it acted on the weights.
void Ensemble::remember_step(Copy& copy, std::size_t i, int t, const Forces& forces) const {
  const double force = forces.s[i] * forces.d1[i];
  const double stiffness = forces.s[i] * forces.d2[i];
  if (force == 0.0 && stiffness == 0.0) return;
  copy.history->append(i, {.force = force, .stiffness = static_cast<float>(stiffness), .step = t}, copy.window[i],
                       copy.row);
}

}  // namespace sgdyn::dmft
