#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/model/sampling_scheme.hpp"

namespace sgdyn::sampling {

/// Reshuffled epochs: every sample is used once in each epoch of m = 1/b steps. Seen from one sample its step is
/// uniform in the epoch; a data set is cut into m disjoint minibatches whose sizes differ by at most one. The memory of
/// a sample is its step within the current epoch.
class ReshuffledSgd {
 public:
  static constexpr std::string_view name = "reshuffled-sgd";
  static std::span<const ParameterInfo> parameters() {
    static constexpr std::array<ParameterInfo, 1> declared{batch_parameter};
    return declared;
  }

  ReshuffledSgd(const Parameters& given, const LearningRate& /*learning_rate*/)
      : epoch_(static_cast<int>(std::lround(std::min(1.0 / given.at("batch"), 1e9)))) {
    const double b = given.at("batch");
    if (std::fabs(b * epoch_ - 1.0) > 1e-9) {
      throw InputError("algorithm.batch", shortest(b) +
                                              " does not divide an epoch; allowed is 1/m with m an integer, " +
                                              "nearest 1/" + std::to_string(epoch_) + " = " + shortest(1.0 / epoch_));
    }
  }

  [[nodiscard]] bool uses_uniform(int step) const { return step % epoch_ == 0 && epoch_ > 1; }
  void conditional_moments(int step, std::span<const double> memory, std::span<double> first,
                           std::span<double> second) const {
    const int position = step % epoch_;
    const double fresh = 1.0 / static_cast<double>(epoch_ - position);
    for (std::size_t i = 0; i < first.size(); ++i) {
      const bool used = position > 0 && memory[i] < position;
      first[i] = used ? 0.0 : fresh;
      second[i] = first[i];
    }
  }
  void advance(int step, std::span<const double> u, std::span<double> memory, std::span<double> s) const {
    const int position = step % epoch_;
    for (std::size_t i = 0; i < s.size(); ++i) {
      if (position == 0) memory[i] = std::floor(u[i] * epoch_);
      s[i] = memory[i] == position || epoch_ == 1 ? 1.0 : 0.0;
    }
  }
  void draw_batch(int step, Stream& stream, std::span<double> memory, std::span<double> s) const {
    const int position = step % epoch_;
    if (position == 0) partition(stream, memory);
    for (std::size_t i = 0; i < s.size(); ++i) s[i] = memory[i] == position ? 1.0 : 0.0;
  }
  [[nodiscard]] double mean() const { return 1.0 / epoch_; }
  [[nodiscard]] double variance() const { return mean() * (1.0 - mean()); }
  /// -b^2 within an epoch, 0 across epochs.
  [[nodiscard]] double autocovariance(int step, int lag) const {
    return step % epoch_ + lag < epoch_ ? -mean() * mean() : 0.0;
  }

 private:
  // A uniformly random order of the samples (Fisher and Yates), cut into m runs. Where m does not divide their number
  // the cuts are shifted at random, so that every minibatch has b M samples on average and all sizes differ by at most
  // one.
  void partition(Stream& stream, std::span<double> memory) const {
    const std::size_t count = memory.size();
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> u(count);
    stream.uniforms(u);
    for (std::size_t i = count; i > 1; --i) {
      const auto j = static_cast<std::size_t>(u[i - 1] * static_cast<double>(i));
      std::swap(order[i - 1], order[j]);
    }
    const double shift = count > 0 ? u[0] : 0.0;  // not used by the loop above
    const double per_sample = static_cast<double>(epoch_) / static_cast<double>(count);
    for (std::size_t i = 0; i < count; ++i) {
      const double batch = std::floor((static_cast<double>(i) + shift) * per_sample);
      memory[order[i]] = std::min(batch, static_cast<double>(epoch_ - 1));
    }
  }

  int epoch_;  // m, steps in an epoch
};

}  // namespace sgdyn::sampling
