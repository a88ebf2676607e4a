#include "sgdyn/theory/replica/margin_law.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace sgdyn::replica {
namespace {

bool same_signal(const Part& a, const Part& b) { return a.signal == b.signal && a.variance == b.variance; }

// (y, c) -> (-y, -c) leaves the law alone.
bool symmetric(const std::vector<Part>& parts) {
  return std::all_of(parts.begin(), parts.end(), [&](const Part& part) {
    return std::any_of(parts.begin(), parts.end(), [&](const Part& other) {
      return same_signal(part, other) && part.label == -other.label && part.weight == other.weight;
    });
  });
}

std::vector<Part> without_labels(std::vector<Part> parts) {
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return a.signal != b.signal ? a.signal < b.signal : a.variance < b.variance;
  });
  std::vector<Part> merged;
  for (const Part& part : parts) {
    if (merged.empty() || !same_signal(merged.back(), part)) {
      merged.push_back(part);
      merged.back().label = 0.0;
    } else {
      merged.back().weight += part.weight;
    }
  }
  return merged;
}

}  // namespace

MarginLaw::MarginLaw(const DataModel& model, Intercept intercept, double noise, std::optional<double> anchor,
                     Symmetry symmetry, double steepness)
    : noise_(noise), exact_(model.projections_are_exact()) {
  for (const GaussianProjection& c : model.projections(steepness)) {
    parts_.push_back({.weight = c.weight, .label = c.label, .signal = c.label * c.mean, .variance = c.variance});
  }
  has_intercept_ = intercept == Intercept::optimal && (symmetry == Symmetry::ignored || !symmetric(parts_));
  if (!has_intercept_) parts_ = without_labels(std::move(parts_));
  double balance = 0.0;
  for (const Part& part : parts_) balance += part.weight * part.label;
  if (has_intercept_ && anchor) reference_ = balance < 0.0 ? -*anchor : *anchor;
}

double MarginLaw::deviation(const Part& part, const OrderParameters& at) const {
  return std::sqrt(part.variance * at.overlap * at.overlap + noise_ * at.q);
}

double MarginLaw::error(const OrderParameters& at) const {
  double total = 0.0;
  for (const Part& part : parts_) {
    const double h = mean(part, at);
    const double s = deviation(part, at);
    // h = 0 with certainty (w = 0) is decided arbitrarily.
    const double wrong = s > 0.0 ? 0.5 * std::erfc(h / s / std::numbers::sqrt2) : h > 0.0 ? 0.0 : h < 0.0 ? 1.0 : 0.5;
    total += part.weight * wrong;
  }
  return total;
}

}  // namespace sgdyn::replica
