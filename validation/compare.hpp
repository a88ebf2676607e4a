// The one room where theory and simulation meet: a verdict with a stated false-alarm rate.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/observables.hpp"

namespace sgdyn {

class OptionTable;

enum class Verdict { agree, disagree, inconclusive, not_applicable };

[[nodiscard]] std::string_view to_string(Verdict verdict);

struct ComparisonOptions {
  double false_alarm = 0.01;  ///< probability that a correct theory is called wrong, for the whole table of pairs
  double resolution = 0.05;   ///< half-widths above this fraction of an observable's largest value are inconclusive
  std::uint64_t seed = 1;     ///< of the resampling that calibrates the threshold
};

/// Reads the [comparison] table. @throws InputError.
[[nodiscard]] ComparisonOptions read_comparison_options(OptionTable& table);

/// One (observable, step) pair.
struct Pair {
  std::string observable;
  int step = 0;
  double theory = 0, theory_stderr = 0;
  double simulation = 0, simulation_stderr = 0;  ///< extrapolated to N -> infinity where several sizes were run
  double z = 0;                                  ///< (theory - simulation) / combined standard error
  double relative_gap = 0;                       ///< (theory - simulation) / the observable's largest value over time
};

/// One observable over all its steps.
struct ObservableSummary {
  std::string observable;
  /// Of |simulation| over time, the scale of every relative figure; of an overlap or intercept that theory has exactly
  /// zero, of |w|/sqrt(N).
  double largest_value = 0;
  double worst_z = 0;
  int worst_step = 0;
  double largest_gap = 0;         ///< relative, over time
  double largest_half_width = 0;  ///< corrected for multiple testing, relative
  double finite_size_shift = 0;   ///< largest |x(N) - x(infinity)| at the largest N, relative; 0 if one size was run
  double finite_size_error = 0;   ///< its standard error, relative
  bool finite_size_suspected = false;  ///< beyond the threshold, but not however the sizes are extrapolated
  Verdict verdict = Verdict::inconclusive;
};

struct Comparison {
  Verdict verdict = Verdict::inconclusive;
  bool of_minimiser = false;  ///< no time belongs to the pairs: their steps mean nothing
  std::string reason;         ///< one sentence
  double false_alarm = 0;     ///< as asked
  double resolution = 0;      ///< as asked
  double threshold = 0;       ///< |z| beyond which the whole table is called wrong
  double p_value = 1;         ///< of the largest |z| of the table under agreement
  std::vector<Pair> pairs;    ///< by observable, then step
  std::vector<ObservableSummary> summaries;
};

/// Compares on all pairs both sides report; responses only while they exceed a thousandth of the kick.
///
/// *disagree*: some |z| exceeds the threshold that the largest |z| of a table of a correct theory exceeds with
/// probability `false_alarm`. That takes finite-size shifts for linear in 1/N. With three sizes or more the pair must
/// therefore also be off, on the same side and beyond a threshold recalibrated at the same rate,
///   - without the smallest N, and
///   - if the shifts are not linear in 1/N, with a term 1/N^2 allowed. They are not if the contrast of the sizes
///     orthogonal to a constant and to 1/N is beyond what its largest |z| over all pairs exceeds with probability 5 %.
///
/// If no pair passes, the verdict is *inconclusive* ("finite size: ..."). All of this can only take a disagreement
/// back, so the false-alarm rate stays. With shifts in 1/N^2 of any size it hardly rises: one of the looks sees those
/// that mislead the others (known Gaussian errors at a stated 1 %: a single pair is called wrong in at most 11 % of
/// tables, 20 independent pairs in 3 %, where the linear extrapolation alone is wrong in all). Slower shifts, like
/// N^(-1/2), look linear over a factor of 4 in N and are not excluded. The price: with N/4, N/2, N equally well known
/// the error without the smallest is 1.8 times larger, so a single pair of a wrong theory with linear shifts needs |z|
/// of about 1.8 thresholds to be called wrong, and in one of twenty such tables about 2.7.
///
/// `execution` says how many threads calibrate, which changes no number; if stopped the verdict is *inconclusive*.
[[nodiscard]] Comparison compare(const Observables& theory, const Observables& simulation,
                                 const ComparisonOptions& options = {}, const Execution& execution = {});

/// The verdict, its reason and an aligned table, one line an observable.
std::ostream& operator<<(std::ostream& out, const Comparison& comparison);

}  // namespace sgdyn
