// Where alpha N or M/m is no integer: counts are rounded at random, so that nothing is biased at any N.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/sim/simulate.hpp"

namespace sgdyn {
namespace {

Problem fractional(double alpha) {
  Problem p;
  p.data = {.model = {"two-clusters", {}}, .alpha = alpha, .noise = 0.5};
  p.loss = {.loss = {"logistic", {}}, .ridge = 0.1};
  p.algorithm = {.sampling = {"gd", {}}, .learning_rate = 0.1, .steps = 1};
  p.initial = {.variance = 0.0, .overlap = 0.0};
  p.observables.times = {0};
  return p;
}

// With w = 0 every loss is log 2, so the training loss is (M/N) log 2: its mean must be alpha log 2 at N = 10 as at any
// N. Rounding to the nearest integer would give 0.6 or 0.5 instead of 0.55. Five standard errors.
TEST(SampleCounts, MeanIsAlphaNWhereAlphaNIsNoInteger) {
  const Series loss = simulate(fractional(0.55), {.dimension = 10, .runs = 2000}).at("training_loss");
  EXPECT_GT(loss.standard_error[0], 0.0);
  EXPECT_NEAR(loss.mean[0], 0.55 * std::log(2.0), 5.0 * loss.standard_error[0]);
}

TEST(SampleCounts, IntegersStayExact) {
  const Series loss = simulate(fractional(0.5), {.dimension = 10, .runs = 20}).at("training_loss");
  EXPECT_EQ(loss.standard_error[0], 0.0);
  EXPECT_NEAR(loss.mean[0], 0.5 * std::log(2.0), 1e-15);
}

TEST(SampleCounts, LessThanOneSampleIsRefused) {
  EXPECT_THROW((void)simulate(fractional(0.01), {.dimension = 50, .runs = 4}), InputError);
}

// M = 50 in epochs of m = 13: every minibatch has M/m samples on average, the first no more than the others.
TEST(SampleCounts, ReshuffledMinibatchesHaveEqualMeans) {
  const auto scheme = make_sampling_scheme({"reshuffled-sgd", {{"batch", 1.0 / 13.0}}}, 0.1);
  Stream stream(5, Purpose::testing, 0);
  std::vector<double> memory(50), s(50), mean(13, 0.0);
  constexpr int epochs = 4000;
  for (int step = 0; step < 13 * epochs; ++step) {
    scheme->draw_batch(step, stream, memory, s);
    for (const double value : s) mean[static_cast<std::size_t>(step % 13)] += value / epochs;
  }
  // A size is 3 or 4, 50/13 on average: standard deviation at most 0.37, five errors of the mean over 4000 epochs.
  for (const double size : mean) EXPECT_NEAR(size, 50.0 / 13.0, 5.0 * 0.37 / std::sqrt(epochs));
}

// Nobody misclassified is not the same as nobody misclassifiable.
TEST(SampleCounts, ProportionsCarryTheErrorOfOneCount) {
  Problem p = fractional(0.5);
  p.data.noise = 1e-3;
  p.initial.overlap = 1.0;
  const Series accuracy = simulate(p, {.dimension = 20, .runs = 8}).at("training_accuracy");
  EXPECT_EQ(accuracy.mean[0], 1.0);
  EXPECT_NEAR(accuracy.standard_error[0], 1.0 / 80.0, 1e-15);
}

}  // namespace
}  // namespace sgdyn
