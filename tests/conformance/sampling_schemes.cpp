// Laws every sampling scheme of lib/sampling obeys that need no statistics (THEORY 2); the rest is in
// tests/statistical.
#include "sgdyn/model/sampling_scheme.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "sgdyn/model/fdt_conditions.hpp"
#include "support/components.hpp"
#include "support/schedules.hpp"

namespace sgdyn {
namespace {

using testing_support::accepted;
using testing_support::test_name;

constexpr double learning_rate = 0.2;

std::shared_ptr<const SamplingScheme> make(const Component& component) {
  return make_sampling_scheme(component, learning_rate);
}

class SamplingLaw : public ::testing::TestWithParam<Component> {
 protected:
  // Schemes of infinite variance are stable laws: E[exp(i k (s - b))] = exp(-(k scale)^index), over spread points whose
  // upper and lower bits are used apart.
  void expect_stable_law(const std::vector<double>& s) const {
    const double index = GetParam().parameters.at("stability");
    const double scale = GetParam().parameters.at("scale");
    for (const double k : {0.2, 1.0, 2.5}) {
      double even = 0.0;
      double odd = 0.0;
      for (const double value : s) {
        even += std::cos(k * (value - scheme_->mean()) / scale) / static_cast<double>(s.size());
        odd += std::sin(k * (value - scheme_->mean()) / scale) / static_cast<double>(s.size());
      }
      EXPECT_NEAR(even, std::exp(-std::pow(k, index)), 1e-3) << "k = " << k;
      EXPECT_NEAR(odd, 0.0, 1e-3) << "k = " << k;
    }
  }

