// How accurate the distance of two replicas is: its bias in the number of draws, its scatter, and the effective
// temperature of a stationary state whose value is known.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sgdyn/theory/dmft/dmft.hpp"
#include "support/persistent_sat.hpp"

namespace sgdyn {
namespace {

using testing_support::persistent_sat;

Series distance(const Problem& p, long each, int scramblings, std::uint64_t seed) {
  const dmft::Options options{.samples = each * scramblings, .scramblings = scramblings, .seed = seed};
  return dmft::solve(p, options).at("distance");
}

// Over the whole of the satisfiable phase: a bias of relative order t/n would be 30 % at 1024 draws and step 300. What
// is left is asked to be below 1.5 %, with five standard errors of some 0.7 % on top (false alarm 1e-5).
TEST(ReplicasSlow, DistanceIsUnbiasedInTheNumberOfDraws) {  // dmft.E14
  Problem p = persistent_sat(300);
  p.observables.times = {20, 60, 100, 300};
  const Series few = distance(p, 1024, 24, 1);
  const Series many = distance(p, 8192, 4, 2);
  for (Eigen::Index k = 0; k < few.mean.size(); ++k) {
    const double error = std::hypot(few.standard_error[k], many.standard_error[k]);
    EXPECT_LT(error, 0.015 * many.mean[k]);
    EXPECT_NEAR(few.mean[k], many.mean[k], 0.015 * many.mean[k] + 5.0 * error)
        << p.observables.times[static_cast<std::size_t>(k)];
  }
}

// 1.3 % of d for one scrambling of 4096 draws at step 60, where two copies instead of four give 1.9 %: 12 scramblings
// show 1.9 % with probability 1e-3.
TEST(ReplicasSlow, FourCopiesKnowTheDistanceWell) {  // dmft.E14
  Problem p = persistent_sat(60);
  p.observables.times = {60};
  const Series d = distance(p, 4096, 12, 1);
  EXPECT_LT(d.standard_error[0] * std::sqrt(12.0), 0.019 * d.mean[0]);
}

// alpha = 6, lambda = Delta = kappa = 1, squared hinge, dt = 0.1 (EN figure 4): at b = 0.1 the paper reads 0.015.
TEST(EffectiveTemperatureSlow, OfTheUnsatisfiablePhaseIsThatOfThePaper) {
  Problem p;
  p.data = {.model = {"two-clusters", {}}, .alpha = 6.0, .noise = 1.0};
  p.loss = {.loss = {"squared-hinge", {}}, .ridge = 1.0};
  p.algorithm = {.sampling = {"sgd", {{"batch", 0.1}}}, .learning_rate = 0.1, .steps = 250};
  const Observables r = dmft::solve(p, {.samples = 32768, .scramblings = 8});
  ASSERT_TRUE(r.effective_temperature.has_value());
  const Estimate& T = r.effective_temperature->temperature;
  ASSERT_TRUE(T.available()) << T.reason;
  EXPECT_LT(T.standard_error, 0.001);
  EXPECT_NEAR(T.value, 0.015, 0.0007 + 4.0 * T.standard_error);
  p.algorithm.steps = 12;
  EXPECT_FALSE(dmft::solve(p, {.samples = 4096}).effective_temperature->temperature.available()) << "still moving";
}

}  // namespace
}  // namespace sgdyn
