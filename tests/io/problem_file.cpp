// Reading problem files: what is understood, which defaults are filled in, and that writing is its exact inverse.
#include "sgdyn/io/problem_file.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "io/random_problem.hpp"
#include "sgdyn/core/error.hpp"
#include "support/problem_text.hpp"
#include "support/temporary_directory.hpp"

namespace sgdyn {
namespace {

using testing_support::smallest_problem;

Problem parsed(const std::string& text) { return parse_problem_file(text, "test.toml").problem(); }

std::vector<std::uint64_t> bits(const Problem& problem) {
  std::vector<double> numbers{problem.data.alpha,         problem.data.noise,       problem.loss.ridge,
                              problem.algorithm.momentum, problem.initial.variance, problem.initial.overlap};
  const LearningRate& rate = problem.algorithm.learning_rate;
  numbers.insert(numbers.end(), rate.values.begin(), rate.values.end());
  for (const auto& [key, value] : rate.parameters) numbers.push_back(value);
  for (const Component* component : {&problem.data.model, &problem.loss.loss, &problem.algorithm.sampling}) {
    for (const auto& [key, value] : component->parameters) numbers.push_back(value);
  }
  std::vector<std::uint64_t> result;
  for (const double number : numbers) result.push_back(std::bit_cast<std::uint64_t>(number));
  return result;
}

TEST(ProblemFile, FillsInTheDefaultsOfTheInterface) {
  const Problem problem = parsed(smallest_problem);
  Problem expected;
  expected.data = {{"two-clusters", {{"fraction", 0.5}}}, 2.0, 0.5};
  expected.loss = {{"logistic", {}}, 0.0};
  expected.algorithm = {{"gd", {}}, 0.2, 300};
  expected.initial = {0.01, 0.0};
  EXPECT_EQ(problem, expected);
}

TEST(ProblemFile, ReadsEveryKey) {
  const Problem problem = parsed(R"(
observables = { times = [0, 10, 300], replicas = 2, effective_temperature = true, response = [0, 20, 299] }
[initial]
overlap = -0.25   # comments and order are free
variance = 4
[algorithm]
momentum_kind = "nesterov"
momentum = 0.9
steps = 300
persistence = 2
batch = 0.3
learning_rate = 2e-1
name = "persistent-sgd"
[loss]
intercept = "none"
ridge = 0.125
margin = 0.7
name = 'squared-hinge'
[data]
fraction = 0.3
noise = 0.5
alpha = 2.0
model = "two-clusters"
)");
  Problem expected;
  expected.data = {{"two-clusters", {{"fraction", 0.3}}}, 2.0, 0.5};
  expected.loss = {{"squared-hinge", {{"margin", 0.7}}}, 0.125};
  expected.algorithm = {
      {"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}}, 0.2, 300, 0.9, MomentumKind::nesterov};
  expected.initial = {4.0, -0.25};
  expected.observables = {{0, 10, 300}, 2, {0, 20, 299}, true};
  EXPECT_EQ(problem, expected);
}

Problem with_rate(const std::string& rate) {
  const std::string constant = "learning_rate = 0.2\n";
  std::string text = smallest_problem;
  text.replace(text.find(constant), constant.size(), rate + "\n");
  return parsed(text);
}

TEST(ProblemFile, ReadsEverySchedule) {
  const auto rate = [](const std::string& text) {
    return with_rate("learning_rate = " + text).algorithm.learning_rate;
  };
  LearningRate expected;
  expected.schedule = "step";
  expected.parameters = {{"initial", 0.2}, {"factor", 0.5}, {"every", 10.0}};
  EXPECT_EQ(rate("{ schedule = \"step\", initial = 0.2, factor = 0.5, every = 10 }"), expected);
  expected.schedule = "inverse-sqrt";
  expected.parameters = {{"initial", 0.2}, {"offset", 1.0}};
  EXPECT_EQ(rate("{ schedule = \"inverse-sqrt\", initial = 0.2 }"), expected);
  expected.schedule = "cosine";
  expected.parameters = {{"initial", 0.2}, {"final", 0.0}, {"over", 300.0}};
  EXPECT_EQ(rate("{ schedule = \"cosine\", initial = 0.2 }"), expected) << "over all 300 steps unless told otherwise";
  expected.schedule = "table";
  expected.parameters = {};
  expected.steps = {0, 50};
  expected.values = {0.2, 0.1};
  EXPECT_EQ(rate("{ schedule = \"table\", steps = [0, 50], values = [0.2, 0.1] }"), expected);
  EXPECT_EQ(rate("{ schedule = \"constant\", initial = 0.2 }"), LearningRate(0.2));
}

TEST(ProblemFile, ASchedulesTableMayBeSpeltOut) {
  const Problem inline_table =
      with_rate("learning_rate = { schedule = \"step\", initial = 0.2, factor = 0.5, every = 10 }");
  EXPECT_EQ(with_rate("learning_rate.schedule = \"step\"\nlearning_rate.initial = 0.2\nlearning_rate.factor = 0.5\n"
                      "learning_rate.every = 10"),
            inline_table);
  std::string text = smallest_problem;
  text.erase(text.find("learning_rate"), std::string("learning_rate = 0.2\n").size());
  text += "[algorithm.learning_rate]\nschedule = \"step\"\ninitial = 0.2\nfactor = 0.5\nevery = 10\n";
  EXPECT_EQ(parsed(text), inline_table);
}

// Without momentum its kind changes nothing, so that it is no part of the problem.
TEST(ProblemFile, KindOfNoMomentumIsForgotten) {
  const std::string text = std::string(smallest_problem) + "momentum_kind = \"nesterov\"\n";
  EXPECT_EQ(parsed(text), parsed(smallest_problem));
  EXPECT_EQ(parsed(text + "momentum = 0.5\n").algorithm.momentum_kind, MomentumKind::nesterov);
}

// The inputs of a perceptron are isotropic unless told otherwise; clusters have no natural noise
// (three-clusters-noise-missing.toml).
TEST(ProblemFile, NoiseOfThePerceptronIsOneUnlessGiven) {
  const std::string rest = "[loss]\nname = \"logistic\"\n[algorithm]\nname = \"gd\"\nlearning_rate = 0.2\nsteps = 3\n";
  const std::string data = "[data]\nmodel = \"perceptron\"\nalpha = 2.0\n";
  EXPECT_EQ(parsed(data + rest).data, (DataSpec{{"perceptron", {{"chi", 0.0}}}, 2.0, 1.0}));
  EXPECT_EQ(parsed(data + "noise = 0.5\nchi = -0.5\n" + rest).data,
            (DataSpec{{"perceptron", {{"chi", -0.5}}}, 2.0, 0.5}));
}

TEST(ProblemFile, UnderstandsWindowsLineEndsAndAByteOrderMark) {
  std::string text = "\xef\xbb\xbf";
  for (const char c : std::string(smallest_problem)) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(parsed(text), parsed(smallest_problem));
}

TEST(ProblemFile, IsNamedAfterItsFile) {
  const testing_support::TemporaryDirectory folder;
  testing_support::write_bytes(folder / "gd-logistic.toml", smallest_problem);
  const ProblemFile file = read_problem_file(folder / "gd-logistic.toml");
  EXPECT_EQ(file.name(), "gd-logistic");
  EXPECT_EQ(file.problem(), parsed(smallest_problem));
}

TEST(ProblemFile, ReadProblemIgnoresTheTablesOfMethodsButNotAMisspeltTableOfTheProblem) {
  const testing_support::TemporaryDirectory folder;
  const std::string text(smallest_problem);
  testing_support::write_bytes(folder / "with-options.toml",
                               text + "[dmft]\nsamples = 8\n[simulation]\nruns = 2\n[comparison]\nresolution = 1\n");
  EXPECT_EQ(read_problem(folder / "with-options.toml"), parsed(smallest_problem));
  testing_support::write_bytes(folder / "misspelt.toml", text + "[initail]\noverlap = 1\n");
  EXPECT_THROW((void)read_problem(folder / "misspelt.toml"), InputError);
}

TEST(ProblemFile, UnknownTablesAreErrorsUnlessAMethodOwnsThem) {
  const std::string text = std::string(smallest_problem) + "[dmft]\nsamples = 8\n";
  const std::vector<std::string> tables{"dmft"};
  EXPECT_NO_THROW((void)parse_problem_file(text, "test.toml", {}, tables));
  EXPECT_THROW((void)parse_problem_file(text, "test.toml"), InputError);
}

TEST(WriteProblem, ReadsBackBitForBit) {
  testing_support::RandomProblem draw(20261);
  for (int trial = 0; trial < 1000; ++trial) {
    const Problem problem = draw();
    const std::string text = write_problem(problem);
    const Problem again = parsed(text);
    ASSERT_EQ(again, problem) << text;
    ASSERT_EQ(bits(again), bits(problem)) << text;
    ASSERT_EQ(write_problem(again), text);
  }
}

TEST(WriteProblem, KeepsTheEndsOfTheDoubleRange) {
  Problem problem = parsed(smallest_problem);
  for (const double value :
       {5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1.0 / 3.0, 1e22, 1e23, -0.0}) {
    problem.initial.overlap = value;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(parsed(write_problem(problem)).initial.overlap),
              std::bit_cast<std::uint64_t>(value))
        << value;
  }
}

TEST(WriteProblem, WritesDefaultsOutInTheOrderOfTheInterface) {
  EXPECT_EQ(write_problem(parsed(smallest_problem)), R"([data]
model = "two-clusters"
alpha = 2.0
noise = 0.5
fraction = 0.5

[loss]
name = "logistic"
ridge = 0.0
intercept = "none"

[algorithm]
name = "gd"
learning_rate = 0.2
momentum = 0.0
steps = 300

[initial]
variance = 0.01
overlap = 0.0

[observables]
replicas = 1
times = "all"
)");
}

TEST(WriteProblem, WritesWhatIsNotADefault) {
  Problem problem = parsed(smallest_problem);
  problem.algorithm.learning_rate.schedule = "table";
  problem.algorithm.learning_rate.parameters.clear();
  problem.algorithm.learning_rate.steps = {0, 50};
  problem.algorithm.learning_rate.values = {0.2, 1.0};
  problem.algorithm.momentum = 0.9;
  problem.observables = {{0, 300}, 2, {20}, true};
  const std::string text = write_problem(problem);
  const std::size_t algorithm = text.find("[algorithm]");
  EXPECT_EQ(text.substr(algorithm), R"([algorithm]
name = "gd"
learning_rate = { schedule = "table", steps = [0, 50], values = [0.2, 1.0] }
momentum = 0.9
momentum_kind = "heavy-ball"
steps = 300

[initial]
variance = 0.01
overlap = 0.0

[observables]
replicas = 2
times = [0, 300]
response = [20]
effective_temperature = true
)");
  EXPECT_EQ(parsed(text), problem);
}

TEST(WriteProblem, RefusesAnInvalidProblem) {
  Problem problem = parsed(smallest_problem);
  problem.data.alpha = -1.0;
  EXPECT_THROW((void)write_problem(problem), InputError);
  EXPECT_THROW((void)problem_hash(problem), InputError);
}

}  // namespace
}  // namespace sgdyn
