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
  const std::string text = std::string(base) + "momentum = 1.0\n";
  EXPECT_THROW((void)with({}, text), InputError);
  EXPECT_NO_THROW((void)with({"algorithm.momentum=0"}, text));
}

TEST(Setting, MistakesAreSaidToBeInTheSetting) {
  EXPECT_EQ(refusal("algorithm.batch=1.2"),
            "--set algorithm.batch=1.2: algorithm.batch: 1.2 is out of range; allowed is 0 < batch <= 1");
  EXPECT_EQ(refusal("algorithm.bacth=0.2"),
            "--set algorithm.bacth=0.2: algorithm.bacth: unknown key (did you mean \"batch\"?); allowed is name, "
            "learning_rate, steps, momentum, momentum_kind, batch");
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

// Rates of these problems, k = 0 and 10.
std::vector<double> rates(const std::vector<std::string>& settings, const std::string& text = base) {
  const LearningRate rate = with(settings, text).problem().algorithm.learning_rate;
  return {rate.at(0), rate.at(10)};
}

TEST(Setting, TakesSchedules) {
  const std::string step = "algorithm.learning_rate={schedule=\"step\",initial=0.2,factor=0.5,every=10}";
  EXPECT_EQ(rates({step}), (std::vector<double>{0.2, 0.1}));
  EXPECT_EQ(rates({step, "algorithm.learning_rate=0.3"}), (std::vector<double>{0.3, 0.3}));
}

TEST(Setting, ChangesAKeyOfASchedule) {
  const std::string constant = "learning_rate = 0.2\n";
  std::string text = base;
  text.replace(text.find(constant), constant.size(),
               "learning_rate = { schedule = \"step\", initial = 0.2, factor = 0.5, every = 10 }\n");
  EXPECT_EQ(rates({"algorithm.learning_rate.initial=0.1"}, text), (std::vector<double>{0.1, 0.05}));
  EXPECT_EQ(rates({"algorithm.learning_rate.every=20"}, text), (std::vector<double>{0.2, 0.2}));
  EXPECT_EQ(rates({"algorithm.learning_rate=0.4"}, text), (std::vector<double>{0.4, 0.4}));
  try {
    (void)with({"algorithm.learning_rate.factor=2"}, text);
    ADD_FAILURE() << "accepted";
  } catch (const InputError& error) {
    EXPECT_STREQ(
        error.what(),
        "--set algorithm.learning_rate.factor=2: algorithm.learning_rate.factor: 2 is out of range; allowed is "
        "0 < factor <= 1");
  }
}

TEST(Setting, MistakesInSchedulesAreSaidToBeInTheSetting) {
  EXPECT_EQ(
      refusal("algorithm.learning_rate={schedule=\"step\"}"),
      "--set algorithm.learning_rate={schedule=\"step\"}: algorithm.learning_rate.initial: missing; \"step\" needs "
      "it (dt(0)), allowed is 0 < initial");
  const std::string unknown = refusal("algorithm.learning_rate={schedule=\"power\", initial=0.2}");
  EXPECT_EQ(unknown.rfind("--set algorithm.learning_rate={schedule=\"power\", initial=0.2}: "
                          "algorithm.learning_rate.schedule: \"power\" is not known",
                          0),
            0U)
      << unknown;
  EXPECT_EQ(
      refusal("algorithm.learning_rate=cosine"),
      "--set algorithm.learning_rate=cosine: algorithm.learning_rate: \"cosine\" is a string; allowed is a number, "
      "or a table with a schedule and its parameters");
  EXPECT_EQ(
      refusal("algorithm.learning_rate.initial=0.1"),
      "--set algorithm.learning_rate.initial=0.1: algorithm.learning_rate: 0.2 is a floating-point number; allowed "
      "is a table");
}

TEST(Setting, TakesReplicasResponsesAndMomentum) {
  const Problem problem =
      with({"observables.replicas=2", "observables.response=[0, 20]", "observables.effective_temperature=true",
            "algorithm.momentum=0.9", "algorithm.momentum_kind=nesterov"})
          .problem();
  EXPECT_EQ(problem.observables.replicas, 2);
  EXPECT_EQ(problem.observables.response, (std::vector<int>{0, 20}));
  EXPECT_TRUE(problem.observables.effective_temperature);
  EXPECT_EQ(problem.algorithm.momentum, 0.9);
  EXPECT_EQ(problem.algorithm.momentum_kind, MomentumKind::nesterov);
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
