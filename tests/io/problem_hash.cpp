// The hash names a problem: equal for equal questions, different for different ones, the same for ever.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "io/random_problem.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "support/schedules.hpp"

namespace sgdyn {
namespace {

using testing_support::rate_table;
using testing_support::schedule;

Problem reference() {
  Problem problem;
  problem.data = {{"two-clusters", {{"fraction", 0.5}}}, 2.0, 0.5};
  problem.loss = {{"squared-hinge", {{"margin", 1.0}}}, 0.0};
  problem.algorithm = {{"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}}, 0.2, 300};
  return problem;
}

TEST(ProblemHash, IsStable) {
  // A stored number on purpose: directories of results are named after it, so no version may change it. It is FNV-1a
  // of "data=two-clusters\ndata.fraction=0.5\nalpha=2\n...\noverlap=0\n", computed independently.
  EXPECT_EQ(problem_hash(reference()), "26219eff15be35ef");
}

TEST(ProblemHash, OfAFormulaIsBlindToItsSpelling) {
  const auto hash = [](const std::string& formula) {
    Problem problem = reference();
    problem.loss.loss = {"formula", {}, {{"formula", formula}}};
    EXPECT_EQ(parse_problem_file(write_problem(problem), "a.toml").problem(), validated(problem)) << formula;
    return problem_hash(problem);
  };
  const std::string expected = hash("log(1+exp(-h))");
  EXPECT_EQ(expected,
            "2060aa021c50076d");  // a stored number, see above; the text is "loss.formula=log(+(1,exp(-(h))))"
  for (const char* same : {" log( 1.0 + exp( -h ) )", "ln((1)+exp(-(h)))", "log(1+\texp(\n-h))"}) {
    EXPECT_EQ(hash(same), expected) << same;
  }
  for (const char* other : {"log(1+exp(-2*h))", "log(exp(-h)+1)", "softplus(-h)"}) EXPECT_NE(hash(other), expected);
}

TEST(ProblemHash, IsBlindToDefaultsOrderAndSpelling) {
  const std::string shuffled = R"(
[algorithm]
steps = 300
persistence = 2
learning_rate = 0.20000000000000000
batch = 3e-1
name = "persistent-sgd"
[loss]
name = "squared-hinge"
[data]
noise = 0.5
alpha = 2
model = "two-clusters"
[initial]
overlap = -0.0
)";
  EXPECT_EQ(problem_hash(parse_problem_file(shuffled, "a.toml").problem()), problem_hash(reference()));
  EXPECT_EQ(problem_hash(parse_problem_file(write_problem(reference()), "b.toml").problem()),
            problem_hash(reference()));

  Problem without_defaults = reference();
  without_defaults.loss.loss.parameters.clear();
  without_defaults.data.model.parameters.clear();
  EXPECT_EQ(problem_hash(without_defaults), problem_hash(reference()));

  Problem every_step = reference();
  every_step.observables.times = reported_steps(every_step);
  EXPECT_EQ(problem_hash(every_step), problem_hash(reference()));
}

// What a version adds must leave the hashes of older problems alone (IsStable, above).
TEST(ProblemHash, IsBlindToTheDefaultsOfLaterKeys) {
  Problem problem = reference();
  problem.algorithm.momentum_kind = MomentumKind::nesterov;  // of no momentum
  EXPECT_EQ(problem_hash(problem), problem_hash(reference()));
  problem = reference();
  problem.algorithm.learning_rate = schedule("constant", {{"initial", 0.2}});
  EXPECT_EQ(problem_hash(problem), problem_hash(reference()));
  problem.algorithm.learning_rate = schedule("cosine", {{"initial", 0.2}});
  Problem spelt_out = reference();
  spelt_out.algorithm.learning_rate = schedule("cosine", {{"initial", 0.2}, {"final", 0.0}, {"over", 300.0}});
  EXPECT_EQ(problem_hash(problem), problem_hash(spelt_out));
}

TEST(ProblemHash, SeesEveryField) {
  const std::map<std::string, std::function<void(Problem&)>> changes{
      {"alpha", [](Problem& p) { p.data.alpha = 2.0000000000000004; }},
      {"noise", [](Problem& p) { p.data.noise = 0.25; }},
      {"fraction", [](Problem& p) { p.data.model.parameters["fraction"] = 0.3; }},
      {"loss",
       [](Problem& p) {
         p.loss.loss = {"hinge", {{"margin", 1.0}}};
       }},
      {"margin", [](Problem& p) { p.loss.loss.parameters["margin"] = 0.5; }},
      {"ridge", [](Problem& p) { p.loss.ridge = 1e-300; }},
      {"algorithm",
       [](Problem& p) {
         p.algorithm.sampling = {"sgd", {{"batch", 0.3}}};
       }},
      {"batch", [](Problem& p) { p.algorithm.sampling.parameters["batch"] = 0.4; }},
      {"persistence", [](Problem& p) { p.algorithm.sampling.parameters["persistence"] = 3.0; }},
      {"learning_rate", [](Problem& p) { p.algorithm.learning_rate = 0.1; }},
      {"steps schedule",
       [](Problem& p) {
         p.algorithm.learning_rate = schedule("step", {{"initial", 0.2}, {"factor", 0.5}, {"every", 10.0}});
       }},
      {"its factor",
       [](Problem& p) {
         p.algorithm.learning_rate = schedule("step", {{"initial", 0.2}, {"factor", 0.4}, {"every", 10.0}});
       }},
      {"inverse-sqrt",
       [](Problem& p) {
         p.algorithm.learning_rate = schedule("inverse-sqrt", {{"initial", 0.2}});
       }},
      {"cosine",
       [](Problem& p) {
         p.algorithm.learning_rate = schedule("cosine", {{"initial", 0.2}});
       }},
      {"table",
       [](Problem& p) {
         p.algorithm.learning_rate = rate_table({0, 5}, {0.2, 0.1});
       }},
      {"its steps",
       [](Problem& p) {
         p.algorithm.learning_rate = rate_table({0, 6}, {0.2, 0.1});
       }},
      {"its values",
       [](Problem& p) {
         p.algorithm.learning_rate = rate_table({0, 5}, {0.2, 0.3});
       }},
      {"heavy ball", [](Problem& p) { p.algorithm.momentum = 0.5; }},
      {"nesterov",
       [](Problem& p) {
         p.algorithm.momentum = 0.5;
         p.algorithm.momentum_kind = MomentumKind::nesterov;
       }},
      {"replicas", [](Problem& p) { p.observables.replicas = 2; }},
      {"response", [](Problem& p) { p.observables.response = {20}; }},
      {"other response",
       [](Problem& p) {
         p.observables.response = {0, 20};
       }},
      {"effective_temperature", [](Problem& p) { p.observables.effective_temperature = true; }},
      {"steps", [](Problem& p) { p.algorithm.steps = 301; }},
      {"variance", [](Problem& p) { p.initial.variance = 0.0; }},
      {"overlap", [](Problem& p) { p.initial.overlap = 0.5; }},
      {"times",
       [](Problem& p) {
         p.observables.times = {0, 300};
       }},
      {"other times",
       [](Problem& p) {
         p.observables.times = {0, 30};
       }},
  };
  std::map<std::string, std::string> seen{{problem_hash(reference()), "reference"}};
  for (const auto& [name, change] : changes) {
    Problem problem = reference();
    change(problem);
    const auto [other, fresh] = seen.emplace(problem_hash(problem), name);
    EXPECT_TRUE(fresh) << name << " and " << other->second << " share " << other->first;
  }
}

TEST(ProblemHash, IsSixteenHexadecimalDigitsAndSurvivesWriting) {
  testing_support::RandomProblem draw(7);
  std::map<std::string, Problem> seen;
  for (int trial = 0; trial < 500; ++trial) {
    const Problem problem = draw();
    const std::string hash = problem_hash(problem);
    ASSERT_EQ(hash.size(), 16U);
    ASSERT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos) << hash;
    ASSERT_EQ(problem_hash(parse_problem_file(write_problem(problem), "again.toml").problem()), hash);
    const auto [other, fresh] = seen.emplace(hash, problem);
    ASSERT_TRUE(fresh || other->second == problem) << "two problems share " << hash;
  }
}

}  // namespace
}  // namespace sgdyn
