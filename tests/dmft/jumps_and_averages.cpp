// The hinge loss, whose l' jumps, and the exact average over the current minibatch.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sgdyn/core/error.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/validation/compare.hpp"
#include "support/logistic_sgd.hpp"

namespace sgdyn {
namespace {

Problem logistic_sgd() { return testing_support::logistic_sgd(25); }

// dmft.E9: integration by parts. No closed form is known, so the simulation is the judge; at a resolution of 4 % a K
// left out (no response at all) is wrong by tens of per cent.
TEST(Hinge, IntegrationByPartsAgreesWithSimulation) {
  for (const char* name : {"gd", "sgd"}) {
    Problem p = logistic_sgd();
    p.loss.loss = {"hinge", {}};
    if (std::string(name) == "gd") p.algorithm.sampling = {"gd", {}};
    const Comparison comparison =
        compare(dmft::solve(p, {.samples = 32768, .scramblings = 8}),
                simulate(p, {.dimension = {100, 200, 400}, .runs = 64}), {.resolution = 0.04});
    EXPECT_EQ(comparison.verdict, Verdict::agree) << name << ": " << comparison;
  }
}

// dmft.E9 with an empty start: no response to it, and nothing divides by zero.
TEST(Hinge, StartsFromZeroWeights) {
  Problem p = logistic_sgd();
  p.loss.loss = {"hinge", {}};
  p.initial.variance = 0.0;
  const Observables r = dmft::solve(p, {.samples = 4096});
  ASSERT_EQ(r.status, Status::ok) << r.message;
  EXPECT_TRUE(r.two_time.at("response").mean.allFinite());
  EXPECT_GT(r.at("overlap").mean[25], 0.3);
}

// dmft.E13: stationary by step 80, the state must stay so. Sampling noise of the integration by parts that adds up over
// the steps would show: without the control variate the loss drifts by 0.03 from step 80 to 250, ten standard errors.
TEST(Hinge, SamplingNoiseDoesNotAddUpOverTheSteps) {
  Problem p = logistic_sgd();
  p.data = {.model = {"two-clusters", {}}, .alpha = 6.0, .noise = 1.0};
  p.loss = {.loss = {"hinge", {}}, .ridge = 1.0};
  p.algorithm.learning_rate = 0.1;
  p.algorithm.steps = 250;
  p.initial.variance = 0.01;
  const Observables r = dmft::solve(p, {.samples = 24L * 2048, .scramblings = 24});
  for (const char* name : {"norm", "training_loss"}) {
    const auto& replicates = r.at(name).replicates;
    const Eigen::VectorXd drift = replicates.col(250) - replicates.col(80);
    const double error = std::sqrt((drift.array() - drift.mean()).square().sum() / (24.0 * 23.0));
    EXPECT_LT(error, 2e-3 * r.at(name).mean[80]) << name;
    EXPECT_LT(std::fabs(drift.mean()), 4.0 * error) << name;  // t with 23 degrees of freedom: 6e-4
  }
}

// With too few draws a step the bias would show, so they are refused.
TEST(Hinge, RefusesTooFewDraws) {
  Problem p = logistic_sgd();
  p.loss.loss = {"hinge", {}};
  p.algorithm.steps = 600;
  try {
    (void)dmft::solve(p, {.samples = 16384});
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("at least 19200"), std::string::npos) << error.what();
  }
}

// dmft.E10: the average changes the error bars, not the answer. The ratio of mean squared standard errors over steps is
// about ten here; three is asked for.
TEST(BatchAverage, SharpensTheAnswerWithoutMovingIt) {
  const dmft::Options averaged{.samples = 16384, .scramblings = 16};
  dmft::Options drawn = averaged;
  drawn.average_batch = false;
  const Observables sharp = dmft::solve(logistic_sgd(), averaged);
  const Observables plain = dmft::solve(logistic_sgd(), drawn);
  const Series& a = sharp.at("overlap");
  const Series& b = plain.at("overlap");
  EXPECT_GT(b.standard_error.squaredNorm(), 3.0 * a.standard_error.squaredNorm());
  for (Eigen::Index t = 0; t < a.mean.size(); ++t) {
    // Student's t with about 16 degrees of freedom beyond 6: 2e-5 a step.
    EXPECT_LT(std::fabs(a.mean[t] - b.mean[t]), 6.0 * std::hypot(a.standard_error[t], b.standard_error[t]) + 1e-12)
        << t;
  }
  const double response_gain = plain.two_time.at("response").standard_error.squaredNorm() /
                               sharp.two_time.at("response").standard_error.squaredNorm();
  EXPECT_GT(response_gain, 2.0);
}

}  // namespace
}  // namespace sgdyn
