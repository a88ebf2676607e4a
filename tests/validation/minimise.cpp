// minimise(): what is reported of many data sets, and what is refused.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/option_table.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/validation/minimise.hpp"
#include "support/minimiser_problems.hpp"
#include "support/problem_text.hpp"

namespace sgdyn {
namespace {

using minimiser_problems::problem;
using minimiser_problems::Two;

const Component square{"square", {}, {}};
const Component logistic{"logistic", {}, {}};
const Component hinge{"hinge", {}, {}};
const Component squared_hinge{"squared-hinge", {}, {}};

TEST(Minimise, ReportsOneColumnOfOneRowADataSet) {
  const Observables result = minimise(problem(squared_hinge, {.fraction = 0.4, .intercept = Intercept::optimal}),
                                      {.dimension = 40, .instances = 70, .seed = 2});
  EXPECT_EQ(result.status, Status::ok);
  EXPECT_EQ(result.producer, "minimisation");
  EXPECT_TRUE(result.of_minimiser);
  EXPECT_EQ(result.steps, std::vector<int>{0});
  EXPECT_EQ(result.time, std::vector<double>{0.0});
  EXPECT_EQ(result.dimension, 40);
  EXPECT_EQ(result.runs, 70);
  EXPECT_EQ(result.samples_per_replicate, 80);
  EXPECT_LE(result.diagnostics.at("largest_distance"), 1e-6);
  EXPECT_GT(result.diagnostics.at("largest_distance"), 0.0);
  for (const std::string name : {"overlap", "norm", "training_loss", "training_accuracy", "generalisation_error",
                                 "support_fraction", "objective", "intercept"}) {
    ASSERT_TRUE(result.series.contains(name)) << name;
    const Series& series = result.at(name);
    ASSERT_TRUE(series.available()) << name << ": " << series.reason;
    EXPECT_EQ(series.mean.size(), 1) << name;
    EXPECT_EQ(series.replicates.rows(), 70) << name;
    EXPECT_GT(series.standard_error[0], 0.0) << name;
  }
  EXPECT_FALSE(result.series.contains("distance"));
  const Eigen::VectorXd objective = result.at("training_loss").replicates + 0.15 * result.at("norm").replicates;
  EXPECT_LT((result.at("objective").replicates - objective).norm(), 1e-12);  // eq. 1 divided by N
}

TEST(Minimise, SaysWhatCannotBeGiven) {
  const Observables with_kink = minimise(problem(hinge, {}), {.dimension = 20});
  EXPECT_NE(with_kink.at("support_fraction").reason.find("exactly at the margin"), std::string::npos);
  EXPECT_FALSE(with_kink.series.contains("intercept"));
  const Observables limit = minimise(problem(squared_hinge, {.alpha = 0.5, .ridge = 0.0}), {.dimension = 20});
  EXPECT_EQ(limit.status, Status::ok) << limit.message;
  EXPECT_NE(limit.at("support_fraction").reason.find("exactly at the margin"), std::string::npos);
  EXPECT_EQ(limit.at("training_loss").mean[0], 0.0);
  EXPECT_EQ(limit.at("training_accuracy").mean[0], 1.0);
  EXPECT_FALSE(minimise(problem(square, {}), {.dimension = 20}).at("support_fraction").available());
}

TEST(Minimise, SaysHowItWasFoundAndWhatBoundsIt) {
  struct Way {
    Component loss;
    Two two;
    std::string method;
    bool by_step;
  };
  const std::vector<Way> ways{
      {logistic, {}, "L-BFGS", false},
      {hinge, {}, "method of multipliers by L-BFGS and Newton's method", false},
      {hinge, {.alpha = 1.0, .ridge = 0.0}, "method of multipliers by L-BFGS and Newton's method", false},
      {square, {.alpha = 0.5, .ridge = 0.0}, "Cholesky factorisation", true},
      {square, {.alpha = 3.0, .ridge = 0.0}, "L-BFGS and Newton's method", true}};
  for (const Way& way : ways) {
    const Observables result = minimise(problem(way.loss, way.two), {.dimension = 40});
    ASSERT_EQ(result.status, Status::ok) << result.message;
    EXPECT_EQ(result.settings.at("method"), way.method);
    EXPECT_EQ(result.diagnostics.at("accepted_by_step"), way.by_step ? 64.0 : 0.0) << way.loss.name;
  }
}

// softplus(2 (1 - h)) - (1 - h) is least at h = 1, but not zero: log 2.
TEST(Minimise, InterpolationCostsTheLeastLoss) {
  const Component even{"formula", {}, {{"formula", "softplus(2*(1-h))-(1-h)"}}};
  const Observables result = minimise(problem(even, {.alpha = 0.5, .ridge = 0.0}), {.dimension = 40});
  ASSERT_EQ(result.status, Status::ok) << result.message;
  EXPECT_NEAR(result.at("training_loss").mean[0], 0.5 * std::log(2.0), 1e-14);
}

// Reference: the replica-symmetric fixed point at alpha = 6, Delta = 1, lambda = 1, an independent computation with
// residuals below 1e-15. At N = 100 ... 400 extrapolated; four standard errors, for 16 numbers false once in a
// thousand.
TEST(MinimiseSlow, AgreesWithTheReplicaSymmetricFixedPoint) {  // THEORY 6
  struct Reference {
    Component loss;
    double overlap, norm, training_loss, generalisation_error;
  };
  const std::vector<Reference> references{{square, 0.4558481560, 0.2745417211, 6.0 * 0.2112100989, 0.1921519681},
                                          {logistic, 0.8845736850, 0.9536449456, 6.0 * 0.3790962035, 0.1825162543},
                                          {squared_hinge, 0.5595237180, 0.4128665806, 6.0 * 0.1862454552, 0.1919343022},
                                          {hinge, 0.8746314869, 1.0143637004, 6.0 * 0.3218184018, 0.1925830777}};
  for (const Reference& reference : references) {
    const Observables result =
        minimise(problem(reference.loss, {.alpha = 6.0, .ridge = 1.0}), {.dimension = {100, 200, 400}, .seed = 11});
    ASSERT_EQ(result.status, Status::ok) << result.message;
    const auto expect_near = [&](const std::string& name, double expected) {
      EXPECT_NEAR(result.at(name).mean[0], expected, 4.0 * result.at(name).standard_error[0])
          << reference.loss.name << " " << name;
      // A gap of 2.4 % never passes, nor does one of 1 % for most. Half a per cent would take twenty times the data
      // sets: 64 at N = 400 know an extrapolated training loss to 0.57 %, the error probability to 0.19 %.
      EXPECT_LT(result.at(name).standard_error[0], 0.006 * expected) << name << ": else nothing is tested";
    };
    expect_near("overlap", reference.overlap);
    expect_near("norm", reference.norm);
    expect_near("training_loss", reference.training_loss);
    expect_near("generalisation_error", reference.generalisation_error);
  }
}

TEST(Minimise, SeveralSizesAreExtrapolated) {
  const Observables result = minimise(problem(square, {}), {.dimension = {80, 20, 40}});
  ASSERT_EQ(result.sizes.size(), 3U);
  EXPECT_TRUE(result.of_minimiser);
  EXPECT_EQ(result.dimension, 0);
  EXPECT_EQ(result.runs, 64 * (4 + 2 + 1));
  const std::vector<int> runs{256, 128, 64};  // equal N * runs
  for (std::size_t g = 0; g < 3; ++g) {
    const Observables& size = result.sizes[g];
    EXPECT_EQ(size.runs, runs[g]);
    EXPECT_TRUE(size.of_minimiser);
    // N * variance is nearly the same at each N: the pooled error is near the size's own.
    EXPECT_NEAR(size.diagnostics.at("pooled_error.norm") / size.at("norm").standard_error[0], 1.0, 0.4);
  }
  const Observables one = minimise(problem(square, {}), {.dimension = 20, .instances = 256});
  EXPECT_EQ(one.at("norm").replicates, result.sizes[0].at("norm").replicates);
}

// At N = 150 matrices are beyond the size from which they are factorised in blocks.
TEST(Minimise, SameBitsForAnyNumberOfThreads) {
  const std::vector<std::pair<Component, Two>> tried{{logistic, {.intercept = Intercept::optimal}},
                                                     {hinge, {.intercept = Intercept::optimal}},
                                                     {squared_hinge, {.alpha = 1.5, .ridge = 0.0}},
                                                     {square, {.alpha = 0.5, .ridge = 0.0}}};
  for (const auto& [loss, two_clusters] : tried) {
    const Problem asked = problem(loss, two_clusters);
    const Observables one = minimise(asked, {.dimension = 150}, {.threads = 1});
    const Observables two = minimise(asked, {.dimension = 150}, {.threads = 2});
    ASSERT_EQ(one.status, Status::ok) << loss.name << ": " << one.message;
    for (const auto& [name, series] : one.series) {
      EXPECT_EQ(series.replicates, two.at(name).replicates) << loss.name << " " << name;
      EXPECT_EQ(series.mean, two.at(name).mean) << loss.name << " " << name;
    }
  }
}

TEST(Minimise, WhatIsNotCertifiedIsLeftOutAndNamed) {
  const Observables result = minimise(problem(logistic, {.alpha = 1.0, .ridge = 0.0}), {.dimension = 30});
  EXPECT_EQ(result.status, Status::not_converged);
  EXPECT_NE(result.message.find("the first of them number 0"), std::string::npos) << result.message;
  EXPECT_NE(result.message.find("separable"), std::string::npos) << result.message;
  EXPECT_EQ(result.runs, 0);
  EXPECT_FALSE(result.at("norm").available());
  // Near the threshold some data sets are separable and others are not.
  const Observables mixed = minimise(problem(logistic, {.alpha = 3.7, .ridge = 0.0}), {.dimension = {20, 10}});
  EXPECT_EQ(mixed.status, Status::not_converged);
  EXPECT_GT(mixed.runs, 2);
  EXPECT_TRUE(mixed.at("norm").available());
}

TEST(Minimise, RefusesWhatHasNoUniqueMinimiser) {
  Problem three = problem(square, {});
  three.data.model = {"three-clusters", {{"half_width", 0.7}}, {}};
  try {
    (void)minimise(three, {.dimension = 20});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.key(), "data.model");
    EXPECT_NE(error.message().find("nonconvex"), std::string::npos);
  }
  EXPECT_THROW((void)minimise(problem({"formula", {}, {{"formula", "1/(1+exp(h))"}}}, {}), {.dimension = 20}),
               InputError);
}

TEST(Minimise, RefusesOptionsOutOfRange) {
  const auto refused = [](const MinimiserOptions& options, const std::string& key) {
    try {
      (void)minimise(problem(square, {.alpha = 0.4}), options);
      ADD_FAILURE() << key;
    } catch (const InputError& error) {
      EXPECT_EQ(error.key(), key);
    }
  };
  refused({.dimension = 20, .instances = 63}, "simulation.runs");
  refused({.dimension = {20, 20}}, "simulation.dimension");
  refused({.dimension = 1}, "simulation.dimension");
  refused({.dimension = 2}, "simulation.dimension");           // less than a sample
  refused({.dimension = 10'000'000}, "simulation.dimension");  // memory
  refused({.dimension = {10, 1'000'000}}, "simulation.dimension");
}

TEST(Minimise, StopsWhenAsked) {
  std::atomic<bool> stop{true};
  const Observables none = minimise(problem(square, {}), {.dimension = 20}, {.stop_requested = &stop});
  EXPECT_EQ(none.status, Status::interrupted);
  EXPECT_FALSE(none.at("norm").available());
  // Progress is told after the first data set, and some time later: by then far from all are done.
  constexpr int many = 100'000;
  stop = false;
  Execution execution{.threads = 1, .stop_requested = &stop};
  execution.progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.stage, "minimisation N = 20");
    stop = progress.done > progress.total / many * 1.5;
  };
  const Observables some = minimise(problem(square, {}), {.dimension = 20, .instances = many}, execution);
  EXPECT_EQ(some.status, Status::interrupted);
  EXPECT_GE(some.runs, 2);
  EXPECT_LT(some.runs, many);
  EXPECT_TRUE(some.at("norm").available());
}

