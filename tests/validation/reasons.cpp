// What the verdict says: the worst pair, and how much more computing would settle the question.
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "sgdyn/validation/compare.hpp"
#include "validation/tables.hpp"

namespace sgdyn {
namespace {

using made_up::curve;
using made_up::observables;
using made_up::two_observables;

double number_after(const std::string& text, const std::string& words) {
  std::smatch match;
  return std::regex_search(text, match, std::regex(words + "([0-9.]+)")) ? std::stod(match[1]) : -1.0;
}

TEST(Reasons, DisagreementNamesTheWorstPairAndItsGap) {
  Eigen::MatrixXd theory = curve(4, 30, {.scale = 1e-5}, 1);
  theory.col(17).array() += 0.1;
  const Observables truth = two_observables(64, 30, {.scale = 0.02}, 2);
  const Comparison one = compare(observables({theory, curve(4, 30, {.scale = 1e-5}, 3)}), truth);
  ASSERT_EQ(one.verdict, Verdict::disagree);
  EXPECT_EQ(number_after(one.reason, "overlap is off by [0-9.]+ % at step "), 17) << one.reason;
  EXPECT_NEAR(number_after(one.reason, "off by "), 100.0 * 0.1 / one.summaries[0].largest_value, 1.0) << one.reason;
  EXPECT_NEAR(number_after(one.reason, "threshold "), one.threshold, 0.06);
  EXPECT_EQ(one.reason.find("norm"), std::string::npos) << one.reason;
  const Comparison both = compare(observables({theory, theory}), truth);
  EXPECT_NE(both.reason.find(" too"), std::string::npos) << both.reason;
}

// Runs as many as advised: then the error bars are fine enough, with half as many they are not.
TEST(Reasons, TheNumberOfRunsAdvisedIsEnough) {
  const Observables theory = observables({curve(16, 30, {.scale = 1e-4}, 1)});
  const auto wide = [&theory](int runs) {
    return compare(theory, observables({curve(runs, 30, {.scale = 0.4}, 2)}, 1000));
  };
  const Comparison few = wide(16);
  ASSERT_EQ(few.verdict, Verdict::inconclusive);
  EXPECT_EQ(few.reason.find("replicates"), std::string::npos) << few.reason;
  const int advised = static_cast<int>(number_after(few.reason, "about "));
  EXPECT_EQ(number_after(few.reason, "N = 1000 .now "), 16) << few.reason;
  EXPECT_EQ(wide(advised + advised / 5).verdict, Verdict::agree) << few.reason;
  EXPECT_EQ(wide(advised / 4).verdict, Verdict::inconclusive) << few.reason;
}

TEST(Reasons, WhereTheTheoryDominatesItsSamplesAreAdvised) {
  const Observables truth = observables({curve(64, 30, {.scale = 1e-3}, 1)}, 1000);
  const auto wide = [&truth](long samples) {
    Observables theory = observables({curve(4, 30, {.scale = 2.0 / std::sqrt(samples)}, 2)});
    theory.producer = "dmft";
    theory.samples_per_replicate = samples / 4;
    return compare(theory, truth);
  };
  const Comparison few = wide(4096);
  ASSERT_EQ(few.verdict, Verdict::inconclusive);
  EXPECT_EQ(number_after(few.reason, "dmft samples .now "), 4096) << few.reason;
  EXPECT_EQ(few.reason.find("runs"), std::string::npos) << few.reason;
  const double advised = number_after(few.reason, "about ");
  EXPECT_EQ(wide(static_cast<long>(1.05 * advised)).verdict, Verdict::agree) << few.reason;
  // An upper limit: the threshold falls with the theory's share. It is not beside the point, though.
  EXPECT_EQ(wide(static_cast<long>(0.05 * advised)).verdict, Verdict::inconclusive) << few.reason;
  EXPECT_NE(few.reason.find("more scramblings than 4"), std::string::npos) << few.reason;
}

}  // namespace
}  // namespace sgdyn
