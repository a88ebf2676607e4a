// Whether a hyperplane decides every sample of a data set correctly, by linear programming: an answer that owes nothing
// to the minimisation of a loss.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/sim/data_set.hpp"

namespace sgdyn {

/// Undecided: neither answer can be verified, on data at the border between both to rounding.
enum class Separable { no, yes, undecided, stopped };

/// Whether weights w (and an intercept B, if `optimal`) exist with y_mu (x_mu.w + B) > 0 for all mu. Solved is the
/// programme  min |sum_mu a_mu y_mu (x_mu, 1)|_1  over a >= 0, sum a = 1, with N + 1 (N + 2) rows: its value is the
/// largest margin that weights of components at most 1 in size reach (Farkas). The answer is verified on the data: by
/// weights with all margins positive, or by an `a` whose sum vanishes to rounding. `stopped` is asked again and again.
[[nodiscard]] Separable linearly_separable(
    const sim::DataSet& data, Intercept intercept, const std::function<bool()>& stopped = [] { return false; });

struct SeparableFraction {
  Estimate fraction;    ///< of the data sets that were decided
  int undecided = 0;    ///< all others
  std::string message;  ///< one sentence where there are some
};

/// The fraction of separable data sets among `instances` drawn at N = dimension, with the standard error of a binomial
/// count, to whose variance that of one count is added. Unavailable if stopped, or if fewer than two could be decided.
/// The same bits for any number of threads. @throws InputError for values out of range and too much memory.
[[nodiscard]] SeparableFraction separable_fraction(const DataSpec& data, Intercept intercept, long dimension,
                                                   int instances, std::uint64_t seed, const Execution& execution = {});

}  // namespace sgdyn
