// The simulator with a loss written as a formula does what it does with the loss built in, on the same random numbers.
#include <gtest/gtest.h>

#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"
#include "support/formulas.hpp"

namespace sgdyn {
namespace {

class SimulatedFormula : public testing::TestWithParam<testing_support::BuiltIn> {};

TEST_P(SimulatedFormula, RunsTheSameTrajectories) {
  const auto run = [](const Component& loss) {
    return simulate(testing_support::small_problem(loss, testing_support::sgd(0.3), 20), {.dimension = 60, .runs = 4});
  };
  const Observables expected = run({GetParam().name, {}});
  const Observables actual = run(testing_support::formula_loss(GetParam().formula));
  ASSERT_EQ(actual.status, Status::ok);
  int compared = 0;
  for (const auto& [name, series] : expected.series) {
    ASSERT_EQ(actual.at(name).available(), series.available()) << name;
    if (!series.available()) continue;
    const double scale = series.mean.cwiseAbs().maxCoeff();
    EXPECT_LT((actual.at(name).mean - series.mean).cwiseAbs().maxCoeff(), 1e-12 * scale) << name;
    ++compared;
  }
  EXPECT_GE(compared, 5);
  const auto gap = actual.two_time.at("correlation").mean - expected.two_time.at("correlation").mean;
  EXPECT_LT(gap.cwiseAbs().maxCoeff(), 1e-12);
}

INSTANTIATE_TEST_SUITE_P(All, SimulatedFormula, testing::ValuesIn(testing_support::built_in_losses),
                         [](const auto& tested) {
                           return std::string(tested.param.name).substr(0, 7) == "squared"
                                      ? "squared_hinge"
                                      : std::string(tested.param.name);
                         });

}  // namespace
}  // namespace sgdyn
