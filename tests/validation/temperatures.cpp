// The pair of temperatures that teff and compare give: theory over the window of the simulation.
#include "sgdyn/validation/temperatures.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sgdyn/observable/effective_temperature.hpp"

namespace sgdyn {
namespace {

// Straight lines of slope 1/T through the origin, T = early up to waiting step 50 and late after it; replicates differ
// by `spread` in their slope.
Observables measured(const std::vector<int>& waiting, double early, double late, double spread) {
  FluctuationDissipation relation;
  for (int t = 0; t <= 100; ++t) relation.steps.push_back(t);
  relation.waiting = waiting;
  for (int s = 0; s < 3; ++s) {
    Eigen::MatrixXd C = Eigen::MatrixXd::Zero(101, static_cast<Eigen::Index>(waiting.size()));
    Eigen::MatrixXd chi = C;
    for (Eigen::Index j = 0; j < C.cols(); ++j) {
      const int from = waiting[static_cast<std::size_t>(j)];
      const double T = from > 50 ? late : early;
      for (int t = from; t <= 100; ++t) {
        C(t, j) = std::exp(-0.05 * (t - from));
        chi(t, j) = (1.0 - C(t, j)) / T * (1.0 + spread * (s - 1));
      }
    }
    relation.correlation.push_back(C);
    relation.integrated_response.push_back(chi);
  }
  Observables result;
  result.effective_temperature = effective_temperature(relation, {});
  result.fluctuation_dissipation = relation;
  return result;
}

TEST(CompareTemperatures, TakesTheoryOverTheWindowOfTheSimulation) {
  const Observables theory = measured({0, 20, 40, 60, 80}, 0.5, 1.0, 0.01);
  const Observables simulation = measured({60, 75}, 0.5, 1.0, 0.02);
  ASSERT_LT(theory.effective_temperature->temperature.value, 0.9) << "early curves count there";
  const auto pair = compare_temperatures(theory, simulation);
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->observable, "effective_temperature");
  EXPECT_EQ(pair->step, simulation.effective_temperature->window.last_waiting);
  EXPECT_NEAR(pair->theory, 1.0, 1e-3);
  EXPECT_NEAR(pair->simulation, 1.0, 1e-3);
  EXPECT_LT(std::fabs(pair->z), 1.0);
}

TEST(CompareTemperatures, NeedsBothSides) {
  const Observables theory = measured({0, 20, 40, 60, 80}, 1.0, 1.0, 0.01);
  Observables simulation = measured({60, 75}, 1.0, 1.0, 0.02);
  ASSERT_TRUE(compare_temperatures(theory, simulation).has_value());
  simulation.effective_temperature->temperature = Estimate::unavailable("not stationary");
  EXPECT_FALSE(compare_temperatures(theory, simulation).has_value());
  simulation.effective_temperature.reset();
  EXPECT_FALSE(compare_temperatures(theory, simulation).has_value());
}

}  // namespace
}  // namespace sgdyn
