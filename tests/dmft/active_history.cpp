// The tiled store of tangents against the tangent line of eq. 7 summed directly.
#include "sgdyn/theory/dmft/active_history.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace sgdyn::dmft {
namespace {

constexpr std::size_t samples = 3;
constexpr int steps = 150;

// Made up, different for every sample and step.
bool active(std::size_t sample, int t) { return (t + static_cast<int>(sample)) % (2 + static_cast<int>(sample)) == 0; }
double stiffness(std::size_t sample, int t) { return std::cos(1.0 + 0.7 * t * (1.0 + static_cast<double>(sample))); }
double response(int t, int u) { return 0.3 * std::exp(-0.05 * (t - u)) * std::cos(0.4 * (t + u)); }

// dr(t)/dP(u) for all t and u, where nothing before step window(t) counts at step t.
std::vector<std::vector<double>> direct(std::size_t sample, int (*window)(int)) {
  std::vector<std::vector<double>> J(steps, std::vector<double>(steps, 0.0));
  for (int t = 0; t < steps; ++t) {
    J[static_cast<std::size_t>(t)][static_cast<std::size_t>(t)] = 1.0;
    for (int u = window(t); u < t; ++u) {
      double sum = 0.0;
      for (int k = u; k < t; ++k) {
        if (active(sample, k)) {
          sum += response(t, k) * stiffness(sample, k) * J[static_cast<std::size_t>(k)][static_cast<std::size_t>(u)];
        }
      }
      J[static_cast<std::size_t>(t)][static_cast<std::size_t>(u)] = active(sample, u) ? sum : 0.0;
    }
  }
  return J;
}

void expect_rows_as_summed_directly(int (*window)(int)) {
  ActiveHistory history(samples, true);
  std::vector<std::vector<std::vector<double>>> J;
  for (std::size_t i = 0; i < samples; ++i) J.push_back(direct(i, window));
  for (int t = 0; t < steps; ++t) {
    for (std::size_t i = 0; i < samples; ++i) {
      const std::size_t first = history.first_since(i, window(t));
      const std::size_t shift = first - history.origin(i, first);
      std::vector<float> weight(history.row_length(i, first), 0.0F), row(weight.size());
      const auto past = history.steps(i).subspan(first);
      for (std::size_t k = 0; k < past.size(); ++k) {
        weight[shift + k] = static_cast<float>(response(t, past[k].step)) * past[k].stiffness;
      }
      history.combine(i, first, weight, row);
      for (std::size_t k = 0; k < past.size(); ++k) {
        const double expected = J[i][static_cast<std::size_t>(t)][static_cast<std::size_t>(past[k].step)];
        ASSERT_NEAR(row[shift + k], expected, 2e-6 * (1.0 + std::fabs(expected))) << "t = " << t << ", sample " << i;
      }
      if (!active(i, t)) continue;
      history.append(i, {.force = 1.0, .stiffness = static_cast<float>(stiffness(i, t)), .step = t}, first, row);
      ASSERT_EQ(history.steps(i).back().step, t);
    }
  }
}

TEST(ActiveHistory, CombinesTheTangentsOfTheWholePast) {
  expect_rows_as_summed_directly([](int) { return 0; });
}

TEST(ActiveHistory, CombinesTheTangentsOfAMovingWindow) {
  expect_rows_as_summed_directly([](int t) { return t > 30 ? t - 30 : 0; });
}

// A window that stands still for long and then jumps drops many tiles at once.
TEST(ActiveHistory, CombinesTheTangentsOfAWindowThatJumps) {
  expect_rows_as_summed_directly([](int t) { return t < 100 ? 0 : 90; });
}

TEST(ActiveHistory, KeepsForcesWithoutTangents) {
  ActiveHistory history(1, false);
  for (int t = 0; t < 40; ++t) {
    history.prefetch_steps(0);
    history.prefetch_tangents(0, 0);
    history.append(0, {.force = 0.5 * t, .stiffness = 0.0F, .step = 2 * t}, 0, {});
  }
  ASSERT_EQ(history.steps(0).size(), 40U);
  EXPECT_EQ(history.steps(0)[33].force, 16.5);
  EXPECT_EQ(history.first_since(0, 11), 6U);
}

}  // namespace
}  // namespace sgdyn::dmft
