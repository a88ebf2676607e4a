// Dynamical mean-field theory of eq. 2 as N -> infinity at fixed alpha, exact at finite learning rate: one causal pass,
// nothing iterated. Equations and tags: theory/dmft/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/theory/theory.hpp"

namespace sgdyn::dmft {

/// How the random numbers of the single-sample process are drawn, from worst to best (work-precision: bench/).
enum class Draws { independent, whitened, sobol };

struct Options {
  long samples = 16384;  ///< draws in all, over all scramblings; powers of two suit Sobol points best
  int scramblings = 4;   ///< independent solutions whose scatter gives the standard errors
  std::uint64_t seed = 1;
  Draws draws = Draws::sobol;
  bool average_batch = true;  ///< average the current minibatch indicator exactly (dmft.E10)
};

/// Reads the [dmft] table. @throws InputError.
[[nodiscard]] Options read_options(OptionTable& table);

/// Solves eqs. 7 and 8 and reports every observable of the catalogue, and as two-time functions "correlation" C(t,t')
/// and "response" R(t,t'). `replicates` hold one row a scrambling.
/// Status overflow when the dynamics diverges: the steps before are kept.
/// @throws NotApplicable, InputError.
[[nodiscard]] Observables solve(const Problem& problem, const Options& options = {}, const Execution& execution = {});

[[nodiscard]] Theory theory();

}  // namespace sgdyn::dmft
