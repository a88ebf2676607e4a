// Momentum, learning rates that change, the gradient at rest and the response series, in limits that are known.
// (Against closed forms: square_loss.cpp.)
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/order_parameters.hpp"
#include "support/agreement.hpp"
#include "support/logistic_sgd.hpp"
#include "support/persistent_sat.hpp"
#include "support/schedules.hpp"

namespace sgdyn {
namespace {

using testing_support::rate_table;

const dmft::Options small{.samples = 2048, .scramblings = 2};

Problem logistic_sgd() { return testing_support::logistic_sgd(25); }

void expect_close(const Observables& a, const Observables& b, double tolerance) {
  ASSERT_EQ(a.steps, b.steps);
  for (const auto& [name, x] : a.series) {
    ASSERT_EQ(x.available(), b.at(name).available()) << name;
    if (!x.available()) continue;
    EXPECT_LE((x.mean - b.at(name).mean).cwiseAbs().maxCoeff(), tolerance) << name;
  }
  for (const auto& [name, x] : a.two_time) {
    EXPECT_LE((x.mean - b.two_time.at(name).mean).cwiseAbs().maxCoeff(), tolerance) << name;
  }
}

TEST(DmftMomentum, NoneOfEitherKindIsNoMomentum) {  // dmft.E15
  for (const char* loss : {"logistic", "hinge"}) {
    Problem p = logistic_sgd();
    p.loss.loss = {loss, {}};
    const Observables plain = dmft::solve(p, small);
    for (const MomentumKind kind : {MomentumKind::heavy_ball, MomentumKind::nesterov}) {
      p.algorithm.momentum_kind = kind;
      p.algorithm.momentum = 0.0;
      expect_close(dmft::solve(p, small), plain, 0.0);
      p.algorithm.momentum = 1e-13;  // the same through the lines of momentum
      // By parts, noise that is nearly empty makes more of rounding.
      expect_close(dmft::solve(p, small), plain, p.loss.loss.name == "hinge" ? 1e-6 : 1e-9);
    }
  }
}

// A quadratic objective in one direction: with alpha -> 0 nothing but the ridge acts, and the norm is that of a damped
// oscillator: w(t) = w(0) a(t), a(t+1) = a + mu (a - a before) - lambda dt p.
TEST(DmftMomentum, RidgeAloneIsADampedOscillator) {  // dmft.E15, E17
  for (const MomentumKind kind : {MomentumKind::heavy_ball, MomentumKind::nesterov}) {
    Problem p = logistic_sgd();
    p.data.alpha = 1e-12;
    p.loss.ridge = 3.0;
    p.algorithm.momentum = 0.8;
    p.algorithm.momentum_kind = kind;
    p.algorithm.learning_rate = testing_support::schedules()[3];
    p.initial = {.variance = 0.5, .overlap = 0.3};
    const Observables r = dmft::solve(p, small);
    double a = 1.0, before = 1.0;
    for (int t = 0; t <= 25; ++t) {
      EXPECT_NEAR(r.at("overlap").mean[t], 0.3 * a, 1e-10) << t;
      EXPECT_NEAR(r.at("norm").mean[t], (0.5 + 0.09) * a * a, 1e-10) << t;
      const double moved = a + 0.8 * (a - before);
      const double at = kind == MomentumKind::nesterov ? moved : a;
      before = a;
      a = moved - 3.0 * p.algorithm.learning_rate.at(t) * at;
    }
  }
}

TEST(DmftSchedules, AConstantMayBeWrittenAsATable) {  // dmft.E16
  for (const char* name : {"sgd", "persistent-sgd"}) {
    Problem p = logistic_sgd();
    p.algorithm.sampling = {name, {{"batch", 0.3}}};
    if (std::string(name) == "persistent-sgd") p.algorithm.sampling.parameters["persistence"] = 2.0;
    p.observables.replicas = 2;
    const Observables constant = dmft::solve(p, small);
    p.algorithm.learning_rate = rate_table({0, 4, 19}, {0.2, 0.2, 0.2});
    const Observables table = dmft::solve(p, small);
    expect_close(table, constant, 1e-12);
    for (std::size_t k = 0; k < table.time.size(); ++k) EXPECT_NEAR(table.time[k], constant.time[k], 1e-12);
  }
}

// A rate that changes at step 12 is first felt by w(13).
TEST(DmftSchedules, AChangeIsNotFeltBefore) {  // dmft.E16
  Problem p = logistic_sgd();
  const Observables constant = dmft::solve(p, small);
  p.algorithm.learning_rate = rate_table({0, 12}, {0.2, 0.05});
  const Observables changed = dmft::solve(p, small);
  EXPECT_EQ(changed.at("norm").mean.head(13), constant.at("norm").mean.head(13));
  EXPECT_GT(std::fabs(changed.at("norm").mean[13] - constant.at("norm").mean[13]), 1e-4);
}

// tau = dt(t)/b at every step would be Bernoulli sampling; where only the first step is that long, memory comes later.
TEST(DmftSchedules, MemoryOfMinibatchesThatOnlyComesLaterCounts) {  // dmft.E16
  Problem p = testing_support::persistent_sat(40);
  p.algorithm.sampling.parameters["persistence"] = 0.2 / 0.3;
  p.algorithm.learning_rate = rate_table({0, 1}, {0.2, 0.1});
  p.algorithm.learning_rate.values[0] = 0.2;
  const dmft::Options few{.samples = 8L * 512, .scramblings = 8, .seed = 1};
  dmft::Options drawn{.samples = 8L * 4096, .scramblings = 8, .seed = 2};
  drawn.average_batch = false;
  testing_support::expect_agree(dmft::solve(p, few), dmft::solve(p, drawn), "memory");
}

// ---- the gradient ----

// At w(0) everything is known for the square loss: A = alpha b (E[c^2] m - E[c y]), K = b, M = alpha E[s^2] E[x^2].
TEST(GradientNorm, OfTheFirstStepInClosedForm) {  // dmft.E17
  Problem p = logistic_sgd();
  p.loss.loss = {"square", {}};
  p.initial = {.variance = 0.4, .overlap = 0.3};
  const double b = 0.3, m = 0.3, q = 0.4, Delta = p.data.noise, alpha = p.data.alpha, lambda = p.loss.ridge;
  for (const int replicas : {1, 2}) {
    p.observables.replicas = replicas;
    dmft::Ensemble ensemble(p, {}, 1U << 16U, 0);
    dmft::OrderParameters order(p);
    dmft::Averages averages;
    (void)ensemble.advance(0, order, averages, 1);
    ASSERT_TRUE(order.advance(0, averages));
    const double cc = 1.0 + Delta;
    const double xx = cc * m * m - 2.0 * m + 1.0 + Delta * q;
    const double expected = std::pow(lambda * m + alpha * b * (cc * m - 1.0), 2) +
                            std::pow(lambda + Delta * alpha * b, 2) * q + Delta * alpha * b * xx;
    EXPECT_NEAR(order.gradient_norm(0), expected, 1e-3 * expected) << replicas;  // Sobol error of 65536 draws
  }
}

// What the gradient moved, from the correlations of three states: |w(t) + mu (w(t) - w(t-1)) - w(t+1)|^2 / (N dt^2).
TEST(GradientNorm, IsWhatMovedTheWeights) {  // dmft.E17
  for (const double momentum : {0.0, 0.7}) {
    for (const MomentumKind kind : {MomentumKind::heavy_ball, MomentumKind::nesterov}) {
      for (const int replicas : {1, 2}) {
        Problem p = logistic_sgd();
        p.algorithm.momentum = momentum;
        p.algorithm.momentum_kind = kind;
        p.algorithm.learning_rate = testing_support::schedules()[0];
        p.observables.replicas = replicas;
        dmft::Ensemble ensemble(p, {}, 512, 0);
        dmft::OrderParameters order(p);
        dmft::Averages averages;
        for (int t = 0; t < 20; ++t) {
          (void)ensemble.advance(t, order, averages, 1);
          ASSERT_TRUE(order.advance(t, averages));
          const int states[] = {std::max(0, t - 1), t, t + 1};
          const double weights[] = {-momentum, 1.0 + momentum, -1.0};
          double moved = 0.0;
          for (int i = 0; i < 3; ++i) {
            for (int j = 0; j < 3; ++j) moved += weights[i] * weights[j] * order.correlation(states[i], states[j]);
          }
          const double dt = p.algorithm.learning_rate.at(t);
          ASSERT_NEAR(order.gradient_norm(t), moved / (dt * dt), 1e-9) << "step " << t;
        }
      }
    }
  }
}

TEST(Stop, IsTheFirstStepAtWhichTheGradientIsSmall) {  // dmft.E17
  Problem p = testing_support::persistent_sat(400);
  p.algorithm.sampling = {"sgd", {{"batch", 0.6}}};
  p.data.alpha = 0.3;
  p.observables.times = {0, 400};
  const Observables r = dmft::solve(p, {.samples = 1024, .scramblings = 2});
  ASSERT_TRUE(r.at_stop.at("step").available()) << r.at_stop.at("step").reason;
  EXPECT_EQ(r.at_stop.at("converged_fraction").value, 1.0);
  double step = 0.0, distance = 0.0, support = 0.0;
  for (std::uint32_t scrambling = 0; scrambling < 2; ++scrambling) {
    dmft::Ensemble ensemble(p, {}, 512, scrambling);
    dmft::OrderParameters order(p);
    dmft::Averages averages;
    SampleSums sums;
    int t = 0;
    do {
      sums = ensemble.advance(t, order, averages, 1);
      ASSERT_TRUE(order.advance(t, averages));
    } while (order.gradient_norm(t++) > 1e-10 * 0.6 && t < 400);
    step += 0.5 * (t - 1);
    distance += 0.5 * order.distance(t - 1);
    support += 0.5 * static_cast<double>(sums.support) / static_cast<double>(sums.samples);
  }
  EXPECT_GT(step, 20.0);
  EXPECT_LT(step, 390.0);
  EXPECT_DOUBLE_EQ(r.at_stop.at("step").value, step);
  EXPECT_DOUBLE_EQ(r.at_stop.at("distance").value, distance);
  EXPECT_DOUBLE_EQ(r.at_stop.at("support_fraction").value, support);
  EXPECT_GT(distance, 0.01);
}

TEST(Stop, IsNotReachedInANoisyStationaryState) {  // dmft.E17
  const Observables r = dmft::solve(logistic_sgd(), small);
  EXPECT_FALSE(r.at_stop.at("step").available());
  EXPECT_EQ(r.at_stop.at("converged_fraction").value, 0.0);
  EXPECT_FALSE(r.at_stop.at("support_fraction").available()) << "the logistic loss has no margin";
}

// ---- responses ----

TEST(ResponseSeries, AreColumnsOfTheResponse) {
  Problem p = logistic_sgd();
  p.observables.response = {0, 7, 24};
  const Observables all = dmft::solve(p, small);
  const Eigen::MatrixXd& R = all.two_time.at("response").mean;
  for (const int from : p.observables.response) {
    const Series& series = all.at(response_name(from));
    EXPECT_LT((series.mean - R.col(from)).cwiseAbs().maxCoeff(), 1e-15) << from;
    EXPECT_EQ(series.mean[from + 1], 1.0);
    EXPECT_EQ(series.mean[from], 0.0);
    EXPECT_EQ(series.replicates.rows(), 2);
  }
  p.observables.times = {0, 10, 25};  // kicks need not be at reported steps
  const Observables some = dmft::solve(p, small);
  EXPECT_EQ(some.at("response_from_7").mean[1], all.at("response_from_7").mean[10]);
  EXPECT_EQ(some.at("response_from_7").mean[2], all.at("response_from_7").mean[25]);
}

TEST(ResponseSeries, IntegratedResponsesWeightKicksWithTheLearningRate) {  // THEORY 7
  Problem p = logistic_sgd();
  p.algorithm.learning_rate = testing_support::schedules()[2];
  const Observables r = dmft::solve(p, small);
  ASSERT_TRUE(r.fluctuation_dissipation.has_value());
  const FluctuationDissipation& relation = *r.fluctuation_dissipation;
  ASSERT_EQ(relation.integrated_response.size(), 2U);
  const Eigen::MatrixXd chi = 0.5 * (relation.integrated_response[0] + relation.integrated_response[1]);
  const Eigen::MatrixXd& R = r.two_time.at("response").mean;
  for (std::size_t j = 0; j < relation.waiting.size(); ++j) {
    for (Eigen::Index t = 0; t <= 25; ++t) {
      double sum = 0.0;
      for (int u = relation.waiting[j]; u < t; ++u) sum += p.algorithm.learning_rate.at(u) * R(t, u);
      ASSERT_NEAR(chi(t, static_cast<Eigen::Index>(j)), sum, 1e-13) << t << "," << relation.waiting[j];
    }
  }
}

}  // namespace
}  // namespace sgdyn
