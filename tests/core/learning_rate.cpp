// Learning rates: every schedule against values worked out by hand.
#include "sgdyn/core/learning_rate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "sgdyn/core/error.hpp"
#include "support/schedules.hpp"

namespace sgdyn {
namespace {

using testing_support::rate_table;
using testing_support::schedule;

TEST(LearningRate, ANumberIsTheConstantSchedule) {
  const LearningRate rate = 0.3;
  EXPECT_TRUE(rate.constant());
  EXPECT_EQ(rate.at(0), 0.3);
  EXPECT_EQ(rate.at(99999), 0.3);
  EXPECT_EQ(rate.largest(), 0.3);
  EXPECT_EQ(validated(rate, 10), rate);
}

TEST(LearningRate, StepsFallByAFactor) {
  const LearningRate rate = schedule("step", {{"initial", 0.8}, {"factor", 0.5}, {"every", 10.0}});
  EXPECT_FALSE(rate.constant());
  EXPECT_EQ(rate.at(0), 0.8);
  EXPECT_EQ(rate.at(9), 0.8);
  EXPECT_EQ(rate.at(10), 0.4);
  EXPECT_EQ(rate.at(39), 0.1);
  EXPECT_EQ(rate.at(40), 0.05);
  EXPECT_EQ(rate.largest(), 0.8);
}

TEST(LearningRate, InverseRootFallsByRootTwoAtTheOffset) {
  const LearningRate rate = schedule("inverse-sqrt", {{"initial", 0.6}, {"offset", 4.0}});
  EXPECT_EQ(rate.at(0), 0.6);
  EXPECT_DOUBLE_EQ(rate.at(4), 0.6 / std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(rate.at(12), 0.3);
  EXPECT_DOUBLE_EQ(rate.at(32), 0.2);
  EXPECT_EQ(rate.largest(), 0.6);
  EXPECT_EQ(validated(schedule("inverse-sqrt", {{"initial", 0.6}}), 10).parameters.at("offset"), 1.0);
}

TEST(LearningRate, CosineEndsAtTheFinalRateAndStaysThere) {
  const LearningRate falls = schedule("cosine", {{"initial", 0.5}, {"final", 0.1}, {"over", 12.0}});
  EXPECT_DOUBLE_EQ(falls.at(0), 0.5);
  EXPECT_NEAR(falls.at(4), 0.1 + 0.4 * 0.75, 1e-15);  // cos(pi/3) = 1/2
  EXPECT_NEAR(falls.at(6), 0.3, 1e-15);
  EXPECT_NEAR(falls.at(8), 0.1 + 0.4 * 0.25, 1e-15);
  EXPECT_DOUBLE_EQ(falls.at(12), 0.1);
  EXPECT_DOUBLE_EQ(falls.at(1000), 0.1);
  EXPECT_EQ(falls.largest(), 0.5);
  const LearningRate rises = schedule("cosine", {{"initial", 0.1}, {"final", 0.5}, {"over", 12.0}});
  EXPECT_NEAR(rises.at(6), 0.3, 1e-15);
  EXPECT_EQ(rises.largest(), 0.5);
}

TEST(LearningRate, CosineFallsOverTheWholeRunUnlessToldOtherwise) {
  const LearningRate rate = validated(schedule("cosine", {{"initial", 0.5}}), 40);
  EXPECT_EQ(rate.parameters, (Parameters{{"final", 0.0}, {"initial", 0.5}, {"over", 40.0}}));
  EXPECT_NEAR(rate.at(20), 0.25, 1e-15);
  EXPECT_GT(rate.at(39), 0.0);
  EXPECT_EQ(rate.at(40), 0.0);
}

TEST(LearningRate, ATableHoldsUntilItsNextStep) {
  const LearningRate rate = rate_table({0, 3, 7}, {0.1, 0.4, 0.2});
  EXPECT_EQ(rate.at(0), 0.1);
  EXPECT_EQ(rate.at(2), 0.1);
  EXPECT_EQ(rate.at(3), 0.4);
  EXPECT_EQ(rate.at(6), 0.4);
  EXPECT_EQ(rate.at(7), 0.2);
  EXPECT_EQ(rate.at(100000), 0.2);
  EXPECT_EQ(rate.largest(), 0.4);
  EXPECT_EQ(validated(rate, 8), rate);
}

TEST(LearningRate, EntriesOfATableThatNoStepReachesAreDropped) {
  const LearningRate rate = validated(rate_table({0, 3, 7}, {0.1, 0.2, 0.4}), 7);
  EXPECT_EQ(rate, rate_table({0, 3}, {0.1, 0.2}));
  EXPECT_EQ(rate.largest(), 0.2);
}

TEST(LearningRate, LargestIsTheLargestOfAllSteps) {
  for (const LearningRate& rate : testing_support::schedules()) {
    double largest = 0.0;
    for (int step = 0; step < 100; ++step) largest = std::max(largest, rate.at(step));
    EXPECT_EQ(rate.largest(), largest) << rate.schedule;
    EXPECT_EQ(validated(rate, 40), rate) << rate.schedule << ": nothing left to fill in";
  }
}

TEST(LearningRate, EveryScheduleIsDescribedAndFound) {
  std::set<std::string_view> names;
  for (const ScheduleInfo& info : learning_rate_schedules()) {
    EXPECT_EQ(info.formula.rfind("dt(k) = ", 0), 0U) << info.name;
    EXPECT_EQ(&find_schedule(std::string(info.name)), &info);
    names.insert(info.name);
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"constant", "step", "inverse-sqrt", "cosine", "table"}));
  for (const LearningRate& rate : testing_support::schedules()) names.erase(rate.schedule);
  EXPECT_EQ(names, (std::set<std::string_view>{"constant"})) << "schedules() of the tests lacks one";
}

std::string refusal(const LearningRate& rate, int steps) {
  try {
    (void)validated(rate, steps);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

// A rate of zero would be divided by.
TEST(LearningRate, MayFallButNotToZero) {
  EXPECT_EQ(
      refusal(schedule("step", {{"initial", 1.0}, {"factor", 0.1}, {"every", 1.0}}), 400),
      "algorithm.learning_rate: the schedule \"step\" falls to 0 at step 308 of 400; allowed is a rate above 0 at "
      "every step");
  EXPECT_EQ(refusal(schedule("step", {{"initial", 1.0}, {"factor", 0.1}, {"every", 1.0}}), 308), "accepted");
  EXPECT_EQ(
      refusal(schedule("cosine", {{"initial", 1.0}, {"over", 39.0}}), 40),
      "algorithm.learning_rate.final: 0 is reached after 39 of 40 steps, and nothing moves after that; allowed is "
      "0 < final, or a cosine over all steps");
  EXPECT_EQ(refusal(schedule("cosine", {{"initial", 1.0}, {"over", 40.0}}), 40), "accepted");
}

TEST(LearningRate, ParametersOfOthersAreRefused) {
  EXPECT_EQ(refusal(schedule("table", {{"initial", 0.1}}), 40),
            "algorithm.learning_rate.initial: does not apply to \"table\"");
  LearningRate mixed = schedule("step", {{"initial", 0.1}, {"factor", 0.5}, {"every", 3.0}});
  mixed.steps = {0};
  EXPECT_EQ(refusal(mixed, 40),
            "algorithm.learning_rate.steps: does not apply to the schedule \"step\"; it applies to \"table\"");
}

}  // namespace
}  // namespace sgdyn
