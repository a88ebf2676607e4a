// Shifts that are not linear in 1/N must not be called a wrong theory, and linear ones must not excuse one: the looks
// described at compare() in validation/compare.hpp.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sgdyn/validation/compare.hpp"
#include "sgdyn/validation/finite_size.hpp"
#include "validation/tables.hpp"

namespace sgdyn {
namespace {

using made_up::curve;
using made_up::observables;
using made_up::three_sizes;

constexpr double error = 0.004;  // of the mean at each N

double none(double /*N*/) { return 0.0; }

// x(N) - x = amplitude (400/N)^2.
auto quadratic(double amplitude) {
  return [amplitude](double N) { return amplitude * (400.0 / N) * (400.0 / N); };
}

Observables theory_off_by(double gap, int steps, std::uint32_t id, double correlation = 0.9) {
  return observables({curve(4, steps, {.scale = 1e-5, .correlation = correlation}, id, gap)});
}

TEST(FiniteSize, QuadraticWeightsObeyTheirConditions) {  // lib/sim/extrapolate.hpp
  const std::vector<long> sizes{100, 200, 300, 800};
  const std::vector<int> runs{80, 30, 20, 10};
  const std::vector<double> w = quadratic_extrapolation_weights(sizes, runs);
  const std::vector<double> linear = extrapolation_weights(sizes, runs);
  double variance = 0.0;
  double linear_variance = 0.0;
  for (int power = 0; power < 3; ++power) {
    double sum = 0.0;
    for (std::size_t g = 0; g < w.size(); ++g) sum += w[g] * std::pow(100.0 / static_cast<double>(sizes[g]), power);
    EXPECT_NEAR(sum, power == 0 ? 1.0 : 0.0, 1e-12) << power;
  }
  for (std::size_t g = 0; g < w.size(); ++g) {
    variance += w[g] * w[g] / static_cast<double>(sizes[g] * runs[g]);
    linear_variance += linear[g] * linear[g] / static_cast<double>(sizes[g] * runs[g]);
  }
  EXPECT_GT(variance, linear_variance);
  const std::vector<double> three = quadratic_extrapolation_weights({100, 200, 400}, {4, 2, 1});  // no freedom left
  for (const auto& [got, expected] : {std::pair{three[0], 1.0 / 3.0}, {three[1], -2.0}, {three[2], 8.0 / 3.0}}) {
    EXPECT_NEAR(got, expected, 1e-12);
  }
  EXPECT_THROW((void)quadratic_extrapolation_weights({100, 200, 200}, {4, 2, 2}), std::invalid_argument);
  EXPECT_THROW((void)quadratic_extrapolation_weights({100, 200, 400}, {4, 2}), std::invalid_argument);
}

TEST(FiniteSize, ShiftsNotLinearInOneOverNAreInconclusive) {
  for (const double amplitude : {1.0 * error, 2.0 * error, 10.0 * error}) {
    const Comparison comparison = compare(theory_off_by(0.0, 30, 1), three_sizes(30, error, 2, quadratic(amplitude)));
    EXPECT_GT(std::fabs(comparison.summaries[0].worst_z), comparison.threshold) << "else nothing is tested";
    EXPECT_EQ(comparison.verdict, Verdict::inconclusive) << comparison;
    EXPECT_TRUE(comparison.summaries[0].finite_size_suspected);
    for (const char* part : {"finite size: overlap", "larger N than 400"}) {
      EXPECT_NE(comparison.reason.find(part), std::string::npos) << comparison.reason;
    }
    // A small curvature shows where the smallest N is left out, a large one in itself.
    const char* which = amplitude < 5.0 * error ? "not without N = 100" : "is not linear in 1/N";
    EXPECT_NE(comparison.reason.find(which), std::string::npos) << comparison.reason;
  }
}

TEST(FiniteSize, AWrongTheoryIsNotExcusedByShifts) {
  const Observables wrong = theory_off_by(15.0 * error, 30, 1);
  EXPECT_EQ(compare(wrong, three_sizes(30, error, 2, none)).verdict, Verdict::disagree);
  const auto linear = [](double N) { return 10.0 * error * 400.0 / N; };
  EXPECT_EQ(compare(wrong, three_sizes(30, error, 2, linear)).verdict, Verdict::disagree);
  // Not linear, but no 1/N^2 term explains a gap this large.
  const Comparison much =
      compare(theory_off_by(40.0 * error, 30, 1), three_sizes(30, error, 2, quadratic(10.0 * error)));
  EXPECT_EQ(much.verdict, Verdict::disagree) << much;
  EXPECT_FALSE(much.summaries[0].finite_size_suspected);
}

// One observable wrong, the other bent: the verdict is about the first, and names the second.
TEST(FiniteSize, EachObservableIsJudgedByItself) {
  std::vector<Observables> sizes = three_sizes(30, error, 2, none).sizes;
  const std::vector<Observables> bent = three_sizes(30, error, 3, quadratic(10.0 * error)).sizes;
  for (std::size_t g = 0; g < sizes.size(); ++g) sizes[g].series["norm"] = bent[g].at("overlap");
  Observables theory = theory_off_by(60.0 * error, 30, 1);
  theory.series["norm"] = theory_off_by(0.0, 30, 2).at("overlap");
  const Comparison comparison = compare(theory, extrapolate(sizes));
  EXPECT_EQ(comparison.verdict, Verdict::disagree) << comparison;
  for (const ObservableSummary& summary : comparison.summaries) {
    EXPECT_EQ(summary.finite_size_suspected, summary.observable == "norm") << comparison;
  }
  EXPECT_NE(comparison.reason.find("norm perhaps by finite size"), std::string::npos) << comparison.reason;
}

TEST(FiniteSize, TwoSizesCannotTellAndSaySo) {
  Observables truth = three_sizes(30, error, 2, none);
  truth.sizes.pop_back();
  const Comparison comparison = compare(theory_off_by(0.2, 30, 1), extrapolate(truth.sizes));
  EXPECT_EQ(comparison.verdict, Verdict::disagree);
  EXPECT_NE(comparison.reason.find("two N only"), std::string::npos) << comparison.reason;
}

TEST(FiniteSize, ExactPairsThatDifferAreWrongHoweverExtrapolated) {
  std::vector<Observables> sizes = three_sizes(5, error, 2, none).sizes;
  for (Observables& size : sizes) {
    Eigen::MatrixXd replicates = size.at("overlap").replicates;
    replicates.col(0).setConstant(0.2);
    size.series["overlap"] = Series::from_replicates(replicates);
  }
  Eigen::MatrixXd replicates = curve(4, 5, {.scale = 1e-5}, 1);
  replicates.col(0).setConstant(0.2001);
  EXPECT_EQ(compare(observables({replicates}), extrapolate(sizes)).verdict, Verdict::disagree);
}

// 400 tables of 30 correlated pairs whose shifts are linear: the count is binomial, four standard deviations of 1.1 %.
TEST(FiniteSizeSlow, LinearShiftsLackFitAtTheStatedLevel) {
  constexpr int tables = 400;
  int nonlinear = 0;
  for (std::uint32_t i = 0; i < tables; ++i) {
    const Observables theory = theory_off_by(0.3, 30, 40000 + i);  // its error does not enter
    const Observables truth = three_sizes(30, error, i, [](double N) { return 3.0 / N; });
    nonlinear +=
        look_again(theory, truth, common_columns(theory, truth), {.false_alarm = 0.05}, {}).nonlinear() ? 1 : 0;
  }
  RecordProperty("nonlinear", nonlinear);
  EXPECT_NEAR(nonlinear / static_cast<double>(tables), lack_of_fit_level, 0.044);
}

struct Rates {
  double linear_extrapolation = 0.0;  // beyond the threshold
  double disagree = 0.0;
};

Rates rates(int steps, double gap, double amplitude) {
  constexpr int tables = 200;
  Rates result;
  for (std::uint32_t i = 0; i < tables; ++i) {
    const Comparison one = compare(theory_off_by(gap, steps, 40000 + i, 0.0),
                                   three_sizes(steps, error, i, quadratic(amplitude), 0.0), {.false_alarm = 0.05});
    result.linear_extrapolation += std::fabs(one.p_value) < 0.05 ? 1.0 / tables : 0.0;
    result.disagree += one.verdict == Verdict::disagree ? 1.0 / tables : 0.0;
  }
  return result;
}

// The linear extrapolation alone calls nearly every table wrong; what is left is at most 20 % for one pair at a stated
// 5 % (the middle of the range, where no look is sure), less for more pairs or other sizes.
TEST(FiniteSizeSlow, QuadraticShiftsOfAnySizeHardlyRaiseTheRate) {
  for (const double amplitude : {1.5, 2.5, 4.0, 10.0}) {
    const Rates one = rates(1, 0.0, amplitude * error);
    EXPECT_GT(one.linear_extrapolation, 0.95) << amplitude;
    EXPECT_LT(one.disagree, 0.2 + 0.085) << amplitude;
    const Rates many = rates(20, 0.0, amplitude * error);
    EXPECT_GT(many.linear_extrapolation, 0.95) << amplitude;
    EXPECT_LT(many.disagree, 0.05 + 0.05) << amplitude;
  }
}

// A gap of 12 standard errors of the extrapolation (1.22 errors of one N), linear shifts.
TEST(FiniteSizeSlow, LinearShiftsKeepThePower) { EXPECT_GT(rates(20, 12.0 * 1.22 * error, 0.0).disagree, 0.97); }

}  // namespace
}  // namespace sgdyn
