#include "sgdyn/theory/replica/margin_law.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "sgdyn/numerics/block.hpp"
#include "sgdyn/numerics/normal.hpp"
#include "sgdyn/numerics/vector_math.hpp"

namespace sgdyn::replica {
namespace {

bool same_signal(const Part& a, const Part& b) { return a.signal == b.signal && a.variance == b.variance; }

// One part for all that differ by their labels alone, whose label is the sum of theirs, each with its weight: zero
// where (y, c) -> (-y, -c) leaves the law alone.
std::vector<Part> merged(std::vector<Part> parts) {
  const auto before = [](const Part& a, const Part& b) {
    return a.signal != b.signal ? a.signal < b.signal : a.variance < b.variance;
  };
  if (!std::is_sorted(parts.begin(), parts.end(), before)) std::stable_sort(parts.begin(), parts.end(), before);
  std::size_t count = 0;
  for (const Part& part : parts) {
    const double balance = part.weight * part.label;
    if (count > 0 && same_signal(parts[count - 1], part)) {
      parts[count - 1].weight += part.weight;
      parts[count - 1].label += balance;
    } else {
      parts[count] = part;
      parts[count++].label = balance;
    }
  }
  parts.resize(count);
  return parts;
}

}  // namespace

MarginLaw::MarginLaw(const DataModel& model, Intercept intercept, double noise, std::optional<double> anchor,
                     Symmetry symmetry, double steepness)
    : noise_(noise), exact_(model.projections_are_exact()) {
  const std::vector<GaussianProjection> projections = model.projections(steepness);
  parts_.reserve(projections.size());
  for (const GaussianProjection& c : projections) {
    parts_.push_back({.weight = c.weight, .label = c.label, .signal = c.label * c.mean, .variance = c.variance});
  }
  std::vector<Part> without_labels = merged(parts_);
  const bool symmetric =
      std::all_of(without_labels.begin(), without_labels.end(), [](const Part& part) { return part.label == 0.0; });
  has_intercept_ = intercept == Intercept::optimal && (symmetry == Symmetry::ignored || !symmetric);
  if (!has_intercept_) {
    parts_ = std::move(without_labels);
    for (Part& part : parts_) part.label = 0.0;
  }
  double balance = 0.0;
  for (const Part& part : parts_) balance += part.weight * part.label;
  if (has_intercept_ && anchor) reference_ = balance < 0.0 ? -*anchor : *anchor;
}

double MarginLaw::probability_below(double margin, const OrderParameters& at) const {
  Block t;
  double total = 0.0;
  for (std::size_t begin = 0; begin < parts_.size(); begin += block_size) {
    const std::size_t count = std::min(block_size, parts_.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      const Part& part = parts_[begin + i];
      const double above = -gap(margin, part, at);
      const double s = deviation(part, at);
      // What is certain but undecided (h = 0 where w = 0) is decided arbitrarily.
      t[i] = s > 0.0 || above != 0.0 ? above / s : 0.0;
    }
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) t[i] = 0.5 * std::erfc(t[i] / std::numbers::sqrt2);
    for (std::size_t i = 0; i < count; ++i) total += parts_[begin + i].weight * t[i];
  }
  return total;
}

Slope MarginLaw::error_slope(const OrderParameters& at, const OrderParameters& change) const {
  Slope total;
  for (const Part& part : parts_) {
    const double s = deviation(part, at);
    const double t = mean(part, at) / s;
    const double mean_change = part.signal * change.overlap + part.label * change.intercept;
    const double s_change = (part.variance * at.overlap * change.overlap + 0.5 * noise_ * change.q) / s;
    const double density = part.weight * normal_density(t) / s;
    total.value -= density * (mean_change - t * s_change);
    total.terms += density * (std::fabs(part.signal * change.overlap) + std::fabs(part.label * change.intercept) +
                              std::fabs(t * s_change));
  }
  return total;
}

}  // namespace sgdyn::replica