// No data set of either size has a logistic minimum, and the second size is not finished.
TEST(Minimise, InterruptionIsNotCalledFailureToConverge) {
  std::atomic<bool> stop{false};
  Execution execution{.threads = 1, .stop_requested = &stop};
  execution.progress = [&](const Progress& progress) { stop = progress.done > 0.52 * progress.total; };
  const Observables result =
      minimise(problem(logistic, {.alpha = 1.0, .ridge = 0.0}), {.dimension = {99, 100}, .instances = 2000}, execution);
  EXPECT_EQ(result.status, Status::interrupted) << result.message;
}

TEST(Minimise, ReadsTheTableOfTheSimulation) {
  OptionTable absent("simulation");
  const MinimiserOptions options = read_minimiser_options(absent);
  EXPECT_EQ(options.instances, 64);
  EXPECT_EQ(options.dimension.values(), std::vector<long>{1000});
  EXPECT_EQ(options.seed, 1U);

  const auto read = [](const std::string& keys) {
    const std::vector<std::string> tables{"simulation"};
    OptionTable table = parse_problem_file(std::string(testing_support::smallest_problem) + "[simulation]\n" + keys,
                                           "test.toml", {}, tables)
                            .table("simulation");
    return read_minimiser_options(table);
  };
  const MinimiserOptions few = read("dimension = [100, 200]\nruns = 10\nseed = 7\nrealisations = 2\n");
  EXPECT_EQ(few.instances, 64);
  EXPECT_EQ(few.seed, 7U);
  EXPECT_EQ(few.dimension.values(), (std::vector<long>{100, 200}));
  EXPECT_EQ(read("runs = 100\n").instances, 100);
  EXPECT_THROW((void)read("rnus = 100\n"), InputError);
  EXPECT_THROW((void)read("runs = 1\n"), InputError);
}

}  // namespace
}  // namespace sgdyn
