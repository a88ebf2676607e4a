#include "sgdyn/theory/replica/margin_law.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sgdyn/numerics/normal.hpp"

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
    const double wrong = s > 0.0 ? normal_tail(h / s) : h > 0.0 ? 0.0 : h < 0.0 ? 1.0 : 0.5;
    total += part.weight * wrong;
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
