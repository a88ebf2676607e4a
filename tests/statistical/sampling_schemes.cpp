// Every sampling scheme against the facts it declares (THEORY 2), for its one-sample process (what the DMFT uses) and
// for its joint draw (what the simulator uses). A scheme makes about 300 comparisons at five standard errors and there
// are about 120 schemes: false alarm about 2 % over the whole file for a fresh seed; the seeds are fixed.
#include "sgdyn/model/sampling_scheme.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "support/components.hpp"
#include "support/schedules.hpp"
#include "support/statistics.hpp"

namespace sgdyn {
namespace {

using testing_support::accepted;
using testing_support::Estimate;
using testing_support::five_sigma;
using testing_support::test_name;

constexpr double learning_rate = 0.2;
constexpr int steps = 14;  // more than one epoch of ten batches, two of seven
constexpr int lags = 6;

std::shared_ptr<const SamplingScheme> make(const Component& component) {
  return make_sampling_scheme(component, learning_rate);
}

using History = std::vector<std::vector<double>>;  // s of all samples, by step

// Independent samples through advance(), each with its own uniforms; `visit(step, memory before)` sees every step.
template <class Visit>
History one_sample_histories(const SamplingScheme& scheme, std::size_t samples, Visit visit) {
  Stream stream(2, Purpose::testing, 11);
  std::vector<double> memory(samples, 0.0);
  std::vector<double> u(samples);
  History history;
  for (int step = 0; step < steps; ++step) {
    stream.uniforms(u);
    const std::vector<double> before = memory;
    history.emplace_back(samples);
    scheme.advance(step, u, memory, history.back());
    visit(step, before, history.back());
  }
  return history;
}

class SamplingStatistics : public ::testing::TestWithParam<Component> {
 protected:
  // Checks mean, variance and autocovariance given `average(step, lag)`: an Estimate of E[(s(t)-b)(s(t+lag)-b)], and
  // `mean(step)`: an Estimate of E[s(t)].
  template <class Mean, class Average>
  void expect_declared(Mean mean, Average average) const {
    for (int step = 0; step < steps; ++step) {
      EXPECT_LT(mean(step).z(scheme_->mean()), five_sigma) << "mean at step " << step << ": " << mean(step).mean();
      for (int lag = 0; lag <= lags && step + lag < steps; ++lag) {
        const double declared = lag == 0 ? scheme_->variance() : scheme_->autocovariance(step, lag);
        const Estimate measured = average(step, lag);
        EXPECT_LT(measured.z(declared), five_sigma)
            << "covariance of steps " << step << " and " << step + lag << ": " << measured.mean() << " +- "
            << measured.standard_error() << ", declared " << declared;
      }
    }
  }

  [[nodiscard]] double product(const History& history, int step, int lag, std::size_t sample) const {
    const double b = scheme_->mean();
    const auto first = static_cast<std::size_t>(step);
    return (history[first][sample] - b) * (history[first + static_cast<std::size_t>(lag)][sample] - b);
  }

