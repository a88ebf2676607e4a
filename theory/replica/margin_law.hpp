// The law of the margin of a training sample before the proximal step: a mixture of Gaussians (replica.E5).
#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/data_model.hpp"

namespace sgdyn::replica {

/// One part of the law of (y, c), in terms of the signed projection y c.
struct Part {
  double weight = 0.0;
  double label = 0.0;     ///< y; 0 where the sign of the label does not matter (no intercept)
  double signal = 0.0;    ///< mean of y c
  double variance = 0.0;  ///< of c
};

/// The order parameters the equations are solved for.
struct OrderParameters {
  double proximal_width = 0.0;  ///< g = Delta V
  double overlap = 0.0;         ///< m
  double q = 0.0;               ///< |w_perp|^2/N
  double intercept = 0.0;       ///< B, from MarginLaw::reference() on
};

/// A sum, and that of the sizes of its terms, of which it is known to within rounding.
struct Slope {
  double value = 0.0;
  double terms = 0.0;
};

/// Whether the intercept is known to be zero where (y, c) and (-y, -c) have the same law, or solved for all the same.
enum class Symmetry { used, ignored };

/// All parts for one problem. Parts that differ by the sign of the label alone are one where the intercept is zero,
/// as it is when none is fitted, or when (y, c) and (-y, -c) have the same law.
class MarginLaw {
 public:
  /// `steepness`: see needed_steepness. `anchor`: a margin at which forces vanish or jump. Where an intercept is fitted
  /// the more frequent label may sit there within less than rounding of B, so that B is counted from there (reference).
  MarginLaw(const DataModel& model, Intercept intercept, double noise, std::optional<double> anchor,
            Symmetry symmetry = Symmetry::used, double steepness = 1.0);

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// Whether B is an unknown.
  [[nodiscard]] bool has_intercept() const { return has_intercept_; }
  [[nodiscard]] double noise() const { return noise_; }
  /// Whether the parts are the law itself, not the nodes of a quadrature.
  [[nodiscard]] bool exact() const { return exact_; }

  /// Where B is counted from: B = reference + OrderParameters::intercept.
  [[nodiscard]] double reference() const { return reference_; }
  /// Mean and standard deviation of the margin h of a part.
  [[nodiscard]] double mean(const Part& part, const OrderParameters& at) const {
    return part.signal * at.overlap + part.label * (reference_ + at.intercept);
  }
  /// `margin` minus the mean, of full precision where the reference makes the difference small.
  [[nodiscard]] double gap(double margin, const Part& part, const OrderParameters& at) const {
    return (margin - part.label * reference_) - (part.signal * at.overlap + part.label * at.intercept);
  }
  [[nodiscard]] double deviation(const Part& part, const OrderParameters& at) const {
    return std::sqrt(part.variance * at.overlap * at.overlap + noise_ * at.q);
  }
  /// The steepness of DataModel::projections() these order parameters need: m/sqrt(Delta q), as averages over xi are
  /// functions of c m/sqrt(Delta q). 0 where the parts are exact.
  [[nodiscard]] double needed_steepness(const OrderParameters& at) const {
    return exact_ ? 0.0 : std::fabs(at.overlap) / std::sqrt(noise_ * at.q);
  }
  /// P(h < margin): at margin 0 the error on a fresh sample.
  [[nodiscard]] double probability_below(double margin, const OrderParameters& at) const;
  /// How P(h < 0) moves with m, q and B, which change by those of `change`; the deviations must not be zero.
  [[nodiscard]] Slope error_slope(const OrderParameters& at, const OrderParameters& change) const;

 private:
  std::vector<Part> parts_;
  bool has_intercept_ = false;
  double reference_ = 0.0;
  double noise_;
  bool exact_;
};

}  // namespace sgdyn::replica