  std::shared_ptr<const SamplingScheme> scheme_ = make(GetParam());
};

// THEORY 2: every scheme starts stationary with mean b, so its declared mean is the batch fraction.
TEST_P(SamplingLaw, MeanIsTheBatchFraction) {
  const auto batch = GetParam().parameters.find("batch");
  const double expected = batch == GetParam().parameters.end() ? 1.0 : batch->second;
  EXPECT_NEAR(scheme_->mean(), expected, 1e-9);
}

// What decorrelation_steps rests on. Past the end of an epoch another begins, which remembers nothing of it.
TEST_P(SamplingLaw, AutocovarianceNeverGrowsWithTheLag) {
  for (int step = 0; step < 12; ++step) {
    double last = scheme_->variance();
    for (int lag = 1; lag < 40; ++lag) {
      const double size = std::fabs(scheme_->autocovariance(step, lag));
      EXPECT_LE(size, last * (1.0 + 1e-12)) << "step " << step << ", lag " << lag;
      last = size;
    }
  }
}

TEST_P(SamplingLaw, AutocovarianceIsBoundedByTheVariance) {
  EXPECT_GE(scheme_->variance(), 0.0);
  for (int step = 0; step < 12; ++step) {
    for (int lag = 1; lag < 40; ++lag) {
      EXPECT_LE(std::fabs(scheme_->autocovariance(step, lag)), scheme_->variance() * (1.0 + 1e-12));
    }
  }
}

// The law of a sequence needs a positive semidefinite covariance: checked on random test vectors over 12 steps.
TEST_P(SamplingLaw, AutocovarianceIsPositiveSemidefinite) {
  constexpr int steps = 12;
  std::mt19937_64 engine(5);
  std::normal_distribution<double> normal;
  for (int trial = 0; trial < 500; ++trial) {
    std::array<double, steps> weight{};
    for (double& value : weight) value = normal(engine);
    if (trial == 0) weight.fill(1.0);
    double form = 0.0;
    for (std::size_t i = 0; i < steps; ++i) {
      form += weight[i] * weight[i] * scheme_->variance();
      for (std::size_t j = i + 1; j < steps; ++j) {
        form += 2.0 * weight[i] * weight[j] * scheme_->autocovariance(static_cast<int>(i), static_cast<int>(j - i));
      }
    }
    EXPECT_GE(form, -1e-12);
  }
}

// A step without fresh randomness must not look at its uniforms.
TEST_P(SamplingLaw, StepsThatNeedNoUniformIgnoreIt) {
  std::mt19937_64 engine(9);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<double> memory(200, 0.0);
  std::vector<double> s(memory.size());
  std::vector<double> u(memory.size());
  for (int step = 0; step < 25; ++step) {
    for (double& value : u) value = uniform(engine);
    std::vector<double> other_memory = memory;
    std::vector<double> other_s(s.size());
    std::vector<double> other_u(u.size());
    for (double& value : other_u) value = uniform(engine);
    scheme_->advance(step, u, memory, s);
    if (scheme_->uses_uniform(step)) continue;
    scheme_->advance(step, other_u, other_memory, other_s);
    EXPECT_EQ(s, other_s) << "step " << step;
    EXPECT_EQ(memory, other_memory) << "step " << step;
  }
}

// Sobol points feed advance(): its law must hold pointwise in u, hence be monotone enough that the mean over an
// equidistributed u is b up to O(1/n) at the first step.
TEST_P(SamplingLaw, FirstStepIntegratesOverTheUniformToTheMean) {
  constexpr std::size_t count = 100000;
  std::vector<double> u(count);
  for (std::size_t i = 0; i < count; ++i) u[i] = (static_cast<double>(i) + 0.5) / count;
  std::vector<double> memory(count, 0.0);
  std::vector<double> s(count);
  scheme_->advance(0, u, memory, s);
  if (!std::isfinite(scheme_->variance())) {
    expect_stable_law(s);  // sums of s itself converge too slowly
    return;
  }
  const double mean = std::accumulate(s.begin(), s.end(), 0.0) / count;
  EXPECT_NEAR(mean, scheme_->mean(), 20.0 / count);
}

INSTANTIATE_TEST_SUITE_P(All, SamplingLaw, ::testing::ValuesIn(accepted(known_sampling_schemes(), make)),
                         [](const auto& tested) { return test_name(tested.param); });

// ---- the table of THEORY 2 ----

struct Row {
  Component component;
  double mean;
  double variance;
  double (*autocovariance)(int step, int lag);
};

TEST(SamplingSchemes, TableOfTheorySection2) {
  constexpr double b = 0.25;
  const auto none = [](int, int) { return 0.0; };
  const std::vector<Row> table{
      {{"gd", {}}, 1.0, 0.0, none},
      {{"sgd", {{"batch", b}}}, b, b * (1 - b), none},
      {{"poisson-sgd", {{"batch", b}}}, b, b, none},
      {{"reshuffled-sgd", {{"batch", b}}},
       b,
       b * (1 - b),
       [](int step, int lag) { return step % 4 + lag < 4 ? -b * b : 0.0; }},
      {{"persistent-sgd", {{"batch", b}, {"persistence", 2.0}}},
       b,
       b * (1 - b),
       [](int, int lag) { return b * (1 - b) * std::pow(1.0 - learning_rate / (b * 2.0), lag); }},
      {{"gaussian-sgd", {{"batch", b}}}, b, b * (1 - b), none},
      {{"stable-sgd", {{"batch", b}, {"stability", 2.0}, {"scale", 0.5}}}, b, 2.0 * 0.5 * 0.5, none},
  };
  EXPECT_EQ(table.size(), known_sampling_schemes().size()) << "a scheme is missing here";
  for (const Row& row : table) {
    const auto scheme = make(row.component);
    EXPECT_NEAR(scheme->mean(), row.mean, 1e-15) << row.component.name;
    EXPECT_NEAR(scheme->variance(), row.variance, 1e-15) << row.component.name;
    for (int step = 0; step < 9; ++step) {
      for (int lag = 1; lag <= 9; ++lag) {
        EXPECT_NEAR(scheme->autocovariance(step, lag), row.autocovariance(step, lag), 1e-15)
            << row.component.name << " at step " << step << ", lag " << lag;
      }
    }
  }
}

// THEORY 2: the mean is b, the variance infinite below index 2.
TEST(SamplingSchemes, StableWeightsHaveAMeanAndNoVariance) {
  const auto scheme = make({"stable-sgd", {{"batch", 0.25}, {"stability", 1.999}, {"scale", 0.5}}});
  EXPECT_EQ(scheme->mean(), 0.25);
  EXPECT_EQ(scheme->variance(), std::numeric_limits<double>::infinity());
  std::vector<double> memory(3), first(3), second(3);
  scheme->conditional_moments(4, memory, first, second);
  EXPECT_EQ(first, std::vector<double>(3, 0.25));
  EXPECT_EQ(second, std::vector<double>(3, std::numeric_limits<double>::infinity()));
}

// THEORY 10: correlation -1/(m-1) inside an epoch of m batches.
TEST(SamplingSchemes, ReshuffledCorrelationInsideAnEpoch) {
  for (const int m : {2, 3, 7, 50}) {
    const auto scheme = make({"reshuffled-sgd", {{"batch", 1.0 / m}}});
    EXPECT_NEAR(scheme->autocovariance(0, 1) / scheme->variance(), -1.0 / (m - 1), 1e-12);
  }
}

TEST(SamplingSchemes, ReshuffledUsesEverySampleOncePerEpoch) {
  for (const int m : {1, 2, 3, 7, 10}) {
    const auto scheme = make({"reshuffled-sgd", {{"batch", 1.0 / m}}});
    for (const std::size_t samples : {10UL, 30UL, 101UL}) {
      Stream stream(4, Purpose::testing, static_cast<std::uint32_t>(m));
      std::vector<double> memory(samples, 0.0);
      std::vector<double> s(samples);
      std::vector<std::vector<double>> epochs;
      for (int epoch = 0; epoch < 3; ++epoch) {
        std::vector<double> used(samples, 0.0);
        double smallest = 1e9;
        double largest = 0.0;
        for (int step = epoch * m; step < (epoch + 1) * m; ++step) {
          scheme->draw_batch(step, stream, memory, s);
          for (std::size_t i = 0; i < samples; ++i) used[i] += s[i];
          const double size = std::accumulate(s.begin(), s.end(), 0.0);
          smallest = std::min(smallest, size);
          largest = std::max(largest, size);
        }
        EXPECT_EQ(used, std::vector<double>(samples, 1.0)) << "m = " << m;
        EXPECT_LE(largest - smallest, 1.0) << "m = " << m << ", M = " << samples;
        epochs.push_back(memory);
      }
      EXPECT_TRUE(m == 1 || epochs[0] != epochs[1]) << "the order was not reshuffled";
    }
  }
}

TEST(SamplingSchemes, PersistentAtTauEqualDtOverBIsBernoulli) {
  for (const double b : {0.1, 0.3, 0.5, 0.9}) {
    const auto scheme = make({"persistent-sgd", {{"batch", b}, {"persistence", learning_rate / b}}});
    for (int lag = 1; lag <= 6; ++lag) EXPECT_NEAR(scheme->autocovariance(0, lag), 0.0, 1e-15) << "b = " << b;
    // The same uniforms give the same batches as SGD.
    const auto plain = make({"sgd", {{"batch", b}}});
    std::vector<double> memory(500, 0.0);
    std::vector<double> unused(500, 0.0);
    std::vector<double> s(500);
    std::vector<double> t(500);
    std::vector<double> u(500);
    Stream stream(6, Purpose::testing, 1);
    for (int step = 0; step < 20; ++step) {
      stream.uniforms(u);
      scheme->advance(step, u, memory, s);
      plain->advance(step, u, unused, t);
      EXPECT_EQ(s, t) << "b = " << b << ", step " << step;
    }
  }
}

// ---- refusals ----

void expect_refused(const Component& component, const std::string& key) {
  try {
    (void)make(component);
    ADD_FAILURE() << ::testing::PrintToString(component) << " was accepted";
  } catch (const InputError& error) {
    EXPECT_EQ(error.key(), key) << error.what();
    EXPECT_NE(error.message().find("allowed is"), std::string::npos) << error.what();
  }
}

// The first lag at which the autocovariance has fallen by a factor e: of powers of 2/3 it is the third.
TEST(SamplingSchemes, StepsOfDecorrelation) {
  const auto steps = [](const Component& component, const LearningRate& rate) {
    return decorrelation_steps(*make_sampling_scheme(component, rate), 0, 100);
  };
  const Component persistent{"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}};
  EXPECT_EQ(steps(persistent, 0.2), 3);
  EXPECT_EQ(steps(persistent, 0.002), 100) << "at most as many as asked for";
  EXPECT_EQ(steps({"sgd", {{"batch", 0.3}}}, 0.2), 1);
  EXPECT_EQ(steps({"gd", {}}, 0.2), 1);
  EXPECT_EQ(steps({"reshuffled-sgd", {{"batch", 0.1}}}, 0.2), 1) << "-1/9 is small";
  EXPECT_EQ(steps({"reshuffled-sgd", {{"batch", 0.5}}}, 0.2), 2);
}

// Persistent SGD forgets at the rate of the dt it has settled to: at dt = 0.6 = b tau at once, at 0.1 after six steps.
TEST(SamplingSchemes, TheConditionsOfAStationaryStateAreThoseOfTheLastLearningRate) {
  Problem problem;
  problem.data.model.name = "two-clusters";
  problem.loss.loss.name = "square";
  problem.algorithm = {.sampling = {"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}},
                       .learning_rate = testing_support::rate_table({0, 40}, {0.6, 0.1}),
                       .steps = 200};
  EXPECT_EQ(fdt_conditions(problem).settled, 40);
  EXPECT_EQ(fdt_conditions(problem).shortest_lag, 6);
  problem.algorithm.learning_rate = 0.6;
  EXPECT_EQ(fdt_conditions(problem).settled, 0);
  EXPECT_EQ(fdt_conditions(problem).shortest_lag, 1);
  problem.algorithm.learning_rate = testing_support::schedule("inverse-sqrt", {{"initial", 0.1}, {"offset", 100.0}});
  const int settled = fdt_conditions(problem).settled;
  const LearningRate& dt = problem.algorithm.learning_rate;
  EXPECT_LE(dt.at(settled), 1.05 * dt.at(199));
  EXPECT_GT(dt.at(settled - 1), 1.05 * dt.at(199));
}

TEST(SamplingSchemes, MemoryAtAnyStepIsMemory) {
  const auto remembers = [](const Component& component, const LearningRate& rate) {
    return has_memory(*make_sampling_scheme(component, rate), 10);
  };
  const Component persistent{"persistent-sgd", {{"batch", 0.5}, {"persistence", 0.5}}};
  EXPECT_TRUE(remembers(persistent, 0.1));
  EXPECT_FALSE(remembers(persistent, 0.25)) << "tau = dt/b";
  EXPECT_TRUE(remembers(persistent, testing_support::rate_table({0, 8}, {0.25, 0.1})));
  EXPECT_FALSE(remembers(persistent, testing_support::rate_table({0, 9}, {0.25, 0.1}))) << "past the last s";
  EXPECT_TRUE(remembers({"reshuffled-sgd", {{"batch", 0.5}}}, 0.1));
  EXPECT_FALSE(remembers({"poisson-sgd", {{"batch", 0.5}}}, 0.1));
}

TEST(SamplingSchemes, BadBatchesAreRefusedByEveryScheme) {
  for (const ComponentInfo& info : known_sampling_schemes()) {
    for (const ParameterInfo& parameter : info.parameters) {
      if (parameter.key != "batch") continue;
      for (const double batch : {0.0, -0.1, 1.2, std::numeric_limits<double>::quiet_NaN()}) {
        Parameters given{{"batch", batch}};
        for (const ParameterInfo& other : info.parameters) given.emplace(other.key, 1.0);
        expect_refused({std::string(info.name), given}, "algorithm.batch");
      }
    }
  }
}

TEST(SamplingSchemes, ConstraintsBetweenParametersAreRefused) {
  // Switching probabilities dt/tau and dt (1-b)/(b tau) above one.
  expect_refused({"persistent-sgd", {{"batch", 0.5}, {"persistence", 0.19}}}, "algorithm.persistence");
  expect_refused({"persistent-sgd", {{"batch", 0.1}, {"persistence", 1.0}}}, "algorithm.persistence");
  expect_refused({"persistent-sgd", {{"batch", 0.5}, {"persistence", -1.0}}}, "algorithm.persistence");
  EXPECT_NO_THROW((void)make({"persistent-sgd", {{"batch", 0.5}, {"persistence", 0.2}}}));
  // An epoch is a whole number of batches.
  expect_refused({"reshuffled-sgd", {{"batch", 0.3}}}, "algorithm.batch");
  expect_refused({"reshuffled-sgd", {{"batch", 0.9}}}, "algorithm.batch");
  EXPECT_NO_THROW((void)make({"reshuffled-sgd", {{"batch", 1.0 / 3.0}}}));
  // No mean at index 1, no law above 2.
  expect_refused({"stable-sgd", {{"batch", 0.5}, {"stability", 1.0}, {"scale", 0.1}}}, "algorithm.stability");
  expect_refused({"stable-sgd", {{"batch", 0.5}, {"stability", 2.1}, {"scale", 0.1}}}, "algorithm.stability");
  expect_refused({"stable-sgd", {{"batch", 0.5}, {"stability", 1.5}, {"scale", 0.0}}}, "algorithm.scale");
  EXPECT_THROW((void)make({"persistent-sgd", {{"batch", 0.5}}}), InputError);  // persistence missing
  EXPECT_THROW((void)make({"gd", {{"batch", 0.5}}}), InputError);
  EXPECT_THROW((void)make({"sgdd", {{"batch", 0.5}}}), InputError);
}

}  // namespace
}  // namespace sgdyn
