// The theory with a loss written as a formula gives what it gives with the loss built in.
#include <gtest/gtest.h>

#include "sgdyn/theory/dmft/dmft.hpp"
#include "support/formulas.hpp"
#include "support/logistic_sgd.hpp"

namespace sgdyn {
namespace {

class DmftFormula : public testing::TestWithParam<testing_support::BuiltIn> {};

TEST_P(DmftFormula, SolvesTheSameProblem) {
  Problem problem = testing_support::logistic_sgd(20);
  problem.loss.loss = {GetParam().name, {}};
  const dmft::Options options{.samples = 1024};
  const Observables expected = dmft::solve(problem, options);
  problem.loss.loss = testing_support::formula_loss(GetParam().formula);
  const Observables actual = dmft::solve(problem, options);
  ASSERT_EQ(actual.status, expected.status);
  int compared = 0;
  for (const auto& [name, series] : expected.series) {
    ASSERT_EQ(actual.at(name).available(), series.available()) << name;
    if (!series.available()) continue;
    const double scale = series.mean.cwiseAbs().maxCoeff();
    EXPECT_LT((actual.at(name).mean - series.mean).cwiseAbs().maxCoeff(), 1e-12 * scale + 1e-15) << name;
    ++compared;
  }
  EXPECT_GE(compared, 5);
  for (const char* name : {"correlation", "response"}) {
    EXPECT_EQ(actual.two_time.count(name), expected.two_time.count(name)) << name;
    if (!expected.two_time.contains(name)) continue;
    const auto gap = actual.two_time.at(name).mean - expected.two_time.at(name).mean;
    EXPECT_LT(gap.cwiseAbs().maxCoeff(), 1e-12) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, DmftFormula, testing::ValuesIn(testing_support::built_in_losses), [](const auto& tested) {
  return std::string(tested.param.name).substr(0, 7) == "squared" ? "squared_hinge" : std::string(tested.param.name);
});

TEST(DmftFormulas, ANonconvexLossIsSolved) {
  Problem problem = testing_support::logistic_sgd(20);
  problem.loss.loss = testing_support::formula_loss("1/(1+exp(h))");
  const Observables result = dmft::solve(problem, {.samples = 1024});
  EXPECT_EQ(result.status, Status::ok);
  EXPECT_GT(result.at("overlap").mean[20], 0.0);  // it learns
}

}  // namespace
}  // namespace sgdyn
