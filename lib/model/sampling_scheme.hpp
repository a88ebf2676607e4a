// Sampling schemes: the law of the minibatch indicators s_mu(t) of eq. 2, and their handle. Each file under
// lib/sampling gives the one-sample process (what the DMFT needs) and the joint draw of a whole batch (what the
// simulator needs); they differ only where samples are coupled, as in reshuffled epochs.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sgdyn/core/learning_rate.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/random/stream.hpp"

namespace sgdyn {

/// One class in its own file lib/sampling/<name>.hpp, constructed from its parameters and the learning rate.
/// `memory` holds one number per sample; the scheme alone gives it meaning. Steps are visited in order from 0.
template <class S>
concept SamplingComponent = std::constructible_from<S, const Parameters&, const LearningRate&> &&
    requires(const S scheme, int step, std::span<const double> in, std::span<double> out, Stream& stream) {
  { S::name } -> std::convertible_to<std::string_view>;
  { S::parameters() } -> std::convertible_to<std::span<const ParameterInfo>>;
  { scheme.uses_uniform(step) } -> std::same_as<bool>;  ///< false: s(step) needs no fresh random number
  // E[s(t) | past] and E[s(t)^2 | past] of the one-sample process, from the memory left by step t - 1.
  scheme.conditional_moments(step, in, out, out);
  // s(t) of independent samples from one uniform each (in), updating memory (first out).
  scheme.advance(step, in, out, out);
  // s(t) of all samples of one data set jointly, updating memory; words of the stream are the only randomness.
  scheme.draw_batch(step, stream, out, out);
  { scheme.mean() } -> std::same_as<double>;
  { scheme.variance() } -> std::same_as<double>;
  { scheme.autocovariance(step, step) } -> std::same_as<double>;  ///< of s(t), s(t + lag), lag >= 1
};

class SamplingScheme {
 public:
  virtual ~SamplingScheme() = default;

  [[nodiscard]] virtual bool uses_uniform(int step) const = 0;
  virtual void conditional_moments(int step, std::span<const double> memory, std::span<double> first,
                                   std::span<double> second) const = 0;
  virtual void advance(int step, std::span<const double> u, std::span<double> memory, std::span<double> s) const = 0;
  virtual void draw_batch(int step, Stream& stream, std::span<double> memory, std::span<double> s) const = 0;
  [[nodiscard]] virtual double mean() const = 0;
  [[nodiscard]] virtual double variance() const = 0;
  [[nodiscard]] virtual double autocovariance(int step, int lag) const = 0;
  [[nodiscard]] virtual std::string_view name() const = 0;
};

/// `learning_rate` is dt, which schemes with a continuous-time law need. @throws InputError for an unknown name (with
/// the nearest) or a bad parameter.
[[nodiscard]] std::shared_ptr<const SamplingScheme> make_sampling_scheme(const Component& component,
                                                                         const LearningRate& learning_rate);

/// True if s(t) and s(t + 1) are correlated for some t + 1 < steps. (Where a schedule changes dt, the first step does
/// not speak for all.)
[[nodiscard]] bool has_memory(const SamplingScheme& scheme, int steps);

/// The number of steps after which the autocovariance of s(from) has fallen by a factor e (for good: that of no scheme
/// grows with the lag); 1 without memory. At most `most`.
[[nodiscard]] int decorrelation_steps(const SamplingScheme& scheme, int from, int most);

/// The key `batch` every scheme but gradient descent has.
inline constexpr ParameterInfo batch_parameter{"batch", "b, fraction of the samples in a minibatch",
                                               Range{0.0, 1.0, true, false}, std::nullopt};

/// draw_batch for schemes whose samples are independent: one uniform each, then advance.
template <class S>
void draw_independent_batch(const S& scheme, int step, Stream& stream, std::span<double> memory, std::span<double> s) {
  std::vector<double> u(s.size(), 0.5);
  if (scheme.uses_uniform(step)) stream.uniforms(u);
  scheme.advance(step, u, memory, s);
}

}  // namespace sgdyn
