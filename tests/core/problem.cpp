// The problem: defaults, checks that name the key, reported steps; and the errors themselves.
#include "sgdyn/core/problem.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "support/schedules.hpp"

namespace sgdyn {
namespace {

using testing_support::rate_table;
using testing_support::schedule;

Problem valid() {
  Problem problem;
  problem.data = {.model = {"two-clusters", {}}, .alpha = 2.0, .noise = 0.5};
  problem.loss = {.loss = {"hinge", {}}, .ridge = 0.1};
  problem.algorithm = {.sampling = {"sgd", {{"batch", 0.3}}}, .learning_rate = 0.2, .steps = 40};
  return problem;
}

TEST(Validated, FillsInEveryDefault) {
  const Problem problem = validated(valid());
  EXPECT_EQ(problem.data.model.parameters, (Parameters{{"fraction", 0.5}}));
  EXPECT_EQ(problem.loss.loss.parameters, (Parameters{{"margin", 1.0}}));
  EXPECT_EQ(problem.algorithm.sampling.parameters, (Parameters{{"batch", 0.3}}));
  EXPECT_EQ(problem.initial, (InitialSpec{.variance = 0.01, .overlap = 0.0}));
  EXPECT_EQ(validated(problem), problem);  // nothing left to fill in
}

TEST(Validated, RefusesNamingTheKey) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  struct Case {
    std::string key;
    std::function<void(Problem&)> spoil;
  };
  const std::vector<Case> cases{
      {"data.alpha", [](Problem& p) { p.data.alpha = 0.0; }},
      {"data.alpha", [](Problem& p) { p.data.alpha = nan; }},
      {"data.noise", [](Problem& p) { p.data.noise = -1.0; }},
      {"data.noise", [](Problem& p) { p.data.noise = 0.0; }},
      {"data.model", [](Problem& p) { p.data.model.name = "one-cluster"; }},
      {"data.fraction", [](Problem& p) { p.data.model.parameters["fraction"] = 1.0; }},
      {"data.margin", [](Problem& p) { p.data.model.parameters["margin"] = 1.0; }},
      {"loss.name", [](Problem& p) { p.loss.loss.name = "hing"; }},
      {"loss.margin", [](Problem& p) { p.loss.loss.parameters["margin"] = -1.0; }},
      {"loss.ridge", [](Problem& p) { p.loss.ridge = -0.1; }},
      {"loss.ridge", [](Problem& p) { p.loss.ridge = nan; }},
      {"algorithm.name", [](Problem& p) { p.algorithm.sampling.name = ""; }},
      {"algorithm.batch", [](Problem& p) { p.algorithm.sampling.parameters["batch"] = 1.2; }},
      {"algorithm.batch", [](Problem& p) { p.algorithm.sampling.parameters.clear(); }},
      {"algorithm.learning_rate", [](Problem& p) { p.algorithm.learning_rate = 0.0; }},
      {"algorithm.steps", [](Problem& p) { p.algorithm.steps = 0; }},
      {"algorithm.steps", [](Problem& p) { p.algorithm.steps = max_steps + 1; }},
      {"algorithm.persistence",
       [](Problem& p) {
         p.algorithm.sampling = {"persistent-sgd", {{"batch", 0.3}, {"persistence", 0.1}}};
       }},
      {"algorithm.persistence",  // the largest rate of a table decides
       [](Problem& p) {
         p.algorithm.sampling = {"persistent-sgd", {{"batch", 0.5}, {"persistence", 0.3}}};
         p.algorithm.learning_rate = rate_table({0, 5}, {0.1, 0.4});
       }},
      {"algorithm.momentum", [](Problem& p) { p.algorithm.momentum = 1.0; }},
      {"algorithm.momentum", [](Problem& p) { p.algorithm.momentum = -0.1; }},
      {"algorithm.momentum", [](Problem& p) { p.algorithm.momentum = nan; }},
      {"algorithm.learning_rate.schedule", [](Problem& p) { p.algorithm.learning_rate.schedule = "steps"; }},
      {"algorithm.learning_rate.factor",
       [](Problem& p) {
         p.algorithm.learning_rate = schedule("step", {{"initial", 0.2}, {"factor", 1.5}, {"every", 10.0}});
       }},
      {"algorithm.learning_rate.every",
       [](Problem& p) {
         p.algorithm.learning_rate = schedule("step", {{"initial", 0.2}, {"factor", 0.5}});
       }},
      {"algorithm.learning_rate.over",
       [](Problem& p) {
         p.algorithm.learning_rate = schedule("cosine", {{"initial", 0.2}, {"final", 0.1}, {"over", 10.5}});
       }},
      {"algorithm.learning_rate.final",
       [](Problem& p) {
         p.algorithm.learning_rate = schedule("cosine", {{"initial", 0.2}, {"over", 39.0}});
       }},
      {"algorithm.learning_rate.steps", [](Problem& p) { p.algorithm.learning_rate = rate_table({1}, {0.2}); }},
      {"algorithm.learning_rate.values",
       [](Problem& p) {
         p.algorithm.learning_rate = rate_table({0}, {0.2, 0.1});
       }},
      {"algorithm.learning_rate.values", [](Problem& p) { p.algorithm.learning_rate = rate_table({0}, {nan}); }},
      {"algorithm.learning_rate",  // 0.2 1e-20^k
       [](Problem& p) {
         p.algorithm.learning_rate = schedule("step", {{"initial", 0.2}, {"factor", 1e-20}, {"every", 1.0}});
       }},
      {"initial.variance", [](Problem& p) { p.initial.variance = -0.1; }},
      {"initial.overlap", [](Problem& p) { p.initial.overlap = std::numeric_limits<double>::infinity(); }},
      {"observables.times",
       [](Problem& p) {
         p.observables.times = {0, 10, 10};
       }},
      {"observables.times",
       [](Problem& p) {
         p.observables.times = {-1, 3};
       }},
      {"observables.times",
       [](Problem& p) {
         p.observables.times = {0, 41};
       }},
      {"observables.response",
       [](Problem& p) { p.observables.response = {40}; }},  // the last kick is at the last update
      {"observables.response",
       [](Problem& p) {
         p.observables.response = {5, 5};
       }},
      {"observables.replicas", [](Problem& p) { p.observables.replicas = 3; }},
      {"observables.replicas", [](Problem& p) { p.observables.replicas = 0; }},
  };
  for (const Case& c : cases) {
    Problem problem = valid();
    c.spoil(problem);
    try {
      (void)validated(problem);
      ADD_FAILURE() << "accepted a bad " << c.key;
    } catch (const InputError& error) {
      EXPECT_EQ(error.key(), c.key) << error.what();
      EXPECT_NE(error.message().find(error.key() == "data.margin" ? "does not apply" : "allowed is"), std::string::npos)
          << error.what();
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
}

TEST(Problem, EdgesOfTheAllowedRangesAreAccepted) {
  Problem problem = valid();
  problem.algorithm.steps = max_steps;
  problem.algorithm.sampling.parameters["batch"] = 1.0;
  problem.loss.ridge = 0.0;
  problem.initial.variance = 0.0;
  problem.observables.times = {0, max_steps};
  problem.observables.response = {0, max_steps - 1};
  problem.observables.replicas = 2;
  problem.algorithm.momentum = std::nextafter(1.0, 0.0);
  problem.algorithm.learning_rate =
      schedule("cosine", {{"initial", 0.2}, {"final", 0.0}, {"over", static_cast<double>(max_steps)}});
  EXPECT_NO_THROW((void)validated(problem));
  problem.algorithm.learning_rate = schedule("step", {{"initial", 0.2}, {"factor", 1.0}, {"every", 1.0}});
  EXPECT_NO_THROW((void)validated(problem));
}

TEST(Problem, ReportsEveryStepUnlessToldOtherwise) {
  Problem problem = valid();
  problem.algorithm.steps = 3;
  EXPECT_EQ(reported_steps(problem), (std::vector<int>{0, 1, 2, 3}));
  problem.observables.times = {0, 3};
  EXPECT_EQ(reported_steps(problem), (std::vector<int>{0, 3}));
}

TEST(Problem, TimeIsTheSumOfTheLearningRates) {
  Problem problem = valid();
  EXPECT_EQ(elapsed_times(problem, {0, 3, 40}), (std::vector<double>{0.0, 3 * 0.2, 40 * 0.2}));
  problem.algorithm.learning_rate = rate_table({0, 2, 5}, {0.5, 0.25, 2.0});
  EXPECT_EQ(elapsed_times(problem, {0, 1, 2, 4, 5, 7}), (std::vector<double>{0.0, 0.5, 1.0, 1.5, 1.75, 5.75}));
  EXPECT_EQ(elapsed_times(problem, {7}), (std::vector<double>{5.75}));
}

TEST(Problem, SampleCountHasMeanAlphaN) {
  Problem problem = valid();
  for (const double u : {1e-9, 0.5, 1.0 - 1e-9}) EXPECT_EQ(sample_count(problem, 1000, u), 2000);
  problem.data.alpha = 0.55;
  EXPECT_EQ(largest_sample_count(problem, 25), 14);
  double sum = 0.0;
  for (int i = 0; i < 1000; ++i) sum += static_cast<double>(sample_count(problem, 25, (i + 0.5) / 1000.0));
  EXPECT_NEAR(sum / 1000.0, 13.75, 1e-12);
  problem.data.alpha = 0.1;  // 0.1 * 30 = 3.0000000000000004
  EXPECT_EQ(largest_sample_count(problem, 30), 3);
  EXPECT_EQ(sample_count(problem, 30, 1.0 - 1e-17), 3);
}

TEST(InputError, PlaceKeyAndSentence) {
  const InputError error("algorithm.batch", "1.2 is out of range");
  EXPECT_STREQ(error.what(), "algorithm.batch: 1.2 is out of range");
  EXPECT_FALSE(error.placed());
  const InputError placed = error.at("problem.toml:7");
  EXPECT_STREQ(placed.what(), "problem.toml:7: algorithm.batch: 1.2 is out of range");
  EXPECT_TRUE(placed.placed());
  EXPECT_EQ(placed.key(), "algorithm.batch");
  EXPECT_EQ(placed.message(), "1.2 is out of range");
  EXPECT_STREQ(InputError("", "the file is empty").what(), "the file is empty");
  EXPECT_STREQ(InputError("", "the file is empty").at("a.toml").what(), "a.toml: the file is empty");
}

TEST(NotApplicable, NamesTheTheoryAndTheAssumption) {
  const NotApplicable error("dmft", "the second moment of s is infinite");
  EXPECT_EQ(error.reason(), "the second moment of s is infinite");
  EXPECT_STREQ(error.what(), "dmft does not apply: the second moment of s is infinite");
}

}  // namespace
}  // namespace sgdyn
