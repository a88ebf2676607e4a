// The effective temperature on made-up fluctuation-dissipation plots whose slope is known (THEORY 7), and the plots it
// refuses.
#include "sgdyn/observable/effective_temperature.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/statistics.hpp"

namespace sgdyn {
namespace {

// w(t+1) = (1 - k dt) w(t) + sqrt(2 T dt) xi: C(t,u) = C0 (1 - k dt)^(t-u) and chi = (1 - (1 - k dt)^(t-u))/k, a line
// of slope exactly (1 - k dt/2)/T.
struct Relaxation {
  double k = 1.0, T = 0.25, dt = 0.1;
  int steps = 120;
  int stride = 3;  // of the waiting times

  [[nodiscard]] double kept(int lag) const { return std::pow(1.0 - k * dt, lag); }
  [[nodiscard]] double norm() const { return T / (k * (1.0 - 0.5 * k * dt)); }
  [[nodiscard]] double temperature() const { return T / (1.0 - 0.5 * k * dt); }
};

struct Point {
  double correlation, response;
};

// What a replicate measures, from (replicate, waiting step, lag) and the exact values.
using Measure = std::function<Point(int, int, int, Point)>;

FluctuationDissipation measured(const Relaxation& process, int replicates, const Measure& measure) {
  FluctuationDissipation relation;
  for (int t = 0; t <= process.steps; ++t) relation.steps.push_back(t);
  for (int t = 0; t <= process.steps; t += process.stride) relation.waiting.push_back(t);
  for (int s = 0; s < replicates; ++s) {
    Eigen::MatrixXd C = Eigen::MatrixXd::Zero(process.steps + 1, static_cast<Eigen::Index>(relation.waiting.size()));
    Eigen::MatrixXd chi = C;
    for (Eigen::Index j = 0; j < C.cols(); ++j) {
      const int from = relation.waiting[static_cast<std::size_t>(j)];
      for (int t = from; t <= process.steps; ++t) {
        const double kept = process.kept(t - from);
        const Point point = measure(s, from, t - from, {process.norm() * kept, (1.0 - kept) / process.k});
        C(t, j) = point.correlation;
        chi(t, j) = point.response;
      }
    }
    relation.correlation.push_back(C);
    relation.integrated_response.push_back(chi);
  }
  return relation;
}

Point exactly(int, int, int, Point point) { return point; }

// Responses after step 60 as if they came from twice the temperature.
Point halved_late(int, int from, int, Point point) {
  return {point.correlation, from > 60 ? 0.5 * point.response : point.response};
}

std::string refusal(const FluctuationDissipation& relation, int shortest_lag = 1) {
  const EffectiveTemperature result = effective_temperature(relation, {.shortest_lag = shortest_lag});
  return result.temperature.available() ? "given: " + std::to_string(result.temperature.value)
                                        : result.temperature.reason;
}

TEST(EffectiveTemperature, OfALinearRelaxationIsThatOfItsNoise) {
  for (const Relaxation& process : {Relaxation{}, Relaxation{.k = 4.0, .T = 3.0, .dt = 0.2}}) {
    const EffectiveTemperature result = effective_temperature(measured(process, 3, exactly), {.shortest_lag = 1});
    ASSERT_TRUE(result.temperature.available()) << result.temperature.reason;
    EXPECT_NEAR(result.temperature.value, process.temperature(), 1e-10 * process.temperature());
    EXPECT_LT(result.temperature.standard_error, 1e-10 * process.temperature());
    EXPECT_EQ(result.window.first_waiting, 0);
    EXPECT_EQ(result.window.last_waiting, 60);
    EXPECT_EQ(result.window.shortest_lag, 1);
    EXPECT_EQ(result.window.longest_lag, 120);
  }
}

TEST(EffectiveTemperature, DoesNotDependOnTheUnitsOfTheWeights) {
  const auto scaled = [](int s, int, int, Point point) {
    const double square = std::pow(1.0 + s, 2);  // a replicate twice as large has C and T four times as large
    return Point{square * point.correlation, square * point.response};
  };
  const Relaxation process;
  EXPECT_NEAR(effective_temperature(measured(process, 3, scaled), {.shortest_lag = 1}).temperature.value,
              process.temperature(), 1e-10);
}

// Noise in C, hence in x = 1 - C/C, as large as the spread of x would flatten a plain least-squares line: measured
// here, to show that there is something to get wrong. The mean of 300 estimates must be right within five of its
// standard errors (false alarm 6e-7) and 1 % for what is left of order 1/replicates, and so must the stated errors
// within 20 %, five of their own standard errors.
TEST(EffectiveTemperature, NoiseInTheCorrelationDoesNotFlattenTheSlope) {
  const Relaxation process{.k = 1.0, .T = 0.25, .dt = 0.1, .steps = 60};
  std::mt19937_64 engine(5);
  std::normal_distribution<double> normal;
  testing_support::Estimate slope, variance, told, plain;
  constexpr int replicates = 16;
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<std::vector<double>> of_x(replicates), of_y(replicates);  // by lag, the same after every waiting time
    for (int s = 0; s < replicates; ++s) {
      for (int lag = 0; lag <= process.steps; ++lag) {
        of_x[static_cast<std::size_t>(s)].push_back(lag == 0 ? 0.0 : 0.15 * normal(engine));
        of_y[static_cast<std::size_t>(s)].push_back(0.05 * normal(engine));
      }
    }
    const auto noisy = [&](int s, int, int lag, Point point) {
      const auto own = static_cast<std::size_t>(s);
      const auto at = static_cast<std::size_t>(lag);
      return Point{point.correlation + process.norm() * of_x[own][at], point.response + of_y[own][at]};
    };
    const FluctuationDissipation relation = measured(process, replicates, noisy);
    const EffectiveTemperature result = effective_temperature(relation, {.shortest_lag = 1});
    ASSERT_TRUE(result.temperature.available()) << result.temperature.reason;
    const double value = 1.0 / result.temperature.value;
    slope.add(value);
    told.add(std::pow(result.temperature.standard_error * value * value, 2));
    double xy = 0, xx = 0, x = 0, y = 0, n = 0;
    for (int lag = 1; lag <= process.steps; ++lag) {
      const double own_x = 1.0 - relation.correlation[0](lag, 0) / relation.correlation[0](0, 0);
      const double own_y = relation.integrated_response[0](lag, 0) / relation.correlation[0](0, 0);
      x += own_x, y += own_y, xy += own_x * own_y, xx += own_x * own_x, n += 1.0;
    }
    plain.add((xy - x * y / n) / (xx - x * x / n));
  }
  const double exact = 1.0 / process.temperature();
  EXPECT_LT(plain.mean(), 0.85 * exact);
  EXPECT_NEAR(slope.mean(), exact, 0.01 * exact + testing_support::five_sigma * slope.standard_error());
  EXPECT_NEAR(std::sqrt(told.mean() / slope.variance()), 1.0, 0.2);
}

// A start that is forgotten like exp(-2 k t): the window opens after it.
TEST(EffectiveTemperature, TheWindowOpensWhenTheNormNoLongerDrifts) {
  const Relaxation process{.k = 1.0, .T = 0.25, .dt = 0.1, .steps = 200};
  const auto transient = [&](int s, int from, int, Point point) {
    const double start = 1.0 + 20.0 * (1.0 + 0.01 * s) * process.kept(2 * from);
    return Point{start * point.correlation, point.response};
  };
  const EffectiveTemperature result = effective_temperature(measured(process, 3, transient), {.shortest_lag = 1});
  ASSERT_TRUE(result.temperature.available()) << result.temperature.reason;
  EXPECT_GT(result.window.first_waiting, 15);
  EXPECT_LT(result.window.first_waiting, 60);
  EXPECT_NEAR(result.temperature.value, process.temperature(), 0.03 * process.temperature());
}

// Lags at which minibatches still remember each other have a slope of their own.
TEST(EffectiveTemperature, LeavesOutLagsShorterThanAsked) {
  const auto remembered = [](int, int, int lag, Point point) {
    return lag < 6 ? Point{point.correlation, 0.2 * point.response} : point;
  };
  const Relaxation process;
  const FluctuationDissipation relation = measured(process, 3, remembered);
  const EffectiveTemperature result = effective_temperature(relation, {.shortest_lag = 6});
  EXPECT_NEAR(result.temperature.value, process.temperature(), 1e-10);
  EXPECT_EQ(result.window.shortest_lag, 6);
  EXPECT_GT(
      std::fabs(effective_temperature(relation, {.shortest_lag = 1}).temperature.value / process.temperature() - 1.0),
      0.05);
}

TEST(EffectiveTemperature, RefusesAStateThatDrifts) {
  const auto growing = [](int, int from, int, Point point) {
    return Point{(1.0 + 0.02 * from) * point.correlation, point.response};
  };
  const std::string reason = refusal(measured({}, 3, growing));
  EXPECT_EQ(reason.rfind("not stationary: C(t,t) still changes by ", 0), 0U) << reason;
}

// Exponential growth at rates that differ: the largest replicate is all of the mean, so that no drift is ever beyond
// the errors of the mean.
TEST(EffectiveTemperature, RefusesAStateThatExplodes) {
  const auto exploding = [](int s, int from, int lag, Point point) {
    const double growth = std::exp((0.5 + 0.2 * s) * (2 * from + lag));
    return Point{(lag % 2 == 0 ? 1.0 : -1.0) * growth * point.correlation, growth * point.response};
  };
  const std::string reason = refusal(measured({}, 4, exploding));
  EXPECT_EQ(reason.rfind("not stationary: C(t,t) still changes by ", 0), 0U) << reason;
}

TEST(EffectiveTemperature, WaitsUntilTheLearningRateHasSettled) {
  const Relaxation process;
  const FluctuationDissipation relation = measured(process, 3, exactly);
  EXPECT_EQ(effective_temperature(relation, {.settled = 40}).window.first_waiting, 42);
  const EffectiveTemperature never = effective_temperature(relation, {.settled = 119});
  EXPECT_EQ(never.temperature.reason,
            "not stationary: the learning rate still changes before step 119; more steps may do");
}

TEST(EffectiveTemperature, TheWindowNamesLagsThatWereMeasured) {
  FluctuationDissipation relation = measured({}, 3, exactly);  // waiting times every third step
  for (auto* arrays : {&relation.correlation, &relation.integrated_response}) {
    for (Eigen::MatrixXd& array : *arrays) {
      Eigen::MatrixXd kept(41, array.cols());
      for (Eigen::Index i = 0; i < kept.rows(); ++i) kept.row(i) = array.row(3 * i);
      array = kept;
    }
  }
  relation.steps = relation.waiting;
  EXPECT_EQ(effective_temperature(relation, {.shortest_lag = 2}).window.shortest_lag, 3);
}

TEST(EffectiveTemperature, RefusesTooFewReplicatesWaitingTimesOrLags) {
  // With two, all but one are one, which has no others to tell its x.
  const std::string few = "fewer than three replicates give no temperature with an error bar";
  EXPECT_EQ(refusal(measured({}, 1, exactly)), few);
  EXPECT_EQ(refusal(measured({}, 2, exactly)), few);
  EXPECT_EQ(effective_temperature_between(measured({}, 2, exactly), {.first_waiting = 30, .last_waiting = 60})
                .temperature.reason,
            few);
  EXPECT_EQ(refusal(measured({.steps = 20, .stride = 30}, 3, exactly)), "fewer than two waiting times were measured");
  EXPECT_EQ(refusal(measured({.steps = 20}, 3, exactly), 30), "the run is too short for lags of 30 steps");
}

TEST(EffectiveTemperature, RefusesASlopeThatIsNotPositive) {
  const std::string sentence = "the slope of the fluctuation-dissipation plot is not positive beyond its error";
  EXPECT_EQ(refusal(measured({}, 3,
                             [](int, int, int, Point point) {
                               return Point{point.correlation, -point.response};
                             })),
            sentence);
  // A slope whose sign the replicates do not agree on.
  EXPECT_EQ(refusal(measured({}, 3,
                             [](int s, int, int, Point point) {
                               return Point{point.correlation, (s - 0.9) * point.response};
                             })),
            sentence);
  // Nothing fluctuates: no slope at all.
  EXPECT_EQ(refusal(measured({}, 3, [](int, int, int, Point point) { return Point{1.0, point.response}; })), sentence);
  EXPECT_EQ(refusal(measured({}, 3, [](int, int, int, Point) { return Point{0.0, 0.0}; })), sentence);
}

TEST(EffectiveTemperature, BetweenTwoWaitingTimesIsThatOfTheCurvesBetweenThem) {
  const FluctuationDissipation relation = measured({}, 3, halved_late);
  const double T = Relaxation{}.temperature();
  const EffectiveTemperature early = effective_temperature_between(relation, {.first_waiting = 29, .last_waiting = 61});
  EXPECT_NEAR(early.temperature.value, T, 1e-10);
  EXPECT_EQ(early.window.first_waiting, 30);
  EXPECT_EQ(early.window.last_waiting, 60);
  const EffectiveTemperature late = effective_temperature_between(relation, {.first_waiting = 61, .last_waiting = 90});
  EXPECT_NEAR(late.temperature.value, 2.0 * T, 1e-10);
  EXPECT_EQ(effective_temperature_between(relation, {.first_waiting = 31, .last_waiting = 32}).temperature.reason,
            "no waiting time was measured");
}

}  // namespace
}  // namespace sgdyn
