// What a simulation needs and what it refuses, before it starts.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/option_table.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sim/problems.hpp"

namespace sgdyn {
namespace {

using namespace testing_support;

Problem problem_at(double alpha, int steps) {
  Problem problem = small_problem(logistic, sgd(0.3), steps);
  problem.data.alpha = alpha;
  return problem;
}

// The key and the sentence of the refusal, empty if there is none.
InputError refusal(const Problem& problem, const SimulationOptions& options) {
  try {
    (void)plan_simulation(problem, options);
  } catch (const InputError& error) {
    return error;
  }
  return {"", ""};
}

TEST(SimulationPlan, CountsTheDataMatrix) {
  const SimulationPlan plan = plan_simulation(problem_at(10.0, 3), {.dimension = 4000, .runs = 2}, {.threads = 1});
  ASSERT_EQ(plan.sizes.size(), 1U);
  EXPECT_EQ(plan.sizes[0].samples, 40000);
  EXPECT_EQ(plan.concurrent_runs, 1);
  const double matrix = 4000.0 * 40000.0 * 4.0;
  EXPECT_GE(plan.sizes[0].bytes_per_run, matrix);
  EXPECT_LE(plan.sizes[0].bytes_per_run, 1.02 * matrix);
  EXPECT_GE(plan.peak_bytes, plan.sizes[0].bytes_per_run);
  EXPECT_EQ(plan.describe().find('\n'), std::string::npos);
  EXPECT_NE(plan.describe().find("N = 4000"), std::string::npos);
}

TEST(SimulationPlan, CountsWeightsKeptForTheCorrelation) {
  Problem all = problem_at(0.01, 1000);
  Problem ends = all;
  ends.observables.times = {0, 1000};
  const double difference = plan_simulation(all, {.dimension = 1000, .runs = 2}).sizes[0].bytes_per_run -
                            plan_simulation(ends, {.dimension = 1000, .runs = 2}).sizes[0].bytes_per_run;
  EXPECT_GE(difference, 999.0 * 1000.0 * 8.0);
}

// Two arrays for each trajectory and four copies of it a response, three with momentum; s and its memory for replicas.
TEST(SimulationPlan, CountsCopies) {
  const Problem plain = problem_at(0.01, 3);
  const auto bytes = [](const Problem& problem) {
    return plan_simulation(problem, {.dimension = 16000, .runs = 2}).sizes[0].bytes_per_run;
  };
  constexpr double column = 16000.0 * 8.0;
  Problem momentum = plain;
  momentum.algorithm.momentum = 0.9;
  EXPECT_NEAR(bytes(momentum) - bytes(plain), column, 0.01 * column);
  Problem response = plain;
  response.observables.response = {1, 2};
  EXPECT_NEAR(bytes(response) - bytes(plain), (2.0 * 8.0 + 1.0) * column, 0.1 * column);  // and one of signs
  response.algorithm.momentum = 0.9;
  EXPECT_NEAR(bytes(response) - bytes(momentum), (3.0 * 8.0 + 1.0) * column, 0.1 * column);
  Problem replicas = plain;
  replicas.observables.replicas = 2;
  EXPECT_NEAR(bytes(replicas) - bytes(plain), (2.0 + 4.0) * column, 0.1 * column);  // and four reported steps
  Problem temperature = plain;
  temperature.observables.effective_temperature = true;
  EXPECT_GT(bytes(temperature) - bytes(plain), 2.0 * 4.0 * column);
}

TEST(SimulationPlan, SortsSizesAndRunsSmallOnesMoreOften) {
  const SimulationPlan plan =
      plan_simulation(problem_at(2.0, 3), {.dimension = {100, 25, 50}, .runs = 8}, {.threads = 3});
  ASSERT_EQ(plan.sizes.size(), 3U);
  EXPECT_EQ(plan.sizes[0].dimension, 25);
  EXPECT_EQ(plan.sizes[0].runs, 32);
  EXPECT_EQ(plan.sizes[1].runs, 16);
  EXPECT_EQ(plan.sizes[2].runs, 8);
  EXPECT_EQ(plan.concurrent_runs, 3);
}

TEST(SimulationPlan, NeverPlansMoreThanTheMachineHas) {
  const SimulationPlan one = plan_simulation(problem_at(2.0, 3), {.dimension = 2000, .runs = 1000}, {.threads = 1});
  const SimulationPlan many =
      plan_simulation(problem_at(2.0, 3), {.dimension = 2000, .runs = 100000}, {.threads = 100000});
  EXPECT_LT(many.peak_bytes, many.machine_bytes);
  EXPECT_LE(one.concurrent_runs, many.concurrent_runs);
  EXPECT_GE(many.concurrent_runs, 1);
}

// 400 PB: no machine has them, and nothing is allocated to find out.
TEST(SimulationPlan, RefusesWhatDoesNotFit) {
  const InputError error = refusal(problem_at(1000.0, 3), {.dimension = 10000000, .runs = 2});
  EXPECT_EQ(error.key(), "simulation.dimension");
  EXPECT_NE(error.message().find("for one run"), std::string::npos) << error.message();
  EXPECT_NE(error.message().find("allowed is at most about "), std::string::npos) << error.message();
  EXPECT_THROW((void)simulate(problem_at(1000.0, 3), {.dimension = 10000000, .runs = 2}), InputError);
  EXPECT_EQ(refusal(problem_at(1e300, 3), {.dimension = 100, .runs = 2}).key(), "simulation.dimension");
}

TEST(SimulationPlan, TheLargestSizeItNamesIsAccepted) {
  const InputError error = refusal(problem_at(1000.0, 3), {.dimension = 10000000, .runs = 2});
  const std::string named = error.message().substr(error.message().rfind(' ') + 1);
  const long largest = std::stol(named);
  // Other programs take and return memory between the two questions.
  EXPECT_EQ(refusal(problem_at(1000.0, 3), {.dimension = largest / 2, .runs = 2}).key(), "");
  EXPECT_EQ(refusal(problem_at(1000.0, 3), {.dimension = largest * 2, .runs = 2}).key(), "simulation.dimension");
}

TEST(SimulationPlan, RefusesArraysOverTooManySteps) {
  Problem problem = problem_at(2.0, 100000);
  // 23 arrays of 80 GB for five sizes: refused unless the machine has 7 TB.
  const InputError error = refusal(problem, {.dimension = {10, 20, 30, 40, 50}, .runs = 2});
  EXPECT_EQ(error.key(), "observables.times");
  problem.observables.times = {0, 100000};
  EXPECT_EQ(refusal(problem, {.dimension = 10, .runs = 2}).key(), "");
}

// Without a variance |w|^2/N has no limit to extrapolate to; at index 2 it has.
TEST(SimulationPlan, RefusesSeveralSizesWithoutALimit) {
  Problem problem = problem_at(2.0, 3);
  problem.algorithm.sampling = {"stable-sgd", {{"batch", 0.3}, {"stability", 1.5}, {"scale", 0.1}}};
  EXPECT_FALSE(has_limit_in_size(problem));
  const InputError error = refusal(problem, {.dimension = {100, 200}, .runs = 2});
  EXPECT_EQ(error.key(), "simulation.dimension");
  EXPECT_NE(error.message().find("infinite variance"), std::string::npos) << error.message();
  EXPECT_EQ(refusal(problem, {.dimension = 100, .runs = 2}).key(), "");
  problem.algorithm.sampling.parameters["stability"] = 2.0;
  EXPECT_TRUE(has_limit_in_size(problem));
  EXPECT_EQ(refusal(problem, {.dimension = {100, 200}, .runs = 2}).key(), "");
}

TEST(SimulationPlan, RefusesOptionsOutOfRange) {
  const Problem problem = problem_at(2.0, 3);
  EXPECT_EQ(refusal(problem, {.dimension = 1}).key(), "simulation.dimension");
  EXPECT_EQ(refusal(problem, {.dimension = 10000001}).key(), "simulation.dimension");
  EXPECT_EQ(refusal(problem, {.dimension = Dimensions(std::vector<long>{})}).key(), "simulation.dimension");
  EXPECT_EQ(refusal(problem, {.dimension = {50, 50}}).key(), "simulation.dimension");
  EXPECT_EQ(refusal(problem, {.runs = 1}).key(), "simulation.runs");
  EXPECT_EQ(refusal(problem, {.runs = 1000001}).key(), "simulation.runs");
  EXPECT_EQ(refusal(problem, {.dimension = {2, 1000}, .runs = 1000000}).key(), "simulation.runs");
  EXPECT_EQ(refusal(problem, {.realisations = 0}).key(), "simulation.realisations");
  EXPECT_EQ(refusal(problem, {.realisations = 65}).key(), "simulation.realisations");
  EXPECT_EQ(refusal(problem_at(-1.0, 3), {}).key(), "data.alpha");
  EXPECT_EQ(refusal(problem, {.dimension = 2, .runs = 2, .realisations = 64}).key(), "");
}

Problem measuring(int replicas, bool temperature) {
  Problem problem = problem_at(2.0, 8);
  problem.observables.times = {0, 4, 6, 8};
  problem.observables.replicas = replicas;
  problem.observables.effective_temperature = temperature;
  return problem;
}

TEST(SimulationPlan, AcceptsOptionsOfReplicasAndResponses) {
  EXPECT_EQ(refusal(measuring(2, false), {.sampling_seeds = {7, 7}}).key(), "");
  EXPECT_EQ(refusal(measuring(1, true), {.kick = 1.0, .waiting = {4, 6}}).key(), "");
  Problem response = measuring(1, false);
  response.observables.response = {2};
  EXPECT_EQ(refusal(response, {.kick = 1e-3}).key(), "");
}

TEST(SimulationPlan, RefusesOptionsOfReplicasAndResponses) {
  EXPECT_EQ(refusal(measuring(2, false), {.sampling_seeds = {1, 2, 3}}).key(), "simulation.sampling_seeds");
  EXPECT_EQ(refusal(measuring(2, false), {.sampling_seeds = {1}}).key(), "simulation.sampling_seeds");
  EXPECT_EQ(refusal(measuring(1, false), {.sampling_seeds = {1, 2}}).key(), "simulation.sampling_seeds");
  for (const double kick : {0.0, -1.0, 1.5, std::nan("")}) {
    EXPECT_EQ(refusal(measuring(1, true), {.kick = kick}).key(), "simulation.kick") << kick;
  }
  EXPECT_EQ(refusal(measuring(1, false), {.kick = 0.1}).key(), "simulation.kick");
  for (const std::vector<int>& waiting : {std::vector<int>{5}, {4, 4}, {6, 4}, {-1}, {9}}) {
    EXPECT_EQ(refusal(measuring(1, true), {.waiting = waiting}).key(), "simulation.waiting") << waiting[0];
  }
  EXPECT_EQ(refusal(measuring(1, false), {.waiting = {4}}).key(), "simulation.waiting");
  EXPECT_NE(refusal(measuring(1, true), {.waiting = {5}}).message().find("5 is not a reported step"),
            std::string::npos);
}

SimulationOptions options_from(const std::string& lines) {
  const std::vector<std::string> tables{"simulation"};
  const std::string text =
      "[data]\nmodel = \"two-clusters\"\nalpha = 2.0\nnoise = 0.5\n[loss]\nname = \"logistic\"\n"
      "[algorithm]\nname = \"gd\"\nlearning_rate = 0.2\nsteps = 9\n[simulation]\n";
  OptionTable table = parse_problem_file(text + lines, "test.toml", {}, tables).table("simulation");
  return read_simulation_options(table);
}

TEST(SimulationOptions, AreReadFromTheTable) {
  const SimulationOptions options = options_from("sampling_seeds = [3, 12]\nkick = 0.25\nwaiting = [4, 7]\n");
  EXPECT_EQ(options.sampling_seeds, (std::vector<std::uint64_t>{3, 12}));
  EXPECT_EQ(options.kick, 0.25);
  EXPECT_EQ(options.waiting, (std::vector<int>{4, 7}));
  for (const std::string wrong : {"kick = 0.0", "kick = -0.1", "kick = \"small\"", "waiting = [1.5]",
                                  "sampling_seeds = [-1, 2]", "kicks = 0.1"}) {
    EXPECT_THROW((void)options_from(wrong), InputError) << wrong;
  }
}

TEST(SimulationOptions, DefaultWhereTheTableIsAbsent) {
  OptionTable table("simulation");
  const SimulationOptions options = read_simulation_options(table);
  EXPECT_EQ(options.dimension.values(), std::vector<long>{1000});
  EXPECT_EQ(options.runs, 32);
  EXPECT_EQ(options.realisations, 1);
  EXPECT_EQ(options.seed, 1U);
  EXPECT_TRUE(options.sampling_seeds.empty());
  EXPECT_FALSE(options.kick.has_value());
  EXPECT_TRUE(options.waiting.empty());
}

}  // namespace
}  // namespace sgdyn
