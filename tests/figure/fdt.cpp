// Slopes of fluctuation-dissipation curves made to measure, and the numbers that quantities pick.
#include "sgdyn/validation/figure/fdt.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sgdyn/core/error.hpp"

namespace sgdyn::figure {
namespace {

using Eigen::Index;

constexpr int steps = 200;
constexpr double dt = 0.1;
constexpr double norm = 2.0;

// Relaxation 1 - C/C = 1 - exp(-lag/20); chi/C has slope 1/T, and 1/`early` at lags up to `memory`.
double relaxation(int lag) { return 1.0 - std::exp(-lag / 20.0); }

FluctuationDissipation relation(const std::vector<double>& temperatures, int memory = 0, double early = 1.0) {
  FluctuationDissipation result;
  for (int k = 0; k <= steps; ++k) result.steps.push_back(k);
  result.waiting = {20, 100, 120, 150};
  for (const double T : temperatures) {
    Eigen::MatrixXd C = Eigen::MatrixXd::Zero(steps + 1, 4), chi = C;
    for (Index w = 0; w < 4; ++w) {
      const int waiting = result.waiting[static_cast<std::size_t>(w)];
      for (int k = waiting; k <= steps; ++k) {
        const double x = relaxation(k - waiting), x_early = std::min(x, relaxation(memory));
        C(k, w) = norm * (1.0 - x);
        chi(k, w) = norm * (x_early / early + (x - x_early) / T);
      }
    }
    result.correlation.push_back(C);
    result.integrated_response.push_back(chi);
  }
  return result;
}

Observables observables(const std::vector<double>& temperatures) {
  Observables result;
  result.fluctuation_dissipation = relation(temperatures);
  result.steps = result.fluctuation_dissipation->steps;
  for (const int step : result.steps) result.time.push_back(step * dt);
  result.runs = static_cast<int>(temperatures.size());
  Series overlap;
  overlap.mean = Eigen::VectorXd::LinSpaced(steps + 1, 0.0, 1.0);
  overlap.standard_error = Eigen::VectorXd::Constant(steps + 1, 0.01);
  result.series["overlap"] = overlap;
  result.at_stop["distance"] = {0.3, 0.02, ""};
  result.at_stop["support_fraction"] = Estimate::unavailable("never stopped");
  return result;
}

TEST(FigureFdt, EverySlopeOfAStraightLineIsItsTemperature) {
  const Observables producer = observables({0.25, 0.25, 0.25});
  EXPECT_NEAR(last_slope(producer, 1, 15).value, 0.25, 1e-12);
  EXPECT_NEAR(secant_temperature(producer, 1).value, 0.25, 1e-12);
  const std::vector<LocalTemperature> local = local_temperatures(producer);
  ASSERT_GE(local.size(), 4U);
  for (const LocalTemperature& window : local) {
    EXPECT_NEAR(window.temperature.value, 0.25, 1e-10);
    EXPECT_NEAR(window.temperature.error, 0.0, 1e-10);
  }
  EXPECT_LE(local.back().to, 5.0);  // a quarter of the run, after the last waiting time of the third quarter
}

// The slope changes at a lag of 13 steps, where two windows meet: [8, 13] and [13, 21].
TEST(FigureFdt, ACurveOfTwoSlopesIsSeenAtTheRightLags) {
  Observables producer = observables({0.25, 0.25});
  producer.fluctuation_dissipation = relation({0.25, 0.25}, 13, 0.1);
  for (const LocalTemperature& window : local_temperatures(producer)) {
    EXPECT_NEAR(window.temperature.value, window.to < 1.35 ? 0.1 : 0.25, 1e-10) << window.lag();
  }
  EXPECT_NEAR(Quantity::parse("local_temperature at 1").of(producer).value, 0.1, 1e-10);
  EXPECT_NEAR(Quantity::parse("local_temperature at 1.7").of(producer).value, 0.25, 1e-10);
  // After t_w = 150 the lags go to 50: the last 38 steps are past the change, one more is not.
  EXPECT_NEAR(last_slope(producer, 3, 38).value, 0.25, 1e-10);
  EXPECT_LT(last_slope(producer, 3, 39).value, 0.2499);
  const double end = relaxation(50), change = relaxation(13);
  EXPECT_NEAR(secant_temperature(producer, 3).value, end / (change / 0.1 + (end - change) / 0.25), 1e-10);
}

// The slope of the mean curve: 1/T is averaged.
TEST(FigureFdt, ReplicatesGiveAnErrorBar) {
  const Observables producer = observables({0.2, 0.3});
  const Measured slope = last_slope(producer, 1, 10);
  EXPECT_NEAR(1.0 / slope.value, 0.5 * (1.0 / 0.2 + 1.0 / 0.3), 1e-10);
  EXPECT_NEAR(slope.error, 0.05, 1e-10);  // jackknife of two: half the distance of 0.3 and 0.2
  EXPECT_EQ(slope.degrees, 1.0);
}

TEST(FigureFdt, CurvesBeginAtTheOriginWithTheNearestWaitingTime) {
  const Observables producer = observables({0.25, 0.25});
  EXPECT_EQ(waiting_near(producer, 11.4), 2);
  const std::vector<Dot> curve = fdt_curve(producer, 2);
  ASSERT_EQ(curve.size(), 81U);
  EXPECT_EQ(curve.front().x, 0.0);
  EXPECT_EQ(curve.front().y, 0.0);
  EXPECT_NEAR(curve.back().x, 1.0 - std::exp(-4.0), 1e-12);
}

TEST(FigureFdt, NothingMeasuredGivesReasonsNotNumbers) {
  Observables producer = observables({0.25});
  EXPECT_FALSE(last_slope(producer, 1, 10).available());  // one replicate
  producer.fluctuation_dissipation.reset();
  EXPECT_EQ(waiting_near(producer, 1.0), -1);
  EXPECT_FALSE(last_slope(producer, -1, 10).available());
  EXPECT_TRUE(local_temperatures(producer).empty());
  EXPECT_FALSE(Quantity::parse("effective_temperature").of(producer).available());
}

TEST(Quantities, PickWhatTheyName) {
  const Observables producer = observables({0.25, 0.25});
  EXPECT_EQ(Quantity::parse("final overlap").of(producer).value, 1.0);
  EXPECT_NEAR(Quantity::parse("overlap at 5.04").of(producer).value, 0.25, 1e-12);
  EXPECT_EQ(Quantity::parse("stop distance").of(producer).value, 0.3);
  EXPECT_EQ(Quantity::parse("stop support_fraction").of(producer).reason, "never stopped");
  EXPECT_NEAR(Quantity::parse("last_slope 10 at 10").of(producer).value, 0.25, 1e-10);
  EXPECT_NEAR(Quantity::parse("local_temperature at 1").of(producer).value, 0.25, 1e-10);
  EXPECT_NEAR(Quantity::parse("secant_temperature").of(producer).value, 0.25, 1e-10);
  EXPECT_FALSE(Quantity::parse("final norm").of(producer).available());
}

TEST(Quantities, TimesThatWereNotReachedAreNotAvailable) {
  const Observables producer = observables({0.25, 0.25});
  EXPECT_EQ(Quantity::parse("overlap at 20.04").of(producer).value, 1.0);  // within half a step of the end
  EXPECT_EQ(Quantity::parse("overlap at 20.06").of(producer).reason, "the run ends at t = 20");
  EXPECT_EQ(Quantity::parse("last_slope 10 at 21").of(producer).reason, "the run ends at t = 20");
  EXPECT_EQ(waiting_near(producer, 21.0), -1);
  EXPECT_EQ(Quantity::parse("local_temperature at 9").of(producer).reason,
            "the slope is known at lags from 0.1 to 3.4");
  EXPECT_FALSE(Quantity::parse("local_temperature at 0").of(producer).available());
}

TEST(Quantities, ARunThatBrokeOffHasNoEnd) {
  Observables producer = observables({0.25, 0.25});
  producer.status = Status::overflow;
  producer.message = "the weights overflowed";
  EXPECT_EQ(Quantity::parse("final overlap").of(producer).reason, "the weights overflowed");
  EXPECT_EQ(Quantity::parse("secant_temperature").of(producer).reason, "the weights overflowed");
  EXPECT_NEAR(Quantity::parse("overlap at 5").of(producer).value, 0.25, 1e-12);
}

// Temperatures are those of the largest N, whose replicates are those of the relation, not of all sizes.
TEST(Quantities, TemperaturesKnowTheReplicatesOfOneSizeAlone) {
  Observables producer = observables({0.2, 0.25, 0.3});
  producer.effective_temperature = EffectiveTemperature{.temperature = {0.25, 0.01, ""}, .window = {}};
  producer.runs = 103;
  for (const char* text :
       {"effective_temperature", "local_temperature at 1", "last_slope 10 at 10", "secant_temperature"}) {
    EXPECT_EQ(Quantity::parse(text).of(producer).degrees, 2.0) << text;
  }
}

TEST(Quantities, UnknownOnesAreRefused) {
  for (const char* text :
       {"", "overlap", "final", "final nothing", "overlap at", "overlap at -1", "stop norm", "last_slope 10",
        "last_slope 1 at 10", "last_slope 2.7 at 10", "effective temperature", "overlap at 3 4"}) {
    EXPECT_THROW((void)Quantity::parse(text), InputError) << text;
  }
}

}  // namespace
}  // namespace sgdyn::figure
