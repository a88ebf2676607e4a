// The replica-symmetric fixed point: what training by gradient flow ends at as N -> infinity, for convex losses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/core/status.hpp"
#include "sgdyn/theory/theory.hpp"

namespace sgdyn::replica {

/// Which limit a fixed point was taken in.
enum class Regime {
  ridge,         ///< ridge > 0, or a minimum that needs none
  max_margin,    ///< ridge -> 0+ of separable data: the smallest weights with every margin at least kappa
  zero_weights,  ///< w = 0 at every ridge: a kink of the loss holds all samples of the more frequent label
  interpolation  ///< ridge -> 0+ below one sample a weight: the smallest weights with every margin at the loss's
                 ///< minimum
};

/// The minimiser of eq. 1, per N as in eq. 6. Numbers mean something only where `status` is ok.
struct FixedPoint {
  Status status = Status::ok;
  std::string message;  ///< one sentence when status is not ok
  Regime regime = Regime::ridge;
  double overlap = 0.0;                    ///< m
  double norm = 0.0;                       ///< |w|^2/N = q + m^2
  double q = 0.0;                          ///< |w_perp|^2/N
  double response = 0.0;                   ///< V; infinite in the limits of ridge 0, zero where w = 0
  double proximal_width = 0.0;             ///< g = Delta V; likewise
  double ridge_times_response = 0.0;       ///< lambda V, in [0, 1]
  double intercept = 0.0;                  ///< B
  double objective = 0.0;                  ///< alpha E[l(u)] + lambda/2 norm
  double training_loss = 0.0;              ///< alpha E[l(u)]
  double training_accuracy = 0.0;          ///< P(u > 0)
  std::optional<double> support_fraction;  ///< P(u < kappa), where the loss has a margin
  double generalisation_error = 0.0;       ///< P(wrong) on a fresh sample
  /// 1 - alpha E[p^2] with p = 1 - du/dh: stable against replica symmetry breaking where positive. By replica.E1 it is
  /// lambda V + alpha E[p (1 - p)], and 0 <= p <= 1 for every convex loss (de Almeida and Thouless; replica.E13).
  /// Nothing where w = 0 at a kink, which has no derivative.
  std::optional<double> stability;
  double residual = 0.0;  ///< largest |residual| of replica.E1 to E4 relative to the largest term of its equation
  /// Relative error of `norm` where every equation is off by two roundings of its largest term.
  double rounding = 0.0;
  int iterations = 0;  ///< evaluations of the equations
};

/// "ridge", "max-margin", "zero-weights", "interpolation": the names in results.
[[nodiscard]] std::string_view to_string(Regime regime);

/// The assumption of this theory that a problem violates, in one sentence; nothing when it applies. The minimum itself
/// may still not be finite (a separable problem without ridge): solve() then says so.
[[nodiscard]] std::optional<std::string> violated(const Problem& problem);

/// Solves the equations of state to a relative residual of at most accepted_residual, or says why not. `near` is a
/// solution to begin from (of a similar problem, as in a sweep); the result does not depend on it but for rounding.
/// One thread; of `execution` the request to stop is read (Status::interrupted).
/// @throws InputError for an invalid problem, NotApplicable when violated() says so.
[[nodiscard]] FixedPoint solve(const Problem& problem, const FixedPoint* near = nullptr,
                               const Execution& execution = {});

/// The same as the record that comparisons and results take: series of one entry for what simulations give too,
/// everything else among its numbers.
[[nodiscard]] Observables to_observables(const FixedPoint& point, const Problem& problem);

[[nodiscard]] Theory theory();

}  // namespace sgdyn::replica