  std::shared_ptr<const SamplingScheme> scheme_ = make(GetParam());
};

TEST_P(SamplingStatistics, OneSampleProcessHasTheDeclaredMoments) {
  constexpr std::size_t samples = 100000;
  const History history = one_sample_histories(*scheme_, samples, [](auto&&...) {});
  expect_declared([&](int step) { return testing_support::estimate(history[static_cast<std::size_t>(step)]); },
                  [&](int step, int lag) {
                    Estimate result;
                    for (std::size_t i = 0; i < samples; ++i) result.add(product(history, step, lag, i));
                    return result;
                  });
}

// Samples of one data set may be coupled, so the unit of independence is the data set. Every epoch length in the list
// of parameters divides 1200, so that batches have equal sizes.
TEST_P(SamplingStatistics, JointDrawHasTheDeclaredMoments) {
  constexpr std::size_t samples = 1200;
  constexpr std::uint32_t data_sets = 80;
  std::vector<Estimate> means(steps);
  std::map<std::pair<int, int>, Estimate> covariances;
  for (std::uint32_t id = 0; id < data_sets; ++id) {
    Stream stream(3, Purpose::testing, id);
    std::vector<double> memory(samples, 0.0);
    History history;
    for (int step = 0; step < steps; ++step) {
      history.emplace_back(samples);
      scheme_->draw_batch(step, stream, memory, history.back());
    }
    for (int step = 0; step < steps; ++step) {
      means[static_cast<std::size_t>(step)].add(
          testing_support::estimate(history[static_cast<std::size_t>(step)]).mean());
      for (int lag = 0; lag <= lags && step + lag < steps; ++lag) {
        double sum = 0.0;
        for (std::size_t i = 0; i < samples; ++i) sum += product(history, step, lag, i);
        covariances[{step, lag}].add(sum / samples);
      }
    }
  }
  expect_declared([&](int step) { return means[static_cast<std::size_t>(step)]; },
                  [&](int step, int lag) {
                    return covariances.at({step, lag});
                  });
}

// E[s | past] and E[s^2 | past]: among the samples with the same declared value and the same last two s, the mean of s
// and s^2 is the declared one; averaged over the past, E E[s | past] = b and E E[s^2 | past] = variance + b^2.
TEST_P(SamplingStatistics, ConditionalMomentsGivenThePast) {
  constexpr std::size_t samples = 100000;
  const double b = scheme_->mean();
  std::vector<std::array<double, 2>> past(samples, {0.0, 0.0});  // the last two s, rounded: Gaussian s are binned too
  const auto visit = [&](int step, const std::vector<double>& before, const std::vector<double>& s) {
    std::vector<double> first(samples);
    std::vector<double> second(samples);
    scheme_->conditional_moments(step, before, first, second);
    struct Bin {
      Estimate s, square;
      double second = 0;
    };
    std::map<std::pair<double, std::array<double, 2>>, Bin> bins;  // by declared E[s | past] and the past
    Estimate tower;
    Estimate tower_square;
    for (std::size_t i = 0; i < samples; ++i) {
      Bin& bin = bins[{first[i], past[i]}];
      bin.s.add(s[i]);
      bin.square.add(s[i] * s[i]);
      bin.second = second[i];
      tower.add(first[i]);
      tower_square.add(second[i]);
      past[i] = {std::round(s[i]), past[i][0]};
      ASSERT_GE(second[i] - first[i] * first[i], -1e-12);
    }
    EXPECT_LT(tower.z(b), five_sigma) << "step " << step;
    EXPECT_LT(tower_square.z(scheme_->variance() + b * b), five_sigma) << "step " << step;
    for (const auto& [key, bin] : bins) {
      if (bin.s.count() < 1000) continue;  // too few for a normal error bar
      EXPECT_LT(bin.s.z(key.first), five_sigma)
          << "step " << step << ", declared " << key.first << ": " << bin.s.mean();
      EXPECT_LT(bin.square.z(bin.second), five_sigma) << "step " << step << ", declared " << bin.second;
    }
  };
  one_sample_histories(*scheme_, samples, visit);
}

// Schemes with a variance, or those without; every scheme is one or the other.
std::vector<Component> schemes(bool finite_variance) {
  std::vector<Component> all = accepted(known_sampling_schemes(), make);
  std::erase_if(all, [&](const Component& c) { return std::isfinite(make(c)->variance()) != finite_variance; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, SamplingStatistics, ::testing::ValuesIn(schemes(true)),
                         [](const auto& tested) { return test_name(tested.param); });

// Without a variance the law is judged by its characteristic function, which for the stable ones is known:
// E[exp(i k (s - b)/scale)] = exp(-k^index), and the product of that for two different steps.
class HeavyTailedStatistics : public ::testing::TestWithParam<Component> {
 protected:
  [[nodiscard]] double phase(double k, double s) const {
    return k * (s - scheme_->mean()) / GetParam().parameters.at("scale");
  }
  [[nodiscard]] double characteristic(double k) const {
    return std::exp(-std::pow(k, GetParam().parameters.at("stability")));
  }

  void expect_law(const History& history) const {
    for (const double k : {0.3, 1.0}) {
      for (std::size_t step = 0; step < history.size(); ++step) {
        Estimate even, odd, pair;
        for (std::size_t i = 0; i < history[step].size(); ++i) {
          even.add(std::cos(phase(k, history[step][i])));
          odd.add(std::sin(phase(k, history[step][i])));
          if (step > 0) pair.add(std::cos(phase(k, history[step][i])) * std::cos(phase(k, history[step - 1][i])));
        }
        EXPECT_LT(even.z(characteristic(k)), five_sigma) << "step " << step << ", k = " << k << ": " << even.mean();
        EXPECT_LT(odd.z(0.0), five_sigma) << "step " << step << ", k = " << k << ": " << odd.mean();
        if (step > 0) {
          EXPECT_LT(pair.z(std::pow(characteristic(k), 2)), five_sigma) << "steps " << step - 1 << " and " << step;
        }
      }
    }
  }

  std::shared_ptr<const SamplingScheme> scheme_ = make(GetParam());
};

TEST_P(HeavyTailedStatistics, OneSampleProcessHasTheDeclaredLawAndMoments) {
  const auto visit = [&](int step, const std::vector<double>& before, const std::vector<double>& s) {
    std::vector<double> first(s.size()), second(s.size());
    scheme_->conditional_moments(step, before, first, second);
    EXPECT_EQ(first, std::vector<double>(s.size(), scheme_->mean()));
    EXPECT_EQ(second, std::vector<double>(s.size(), scheme_->variance()));
  };
  expect_law(one_sample_histories(*scheme_, 30000, visit));
}

TEST_P(HeavyTailedStatistics, JointDrawHasTheDeclaredLaw) {
  constexpr std::size_t samples = 30000;
  Stream stream(3, Purpose::testing, 5);
  std::vector<double> memory(samples, 0.0);
  History history;
  for (int step = 0; step < steps; ++step) {
    history.emplace_back(samples);
    scheme_->draw_batch(step, stream, memory, history.back());
  }
  expect_law(history);
}

INSTANTIATE_TEST_SUITE_P(All, HeavyTailedStatistics, ::testing::ValuesIn(schemes(false)),
                         [](const auto& tested) { return test_name(tested.param); });

TEST(SamplingSchemes, TheListOfParametersHasSchemesWithAndWithoutAVariance) {
  EXPECT_GT(schemes(true).size(), 50U);
  EXPECT_GT(schemes(false).size(), 20U);
}

// Under a schedule the clock of persistent minibatches runs with dt(k): P(s = 1) stays b, and correlations fall by the
// product of 1 - dt(k)/(b tau) over the steps between. 79 comparisons a schedule at five standard errors: false alarm
// 2e-4 in all.
TEST(SamplingSchemes, PersistentMinibatchesUnderASchedule) {
  constexpr double b = 0.3, tau = 1.5;
  for (const LearningRate& rate : testing_support::schedules()) {
    const auto scheme = make_sampling_scheme({"persistent-sgd", {{"batch", b}, {"persistence", tau}}}, rate);
    const History history = one_sample_histories(*scheme, 100000, [](auto&&...) {});
    for (int step = 0; step < steps; ++step) {
      const auto& s = history[static_cast<std::size_t>(step)];
      EXPECT_LT(testing_support::estimate(s).z(b), five_sigma) << rate.schedule << " step " << step;
      double expected = b * (1.0 - b);
      for (int lag = 1; lag <= lags && step + lag < steps; ++lag) {
        expected *= 1.0 - rate.at(step + lag - 1) / (b * tau);
        EXPECT_NEAR(scheme->autocovariance(step, lag), expected, 1e-15) << rate.schedule;
        Estimate measured;
        for (std::size_t i = 0; i < s.size(); ++i) {
          measured.add((s[i] - b) * (history[static_cast<std::size_t>(step + lag)][i] - b));
        }
        EXPECT_LT(measured.z(expected), five_sigma) << rate.schedule << " steps " << step << ", " << step + lag;
      }
    }
  }
}

// Central moments three and four of the laws that are not two-valued (there the mean determines everything).
TEST(SamplingSchemes, ThirdAndFourthMomentsOfGaussianAndPoisson) {
  constexpr double b = 0.3;
  constexpr double v = b * (1.0 - b);
  struct Law {
    std::string name;
    double third;
    double fourth;
  };
  for (const Law& law : {Law{"gaussian-sgd", 0.0, 3.0 * v * v}, Law{"poisson-sgd", b, b + 3.0 * b * b}}) {
    const History history = one_sample_histories(*make({law.name, {{"batch", b}}}), 100000, [](auto&&...) {});
    Estimate cubes;
    Estimate fourths;
    for (const auto& s : history) {
      for (const double value : s) {
        cubes.add(std::pow(value - b, 3));
        fourths.add(std::pow(value - b, 4));
      }
    }
    EXPECT_LT(cubes.z(law.third), five_sigma) << law.name << ": " << cubes.mean();
    EXPECT_LT(fourths.z(law.fourth), five_sigma) << law.name << ": " << fourths.mean();
  }
}

}  // namespace
}  // namespace sgdyn
