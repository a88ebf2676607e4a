// The verdict: four outcomes, the stated false-alarm rate, and what it says about finite size.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/sim/extrapolate.hpp"
#include "sgdyn/validation/compare.hpp"
#include "validation/tables.hpp"

namespace sgdyn {
namespace {

using made_up::curve;
using made_up::observables;
using made_up::two_observables;

TEST(Compare, AgreesDisagreesOrCannotTell) {
  const Observables theory = two_observables(4, 30, {.scale = 1e-4}, 1);
  EXPECT_EQ(compare(theory, two_observables(64, 30, {.scale = 0.02}, 2)).verdict, Verdict::agree);
  const Comparison wrong = compare(theory, two_observables(64, 30, {.scale = 0.02}, 2, 0.03));
  EXPECT_EQ(wrong.verdict, Verdict::disagree);
  EXPECT_LT(wrong.p_value, 0.01);
  EXPECT_NE(wrong.reason.find("overlap"), std::string::npos);
  const Comparison wide = compare(theory, two_observables(16, 30, {.scale = 0.5}, 2));
  EXPECT_EQ(wide.verdict, Verdict::inconclusive);
  EXPECT_NE(wide.reason.find("resolution"), std::string::npos);
}

TEST(Compare, TheRateOfFalseAlarmsIsTheOneStated) {
  // 1000 tables of 60 correlated pairs at a stated 5 %: the count is binomial with standard deviation 0.7 %; 4 of
  // these.
  constexpr int tables = 1000;
  for (const int scramblings : {4, 32}) {
    int alarms = 0;
    for (std::uint32_t i = 0; i < tables; ++i) {
      // Theory error a third of the simulation's: few scramblings must not break the rate.
      const double theory_scale = 0.05 / 3.0 * std::sqrt(scramblings / 24.0);
      const Observables theory = two_observables(scramblings, 30, {.scale = theory_scale}, 10 + 2 * i);
      const Observables truth = two_observables(24, 30, {}, 11 + 2 * i);
      alarms += compare(theory, truth, {.false_alarm = 0.05}).verdict == Verdict::disagree ? 1 : 0;
    }
    EXPECT_NEAR(alarms / static_cast<double>(tables), 0.05, 0.028) << scramblings << " scramblings";
  }
}

TEST(Compare, FiniteSizeShiftIsExtrapolatedAndShown) {
  // x(N) = x + 20/N: at N = 400 a shift of 0.05, five times what the error bars allow.
  std::vector<Observables> sizes;
  std::uint32_t id = 1;
  for (const long N : {100L, 200L, 400L}) {
    const int runs = static_cast<int>(32 * 400 / N);
    sizes.push_back(two_observables(runs, 30, {.scale = 0.02 * std::sqrt(400.0 / static_cast<double>(N))}, ++id,
                                    20.0 / static_cast<double>(N), N));
  }
  const Observables theory = two_observables(4, 30, {.scale = 1e-4}, 1);
  EXPECT_EQ(compare(theory, sizes.back()).verdict, Verdict::disagree) << "one size: the shift is taken for an error";
  const Comparison extrapolated = compare(theory, extrapolate(sizes));
  EXPECT_EQ(extrapolated.verdict, Verdict::agree) << extrapolated;
  EXPECT_NEAR(extrapolated.summaries[0].finite_size_shift * extrapolated.summaries[0].largest_value, 0.05, 0.02);
  EXPECT_GT(extrapolated.summaries[0].finite_size_error, 0.0);
}

TEST(Compare, PairsOfZeroVarianceAreComparedExactly) {
  Eigen::MatrixXd truth = curve(16, 10, {.scale = 0.01}, 3);
  Eigen::MatrixXd theory = curve(4, 10, {.scale = 1e-4}, 4);
  truth.col(0).setConstant(0.2);
  theory.col(0).setConstant(0.2);
  EXPECT_EQ(compare(observables({theory}, 0), observables({truth}, 0)).pairs[0].z, 0.0);
  theory.col(0).setConstant(0.2001);
  const Comparison unequal = compare(observables({theory}, 0), observables({truth}, 0));
  EXPECT_EQ(unequal.verdict, Verdict::disagree);
  EXPECT_EQ(unequal.p_value, 0.0);
}

// Nothing happened in most runs, which says little about the mean of what rarely happens.
TEST(Compare, RareEventsAreInconclusive) {
  const Eigen::MatrixXd theory = curve(4, 10, {.scale = 1e-4}, 4);
  Eigen::MatrixXd truth = curve(16, 10, {.scale = 0.01}, 3);
  truth.col(4).setZero();
  truth(3, 4) = 2.0;
  const Comparison rare = compare(observables({theory}, 0), observables({truth}, 100));
  EXPECT_EQ(rare.verdict, Verdict::inconclusive) << rare;
  EXPECT_EQ(rare.pairs.size(), 9U);
  EXPECT_NE(rare.reason.find("most of the 16 runs give the same overlap at step 4"), std::string::npos) << rare.reason;
  // Another step that is plainly wrong is not excused by it.
  truth.col(8).array() += 0.5;
  EXPECT_EQ(compare(observables({theory}, 0), observables({truth}, 100)).verdict, Verdict::disagree);
}

// Symmetry keeps the overlap at zero: what it is small against is |w|/sqrt(N).
TEST(Compare, AnOverlapThatStaysZeroIsMeasuredByTheNorm) {
  const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(4, 10);
  Eigen::MatrixXd noise = curve(16, 10, {.scale = 0.01}, 5);
  noise.rowwise() -= curve(1, 10, {.scale = 0.0}, 5).row(0);
  const Eigen::MatrixXd norm = Eigen::MatrixXd::Constant(4, 10, 4.0);
  Eigen::MatrixXd measured_norm = curve(16, 10, {.scale = 0.01}, 6);
  measured_norm.rowwise() -= curve(1, 10, {.scale = 0.0}, 6).row(0);
  measured_norm.array() += 4.0;
  const Comparison comparison = compare(observables({zero, norm}, 0), observables({noise, measured_norm}, 100));
  EXPECT_EQ(comparison.verdict, Verdict::agree) << comparison;
  for (const ObservableSummary& summary : comparison.summaries) {
    EXPECT_NEAR(summary.largest_value, summary.observable == "overlap" ? 2.0 : 4.0, 0.02);
  }
}

TEST(Compare, AProportionIsNotResolvedBelowOneCount) {
  // Every simulated sample is classified correctly while the theory says 1 - 1e-6: not a contradiction with 64000
  // samples.
  Observables truth = observables({Eigen::MatrixXd::Constant(32, 5, 1.0)}, 1000);
  Observables theory = observables({Eigen::MatrixXd::Constant(4, 5, 1.0 - 1e-6)}, 0);
  truth.series = {{"training_accuracy", Series::from_counts(Eigen::MatrixXd::Constant(32, 5, 1.0), 2000)}};
  theory.series = {{"training_accuracy", Series::from_counts(Eigen::MatrixXd::Constant(4, 5, 1.0 - 1e-6), 4096)}};
  truth.samples_per_replicate = 2000;
  theory.samples_per_replicate = 4096;
  EXPECT_EQ(compare(theory, truth).verdict, Verdict::agree);
  theory.series["training_accuracy"] = Series::from_counts(Eigen::MatrixXd::Constant(4, 5, 0.99), 4096);
  EXPECT_EQ(compare(theory, truth).verdict, Verdict::disagree);
}

TEST(Compare, AnUnfinishedSideIsInconclusiveUnlessAlreadyWrong) {
  Observables theory = two_observables(4, 30, {.scale = 1e-4}, 1);
  Observables truth = two_observables(64, 30, {.scale = 0.02}, 2);
  truncate(theory, 12);
  theory.status = Status::interrupted;
  theory.message = "stopped";
  const Comparison partial = compare(theory, truth);
  EXPECT_EQ(partial.verdict, Verdict::inconclusive);
  EXPECT_EQ(partial.pairs.size(), 24U);
  theory = two_observables(4, 30, {.scale = 1e-4}, 1, 0.2);
  theory.status = Status::interrupted;
  EXPECT_EQ(compare(theory, truth).verdict, Verdict::disagree);
}

TEST(Compare, NothingInCommonIsInconclusive) {
  Observables theory = two_observables(4, 3, {}, 1);
  theory.steps = {100, 101, 102};
  const Comparison comparison = compare(theory, two_observables(16, 3, {}, 2));
  EXPECT_EQ(comparison.verdict, Verdict::inconclusive);
  EXPECT_TRUE(comparison.pairs.empty());
  std::ostringstream text;
  text << comparison;
  EXPECT_NE(text.str().find("inconclusive"), std::string::npos);
}

TEST(Compare, StopsWhenAsked) {
  const Observables theory = two_observables(4, 30, {.scale = 1e-4}, 1);
  const Observables truth = two_observables(64, 30, {.scale = 0.02}, 2, 0.03);
  const std::atomic<bool> stop{true};
  const Comparison stopped = compare(theory, truth, {}, {.stop_requested = &stop});
  EXPECT_EQ(stopped.verdict, Verdict::inconclusive);
  EXPECT_NE(stopped.reason.find("stopped"), std::string::npos);
  EXPECT_EQ(compare(theory, truth, {}, {.threads = 1}).p_value, compare(theory, truth, {}, {.threads = 3}).p_value);
}

TEST(Compare, RefusesAnImpossibleFalseAlarmRate) {
  const Observables x = two_observables(4, 3, {}, 1);
  for (const double rate : {0.0, 1.0, -0.1, 1e-9}) EXPECT_THROW((void)compare(x, x, {.false_alarm = rate}), InputError);
}

}  // namespace
}  // namespace sgdyn
