// Problem files that ask about the minimiser, or about the separability of the data: which tables they need.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "support/problem_text.hpp"

namespace sgdyn {
namespace {

const std::string data = "[data]\nmodel = \"two-clusters\"\nalpha = 2.0\nnoise = 0.5\n";
const std::string loss = "[loss]\nname = \"logistic\"\nridge = 0.25\n";
const std::string algorithm = "[algorithm]\nname = \"gd\"\nlearning_rate = 0.2\nsteps = 300\n";

Problem asked(const std::string& text, Question question, const std::vector<std::string>& settings = {}) {
  return parse_problem_file(text, "test.toml", settings, {}, question).problem();
}

std::string refusal(const std::string& text, Question question, const std::vector<std::string>& settings = {}) {
  try {
    (void)asked(text, question, settings);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Question, OfTheMinimiserNeedsNoAlgorithm) {
  const Problem problem = asked(data + loss, Question::minimiser);
  EXPECT_EQ(problem.question, Question::minimiser);
  EXPECT_EQ(problem.data.alpha, 2.0);
  EXPECT_EQ(problem.loss.ridge, 0.25);
  EXPECT_EQ(problem.loss.intercept, Intercept::none);
  EXPECT_NE(refusal(data + loss, Question::trajectory).find("[algorithm]"), std::string::npos);
  EXPECT_NE(refusal(data, Question::minimiser).find("[loss]"), std::string::npos);
  EXPECT_NE(refusal(loss, Question::minimiser).find("[data]"), std::string::npos);
}

// One file serves both: what training is like does not change its end.
TEST(Question, OfTheMinimiserForgetsTraining) {
  const Problem bare = asked(data + loss, Question::minimiser);
  const Problem full = asked(data + loss + algorithm + "[initial]\noverlap = 0.5\n", Question::minimiser);
  EXPECT_EQ(full, bare);
  EXPECT_EQ(problem_hash(full), problem_hash(bare));
  EXPECT_EQ(full.algorithm.steps, AlgorithmSpec{}.steps);
}

TEST(Question, HasAHashOfItsOwn) {
  const std::string text = data + loss + algorithm;
  const Problem trajectory = asked(text, Question::trajectory);
  const Problem minimiser = asked(text, Question::minimiser);
  const Problem separability = asked(text, Question::separability);
  EXPECT_NE(problem_hash(trajectory), problem_hash(minimiser));
  EXPECT_NE(problem_hash(trajectory), problem_hash(separability));
  EXPECT_NE(problem_hash(minimiser), problem_hash(separability));
  EXPECT_NE(trajectory, minimiser);
  // Everything the minimiser depends on is in it.
  for (const char* setting : {"data.alpha=3", "data.noise=1", "data.fraction=0.3", "loss.ridge=1",
                              "loss.name=\"square\"", "loss.intercept=\"optimal\""}) {
    EXPECT_NE(problem_hash(asked(text, Question::minimiser, {setting})), problem_hash(minimiser)) << setting;
  }
  EXPECT_EQ(problem_hash(asked(text, Question::minimiser, {"algorithm.steps=7"})), problem_hash(minimiser));
  // Of the data without the number of samples, whether or not an intercept is free.
  for (const char* setting : {"data.alpha=3", "loss.ridge=1", "loss.name=\"square\""}) {
    EXPECT_EQ(problem_hash(asked(text, Question::separability, {setting})), problem_hash(separability)) << setting;
  }
  for (const char* setting : {"data.noise=1", "data.fraction=0.3", "loss.intercept=\"optimal\""}) {
    EXPECT_NE(problem_hash(asked(text, Question::separability, {setting})), problem_hash(separability)) << setting;
  }
}

TEST(Question, WritesWhatReadsBack) {
  for (const char* intercept : {"none", "optimal"}) {
    const Problem problem = asked(data + loss + "intercept = \"" + intercept + "\"\n", Question::minimiser);
    const std::string text = write_problem(problem);
    EXPECT_EQ(text.find("[algorithm]"), std::string::npos) << text;
    EXPECT_EQ(asked(text, Question::minimiser), problem) << text;
  }
}

TEST(Question, OfSeparabilityNeedsTheDataAlone) {
  const std::string no_alpha = "[data]\nmodel = \"two-clusters\"\nnoise = 0.5\n";
  const Problem problem = asked(no_alpha, Question::separability);
  EXPECT_EQ(problem.question, Question::separability);
  EXPECT_EQ(problem.data.noise, 0.5);
  EXPECT_EQ(asked(no_alpha + "[loss]\nintercept = \"optimal\"\n", Question::separability).loss.intercept,
            Intercept::optimal);
  EXPECT_EQ(asked(data + loss, Question::separability), problem);
}

// A key that no loss knows is a mistake whatever is asked.
TEST(Question, OfSeparabilityStillRefusesUnknownKeys) {
  EXPECT_NE(refusal(data + "[loss]\nintercpet = \"optimal\"\n", Question::separability).find("intercept"),
            std::string::npos);
  EXPECT_NE(refusal(data + loss + "mragin = 1\n", Question::separability), "");
  EXPECT_NE(refusal(data + "[loss]\nintercept = \"some\"\n", Question::separability).find("none"), std::string::npos);
  EXPECT_NE(refusal(data + "[los]\nname = \"logistic\"\n", Question::separability), "");
  EXPECT_NE(refusal(data + "nosie = 1\n", Question::separability), "");
}

TEST(Question, OfTheMinimiserRefusesBadNumbersAndKeys) {
  for (const char* setting : {"data.alpha=-1", "data.noise=0", "data.fraction=1", "loss.ridge=-1", "loss.rigde=1",
                              "loss.intercept=\"maybe\"", "loss.name=\"hnige\""}) {
    EXPECT_NE(refusal(data + loss, Question::minimiser, {setting}), "") << setting;
  }
}

}  // namespace
}  // namespace sgdyn
