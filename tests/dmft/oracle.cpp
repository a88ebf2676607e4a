// The blocked, compressed pass against the one written straight from eqs. 7 and 8 (bench/baselines), on the same draws.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "baselines/plain_dmft.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/theory/dmft/draws.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/order_parameters.hpp"

namespace sgdyn {
namespace {

Problem make_problem(const std::string& loss, const Component& sampling, int steps) {
  Problem p;
  p.data = {.model = {"two-clusters", {}}, .alpha = 2.0, .noise = 0.7};
  p.loss = {.loss = {loss, {}}, .ridge = 0.3};
  p.algorithm = {.sampling = sampling, .learning_rate = 0.2, .steps = steps};
  p.initial = {.variance = 0.4, .overlap = 0.1};
  return validated(p);
}

// The draws the ensemble makes, in the order it makes them: projection, start, then batch and noise of every step.
baselines::PlainDraws same_draws(const Problem& p, const dmft::Options& options, std::size_t n) {
  const auto T = static_cast<std::size_t>(p.algorithm.steps);
  dmft::DrawSource source(options.draws, 3 + 2 * T, n, options.seed, 0);
  const auto scheme = make_sampling_scheme(p.algorithm.sampling, p.algorithm.learning_rate);
  baselines::PlainDraws draws{.c = std::vector<double>(n),
                              .z0 = std::vector<double>(n),
                              .s = std::vector<double>(n * T),
                              .z = std::vector<double>(n * T)};
  std::size_t dimension = 0;
  source.normals(dimension++, draws.c);
  for (double& c : draws.c) c = 1.0 + std::sqrt(p.data.noise) * c;
  source.normals(dimension++, draws.z0);
  std::vector<double> u(n), z(n), memory(n), s(n);
  for (std::size_t t = 0; t < T; ++t) {
    if (scheme->uses_uniform(static_cast<int>(t))) source.uniforms(dimension++, u);
    source.normals(dimension++, z);
    scheme->advance(static_cast<int>(t), u, memory, s);
    for (std::size_t i = 0; i < n; ++i) {
      draws.s[i * T + t] = s[i];
      draws.z[i * T + t] = z[i];
    }
  }
  return draws;
}

baselines::PlainProblem plain(const Problem& p) {
  const auto loss = make_loss(p.loss.loss);
  const auto scalar = [loss](void (Loss::*f)(std::span<const double>, std::span<double>) const) {
    return [loss, f](double h) {
      double out = 0.0;
      ((*loss).*f)({&h, 1}, {&out, 1});
      return out;
    };
  };
  return {.alpha = p.data.alpha,
          .noise = p.data.noise,
          .ridge = p.loss.ridge,
          .learning_rate = p.algorithm.learning_rate.at(0),
          .initial_variance = p.initial.variance,
          .initial_overlap = p.initial.overlap,
          .steps = p.algorithm.steps,
          .loss = scalar(&Loss::value),
          .d1 = scalar(&Loss::d1),
          .d2 = scalar(&Loss::d2)};
}

// Without exact averaging both passes estimate the same sums from the same numbers; what differs is single precision of
// the stored noise and tangents.
void expect_same(const Problem& p, std::size_t n, double tolerance) {
  const dmft::Options options{.average_batch = false};
  const auto expected = baselines::plain_dmft(plain(p), same_draws(p, options, n), 1);
  dmft::Ensemble ensemble(p, options, n, 0);
  dmft::OrderParameters order(p);
  dmft::Averages averages;
  const std::string what = p.loss.loss.name + " " + p.algorithm.sampling.name;
  for (int t = 0; t <= p.algorithm.steps; ++t) {
    const SampleSums sums = ensemble.advance(t, order, averages, 1);
    const auto k = static_cast<std::size_t>(t);
    ASSERT_NEAR(order.m(t), expected.m[k], tolerance) << what << " step " << t;
    ASSERT_NEAR(p.data.alpha * sums.loss / static_cast<double>(n), expected.loss[k],
                tolerance * std::max(1.0, expected.loss[k]))
        << what << " step " << t;
    for (int u = 0; u <= t; ++u) {
      ASSERT_NEAR(order.q(t, u), expected.q[k][static_cast<std::size_t>(u)], tolerance) << what << " " << t << "," << u;
      ASSERT_NEAR(order.response(t, u), expected.R[k][static_cast<std::size_t>(u)], tolerance)
          << what << " " << t << "," << u;
    }
    if (t < p.algorithm.steps) {
      ASSERT_TRUE(order.advance(t, averages));
    }
  }
}

std::vector<Component> all_schemes() {
  return {{"gd", {}},
          {"sgd", {{"batch", 0.4}}},
          {"poisson-sgd", {{"batch", 0.4}}},
          {"reshuffled-sgd", {{"batch", 0.25}}},
          {"persistent-sgd", {{"batch", 0.4}, {"persistence", 1.0}}},
          {"gaussian-sgd", {{"batch", 0.4}}},
          {"stable-sgd", {{"batch", 0.4}, {"stability", 2.0}, {"scale", 0.3}}}};
}

// dmft.E1 dmft.E2 dmft.E3 dmft.E4 dmft.E5 dmft.E6 dmft.E7 dmft.E8
TEST(Oracle, EqualsThePlainPassForEveryLossAndScheme) {
  EXPECT_EQ(all_schemes().size(), known_sampling_schemes().size()) << "a scheme is missing here";
  for (const char* loss : {"square", "logistic", "squared-hinge"}) {
    for (const Component& sampling : all_schemes()) expect_same(make_problem(loss, sampling, 24), 700, 2e-5);
  }
}

TEST(Oracle, LeavingOutNegligibleResponsesChangesNothing) {  // responses fall below 2^-24 after some 50 steps here
  Problem p = make_problem("squared-hinge", {"sgd", {{"batch", 0.3}}}, 150);
  p.data.alpha = 6.0;
  p.loss.ridge = 1.0;
  expect_same(p, 400, 2e-5);
}

}  // namespace
}  // namespace sgdyn
