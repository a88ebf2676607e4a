// The equations of state, their residuals and their derivatives.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/theory/replica/margin_law.hpp"
#include "sgdyn/theory/replica/margin_moments.hpp"
#include "sgdyn/theory/replica/moments.hpp"

namespace sgdyn::replica {

/// Up to four unknowns: (log g, m, log q, B), the last where an intercept is fitted. In the limit of ridge 0 with g
/// without bound the first is log theta, theta = lambda V (replica.E12).
using Unknowns = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 4, 1>;
using Slopes = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 4, 4>;

/// Where g grows without bound as the ridge goes to 0, it is the product of both that stays: lambda g = Delta theta.
enum class Limit { none, vanishing_ridge };

/// The residuals of replica.E1 to E4 at some order parameters, each with its largest term.
struct Residuals {
  Unknowns value;
  Unknowns largest_term;
  Slopes slope;  ///< d value / d unknown
  std::vector<Moments> moments;
  bool accurate = true;  ///< false where a quadrature fell short of its accuracy

  /// Largest |value| relative to its largest term.
  [[nodiscard]] double relative() const;
};

class Equations {
 public:
  /// All given must outlive this. `execution`, if any, may ask those who solve the equations to stop.
  Equations(const MarginLaw& law, const MarginMoments& moments, double alpha, double ridge, Limit limit = Limit::none,
            const Execution* execution = nullptr)
      : law_(law), moments_(moments), alpha_(alpha), ridge_(ridge), limit_(limit), execution_(execution) {}

  /// The same with averages of that precision.
  [[nodiscard]] Equations with(Precision precision) const {
    Equations copy = *this;
    copy.precision_ = precision;
    return copy;
  }
  [[nodiscard]] bool closed_form() const { return moments_.closed_form(); }
  [[nodiscard]] Eigen::Index count() const { return law_.has_intercept() ? 4 : 3; }
  [[nodiscard]] const MarginLaw& law() const { return law_; }
  [[nodiscard]] double alpha() const { return alpha_; }
  [[nodiscard]] double ridge() const { return ridge_; }
  [[nodiscard]] Limit limit() const { return limit_; }
  [[nodiscard]] const Execution* execution() const { return execution_; }
  [[nodiscard]] bool stopped() const { return execution_ != nullptr && execution_->stopped(); }

  /// Order parameters of unknowns; with Limit::vanishing_ridge `proximal_width` holds theta.
  [[nodiscard]] OrderParameters at(const Unknowns& x) const;
  [[nodiscard]] Unknowns unknowns(const OrderParameters& at) const;
  void evaluate(const Unknowns& x, Residuals& out) const;

 private:
  const MarginLaw& law_;
  const MarginMoments& moments_;
  double alpha_;
  double ridge_;
  Limit limit_;
  const Execution* execution_;
  Precision precision_ = Precision::full;
};

}  // namespace sgdyn::replica
