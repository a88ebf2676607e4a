// A problem, as its components and equations of state.
#pragma once

#include <memory>
#include <optional>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/least_loss.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/theory/replica/equations.hpp"
#include "sgdyn/theory/replica/margin_law.hpp"
#include "sgdyn/theory/replica/margin_moments.hpp"

namespace sgdyn::replica {

class System {
 public:
  /// `limit`, one-sided or single: in the limit of vanishing ridge with every margin where the loss is least
  /// (replica.E12). `steepness`: of the quadrature over the projections. `execution` may ask to stop.
  struct Options {
    std::optional<LeastLoss> limit{};
    Symmetry symmetry = Symmetry::used;
    double steepness = 1.0;
    bool from_anchor = false;  // the intercept is counted from where forces vanish, which it may be very near to
    const Execution* execution = nullptr;
  };

  /// Of a validated problem.
  System(const Problem& problem, const Options& options);
  ~System() = default;
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  [[nodiscard]] const Problem& problem() const { return problem_; }
  [[nodiscard]] const Equations& equations() const { return equations_; }
  /// The same equations with another ridge.
  [[nodiscard]] Equations with_ridge(double ridge) const;
  [[nodiscard]] const Loss& loss() const { return *loss_; }
  [[nodiscard]] const MarginLaw& law() const { return law_; }
  [[nodiscard]] const MarginMoments& moments() const { return moments_; }
  [[nodiscard]] double alpha() const { return problem_.data.alpha; }
  [[nodiscard]] double ridge() const { return problem_.loss.ridge; }
  [[nodiscard]] const std::optional<LeastLoss>& limit() const { return limit_; }
  /// Whether Options::from_anchor would count the intercept from elsewhere.
  [[nodiscard]] bool has_other_reference() const { return law_.has_intercept() && has_other_anchor_; }

 private:
  Problem problem_;
  std::shared_ptr<const Loss> loss_;
  bool has_other_anchor_;
  MarginLaw law_;
  std::optional<LeastLoss> limit_;
  MarginMoments moments_;
  Equations equations_;
};

}  // namespace sgdyn::replica
