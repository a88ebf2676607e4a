// --set dotted.key=value: what it changes, and what it says when it cannot.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/problem_file.hpp"

namespace sgdyn {
namespace {

constexpr const char* base = R"([data]
model = "two-clusters"
alpha = 2.0
noise = 0.5
[loss]
name = "logistic"
[algorithm]
name = "sgd"
learning_rate = 0.2
batch = 0.3
steps = 300
)";

ProblemFile with(const std::vector<std::string>& settings, const std::string& text = base) {
  const std::vector<std::string> tables{"dmft", "simulation"};
  return parse_problem_file(text, "test.toml", settings, tables);
}

std::string refusal(const std::string& setting) {
  try {
    (void)with({setting});
  } catch (const InputError& error) {
    EXPECT_TRUE(error.placed());
    return error.what();
  }
  ADD_FAILURE() << setting << " was accepted";
  return {};
}

TEST(Setting, OverridesTheFile) {
  EXPECT_EQ(with({"data.alpha=3"}).problem().data.alpha, 3.0);
  EXPECT_EQ(with({"data.alpha = 1e-3"}).problem().data.alpha, 1e-3);
  EXPECT_EQ(with({"algorithm.steps=7"}).problem().algorithm.steps, 7);
  EXPECT_EQ(with({"data.alpha=3", "data.alpha=4"}).problem().data.alpha, 4.0) << "the last one holds";
}

TEST(Setting, TakesBareWordsAsStrings) {
  EXPECT_EQ(with({"loss.name=squared-hinge"}).problem().loss.loss.name, "squared-hinge");
  EXPECT_EQ(with({"loss.name=\"hinge\""}).problem().loss.loss.name, "hinge");
  EXPECT_EQ(with({"observables.times=all"}).problem().observables.times, std::vector<int>{});
}

TEST(Setting, TakesLists) {
  EXPECT_EQ(with({"observables.times=[0, 5, 300]"}).problem().observables.times, (std::vector<int>{0, 5, 300}));
}

TEST(Setting, MayCreateTables) {
  EXPECT_EQ(with({"initial.variance=2"}).problem().initial.variance, 2.0);
  OptionTable table = with({"dmft.samples=64"}).table("dmft");
  EXPECT_EQ(table.integer("samples", 1, 1, 100), 64);
}

TEST(Setting, CanMakeAWholeProblem) {
  const ProblemFile file =
      with({"data.model=two-clusters", "data.alpha=2", "data.noise=0.5", "loss.name=logistic", "algorithm.name=sgd",
            "algorithm.learning_rate=0.2", "algorithm.batch=0.3", "algorithm.steps=300"},
           "");
  EXPECT_EQ(file.problem(), with({}).problem());
}

TEST(Setting, HealsAMistakeInTheFile) {
  const std::string text = std::string(base) + "momentum = 0.9\n";
  EXPECT_THROW((void)with({}, text), InputError);
  EXPECT_NO_THROW((void)with({"algorithm.momentum=0"}, text));
}

TEST(Setting, MistakesAreSaidToBeInTheSetting) {
  EXPECT_EQ(refusal("algorithm.batch=1.2"),
            "--set algorithm.batch=1.2: algorithm.batch: 1.2 is out of range; allowed is 0 < batch <= 1");
  EXPECT_EQ(refusal("algorithm.bacth=0.2"),
            "--set algorithm.bacth=0.2: algorithm.bacth: unknown key (did you mean \"batch\"?); allowed is name, "
            "learning_rate, steps, momentum, batch");
  EXPECT_EQ(refusal("loss.name=hing"),
            "--set loss.name=hing: loss.name: \"hing\" is not known (did you mean \"hinge\"?); allowed is "
            "formula, hinge, logistic, square, squared-hinge");
  EXPECT_EQ(refusal("algorithm.steps=many"),
            "--set algorithm.steps=many: algorithm.steps: \"many\" is a string; allowed is an integer");
  EXPECT_EQ(refusal("dmfd.samples=3"),
            "--set dmfd.samples=3: dmfd: unknown table (did you mean \"dmft\"?); allowed are the tables data, loss, "
            "algorithm, initial, observables, dmft, simulation");
}

// 1000000 is not to come back as 1e+06.
TEST(Setting, IntegersAreShownAsTheyWereWritten) {
  EXPECT_EQ(refusal("algorithm.steps=1000000"),
            "--set algorithm.steps=1000000: algorithm.steps: 1000000 is out of range; allowed is 1 <= steps <= 100000");
  EXPECT_EQ(refusal("data.noise=-1000000"),
            "--set data.noise=-1000000: data.noise: -1000000 is out of range; allowed is 0 < noise");
  EXPECT_EQ(
      refusal("observables.times=[0, 1000000]"),
      "--set observables.times=[0, 1000000]: observables.times: 1000000 is out of range; allowed is an increasing "
      "list of steps between 0 and 300");
}

TEST(Setting, SchedulesAreNotAvailable) {
  EXPECT_EQ(refusal("algorithm.learning_rate={schedule=\"step\"}"),
            "--set algorithm.learning_rate={schedule=\"step\"}: algorithm.learning_rate: schedules "
            "are not available in this version; allowed is a number, the same at every step");
}

TEST(Setting, MalformedOnesAreRefused) {
  EXPECT_EQ(refusal("algorithm.steps"),
            "--set algorithm.steps: \"algorithm.steps\" has no \"=\"; allowed is table.key=value");
  EXPECT_EQ(refusal("steps=3"),
            "--set steps=3: \"steps\" names no table (did you mean \"algorithm.steps\"?); allowed is table.key=value");
  EXPECT_EQ(refusal("data=3"),
            "--set data=3: \"data\" is a table; allowed is data.key=value with a key out of model, alpha, noise, chi, "
            "half_width, fraction");
  EXPECT_EQ(refusal("dmft=3"), "--set dmft=3: \"dmft\" is a table; allowed is dmft.key=value");
  EXPECT_EQ(refusal("=3"), "--set =3: \"\" is not a dotted key; allowed is table.key=value");
  EXPECT_EQ(refusal("data..alpha=3"),
            "--set data..alpha=3: \"data..alpha\" is not a dotted key; allowed is "
            "table.key=value");
  EXPECT_EQ(refusal("data.alpha="), "--set data.alpha=: data.alpha: no value is given; allowed is table.key=value");
  EXPECT_EQ(refusal("data.alpha=1."),
            "--set data.alpha=1.: data.alpha: \"1.\" cannot be read as a value; allowed is a number, true, false, a "
            "[list], a word or a string in quotes");
  EXPECT_EQ(refusal("data.alpha.x=1"),
            "--set data.alpha.x=1: data.alpha: 2.0 is a floating-point number; allowed is a table");
}

TEST(Setting, CannotSmuggleInASecondKey) {
  const std::string message = refusal("data.alpha=3\nnoise = 4");
  EXPECT_NE(message.find("cannot be read as a value"), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(Setting, BytesThatAreNotTextAreEscaped) {
  const std::string message = refusal("data.alpha=\xff");
  EXPECT_EQ(message,
            "--set data.alpha=\\xff: data.alpha: \"\\xff\" cannot be read as a value; allowed is a number, "
            "true, false, a [list], a word or a string in quotes");
}

}  // namespace
}  // namespace sgdyn
