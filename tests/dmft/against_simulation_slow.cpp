// Two replicas, momentum, schedules and responses against direct simulation. Each comparison calls a correct theory
// wrong with probability 1 % (seeds are fixed); its verdict must be "agree", not "inconclusive".
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/validation/compare.hpp"
#include "support/logistic_sgd.hpp"
#include "support/persistent_sat.hpp"
#include "support/schedules.hpp"

namespace sgdyn {
namespace {

using testing_support::persistent_sat;

void expect_agreement(const Problem& p, const std::string& what, double resolution = 0.05,
                      const dmft::Options& options = {}) {
  const Observables theory = dmft::solve(p, options);
  ASSERT_EQ(theory.status, Status::ok) << what << ": " << theory.message;
  const Observables truth = simulate(p, {.dimension = {100, 200, 400}, .runs = 48});
  const Comparison comparison = compare(theory, truth, {.resolution = resolution});
  EXPECT_EQ(comparison.verdict, Verdict::agree) << what << ": " << comparison;
}

Problem logistic_sgd() {
  Problem p = testing_support::logistic_sgd(40);
  p.observables.times = {1, 3, 8, 15, 25, 40};
  return p;
}

TEST(AgainstSimulationSlow, TwoReplicasInTheSatisfiablePhase) {  // dmft.E14, E15
  for (const char* name : {"persistent-sgd", "reshuffled-sgd"}) {
    Problem p = persistent_sat(100);
    if (std::string(name) == "reshuffled-sgd") p.algorithm.sampling = {name, {{"batch", 0.25}}};
    p.observables.times = {1, 5, 20, 50, 100};
    expect_agreement(p, name, 0.08);
  }
}

TEST(AgainstSimulationSlow, TwoReplicasOfALossThatJumps) {  // dmft.E9, E14
  Problem p = logistic_sgd();
  p.loss.loss = {"hinge", {}};
  p.observables.replicas = 2;
  expect_agreement(p, "hinge", 0.06, {.samples = 32768, .scramblings = 8});
}

TEST(AgainstSimulationSlow, Momentum) {  // dmft.E15
  for (const MomentumKind kind : {MomentumKind::heavy_ball, MomentumKind::nesterov}) {
    Problem p = logistic_sgd();
    p.algorithm.momentum = 0.9;
    p.algorithm.momentum_kind = kind;
    p.algorithm.learning_rate = 0.05;
    p.observables.replicas = 2;
    expect_agreement(p, momentum_kinds()[static_cast<std::size_t>(kind)], 0.06);
  }
}

TEST(AgainstSimulationSlow, MomentumOfALossThatJumps) {  // dmft.E9, E16
  Problem p = logistic_sgd();
  p.loss.loss = {"hinge", {}};
  p.algorithm.momentum = 0.7;
  p.algorithm.momentum_kind = MomentumKind::nesterov;
  p.algorithm.learning_rate = 0.1;
  expect_agreement(p, "hinge", 0.06, {.samples = 32768, .scramblings = 8});
}

TEST(AgainstSimulationSlow, Schedules) {  // dmft.E16
  for (const LearningRate& rate : testing_support::schedules()) {
    Problem p = logistic_sgd();
    p.algorithm.learning_rate = rate;
    if (rate.schedule == "cosine") {
      p.algorithm.sampling = {"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}};
    }
    if (rate.schedule == "table") p.algorithm.momentum = 0.6;
    expect_agreement(p, rate.schedule);
  }
}

TEST(AgainstSimulationSlow, ResponsesToAKick) {  // dmft.E6
  Problem p = logistic_sgd();
  p.observables.response = {0, 10};
  p.algorithm.momentum = 0.5;
  expect_agreement(p, "response", 0.06);
}

}  // namespace
}  // namespace sgdyn
