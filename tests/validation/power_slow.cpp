// False alarms and power of the comparison on real simulations.
#include <gtest/gtest.h>

#include <string>

#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/validation/compare.hpp"
#include "support/logistic_sgd.hpp"

namespace sgdyn {
namespace {

using testing_support::logistic_sgd;

TEST(ComparePowerSlow, SimulationAgainstSimulationRaisesTheStatedRateOfAlarms) {
  // 600 tables at a stated 5 %: binomial standard deviation 0.9 %, four of these allowed.
  constexpr int tables = 600;
  const Problem p = logistic_sgd(20);
  int alarms = 0;
  for (int i = 0; i < tables; ++i) {
    const auto seed = static_cast<std::uint64_t>(i);
    const Observables a = simulate(p, {.dimension = 64, .runs = 12, .seed = 2 * seed});
    const Observables b = simulate(p, {.dimension = 64, .runs = 20, .seed = 2 * seed + 1});
    alarms += compare(a, b, {.false_alarm = 0.05}).verdict == Verdict::disagree ? 1 : 0;
  }
  RecordProperty("alarms", alarms);
  EXPECT_NEAR(alarms / static_cast<double>(tables), 0.05, 0.036);
}

// Everything the theory says multiplied by 1.02.
Observables inflated(Observables theory) {
  for (auto& [name, series] : theory.series) {
    if (!series.available()) continue;
    series.mean *= 1.02;
    series.standard_error *= 1.02;
    series.replicates *= 1.02;
  }
  return theory;
}

TEST(ComparePowerSlow, ATheoryWrongByTwoPerCentIsCaught) {  // at N = 1000, 200 runs
  Problem p = logistic_sgd(30);
  p.observables.times = {0, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30};
  const Observables theory = dmft::solve(p);
  const Observables truth = simulate(p, {.dimension = {250, 500, 1000}, .runs = 200});
  EXPECT_EQ(compare(theory, truth).verdict, Verdict::agree) << compare(theory, truth);
  const Comparison wrong = compare(inflated(theory), truth);
  EXPECT_EQ(wrong.verdict, Verdict::disagree) << wrong;
  // The overlap alone, wrong by 2 %, must do.
  Observables only_overlap = theory;
  only_overlap.series["overlap"] = inflated(theory).series["overlap"];
  EXPECT_EQ(compare(only_overlap, truth).verdict, Verdict::disagree) << compare(only_overlap, truth);
}

}  // namespace
}  // namespace sgdyn
