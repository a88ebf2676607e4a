#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

#include "sgdyn/model/independent_sampling.hpp"

namespace sgdyn::sampling {

/// Sampling with replacement, bM draws a step: s counts the draws of a sample, Poisson of mean b.
class PoissonSgd : public IndependentSampling {
 public:
  static constexpr std::string_view name = "poisson-sgd";

  PoissonSgd(const Parameters& given, const LearningRate& /*learning_rate*/) : IndependentSampling(given) {}

  [[nodiscard]] double variance() const { return b_; }
  void conditional_moments(int /*step*/, std::span<const double> /*memory*/, std::span<double> first,
                           std::span<double> second) const {
    fill_moments(variance(), first, second);
  }
  void advance(int /*step*/, std::span<const double> u, std::span<double> /*memory*/, std::span<double> s) const {
    for (std::size_t i = 0; i < s.size(); ++i) s[i] = count(u[i]);
  }
  void draw_batch(int step, Stream& stream, std::span<double> memory, std::span<double> s) const {
    draw_independent_batch(*this, step, stream, memory, s);
  }

 private:
  // Inversion of the distribution function; at b <= 1 a handful of terms.
  [[nodiscard]] double count(double u) const {
    double term = std::exp(-b_);
    double below = term;
    double k = 0.0;
    while (u >= below && term > 0.0) {
      k += 1.0;
      term *= b_ / k;
      below += term;
    }
    return k;
  }
};

}  // namespace sgdyn::sampling
