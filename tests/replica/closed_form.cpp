// The square loss, where everything is known (THEORY 10).
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <optional>
#include <string>

#include "replica/problems.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/theory/replica/margin_law.hpp"
#include "sgdyn/theory/replica/replica.hpp"
#include "sgdyn/theory/replica/start.hpp"

namespace sgdyn {
namespace {

using replica::FixedPoint;
using replica::Regime;
using replica_tests::Case;
using replica_tests::problem;

// lambda g^2 + (lambda + alpha Delta - Delta) g - Delta = 0, r = alpha g/(Delta (1 + g)), m = r/(1 + r). With an
// intercept the labels' mean drops out: the clusters are +-1 minus mu, mu = 2 rho - 1, and E[c^2] - mean^2 = Delta +
// 1 - mu^2 = Delta + v takes the place of Delta + 1; so m = v r/(1 + v r), B = mu (1 - m), and the misfit of y is
// E[(y - c m - B)^2] = v (1 - m)^2 + Delta C beside its noise.
struct Exact {
  long double g = 0, m = 0, B = 0, q = 0, training_loss = 0;

  explicit Exact(const Case& c) {
    const long double Delta = c.noise, lambda = c.ridge, alpha = c.alpha;
    const long double b = lambda + alpha * Delta - Delta, root = std::sqrt(b * b + 4 * lambda * Delta);
    g = b > 0 ? 2 * Delta / (b + root) : (root - b) / (2 * lambda);
    const long double p = g / (1 + g), r = alpha * p / Delta;
    const long double mu = c.intercept ? 2 * static_cast<long double>(c.fraction) - 1 : 0, v = 1 - mu * mu;
    m = v * r / (1 + v * r);
    B = mu * (1 - m);
    // q = (alpha/Delta) p^2 (v (1 - m)^2 + Delta (q + m^2))
    const long double k = alpha * p * p / Delta;
    q = k * (v * (1 - m) * (1 - m) + Delta * m * m) / (1 - k * Delta);
    training_loss = alpha * (v * (1 - m) * (1 - m) + Delta * (q + m * m)) / (2 * (1 + g) * (1 + g));
  }
};

// q has the denominator 1 - alpha p^2, whose digits cancel near alpha = 1 without a ridge.
void expect_exact(const Case& c) {
  const Exact exact(c);
  const FixedPoint found = replica::solve(problem(c));
  ASSERT_EQ(found.status, Status::ok) << c << ": " << found.message;
  const long double p = exact.g / (1 + exact.g), margin = 1 - c.alpha * p * p;
  const double condition = 1.0 + static_cast<double>(1 / margin);
  const auto near = [&](double value, long double right, const char* what) {
    EXPECT_NEAR(value, static_cast<double>(right), 1e-13 * condition * std::fabs(static_cast<double>(right)))
        << what << " of " << c;
  };
  near(found.proximal_width, exact.g, "g");
  near(found.overlap, exact.m, "m");
  near(found.intercept, exact.B, "B");
  near(found.q, exact.q, "q");
  near(found.training_loss, exact.training_loss, "training loss");
  near(found.objective, exact.training_loss + c.ridge * (exact.q + exact.m * exact.m) / 2, "objective");
  near(*found.stability, margin, "stability");
}

TEST(SquareLoss, IsItsClosedForm) {  // THEORY 10 against replica.E1, replica.E2, replica.E3, replica.E4
  for (const double alpha : {0.05, 0.4, 0.9, 1.0, 1.3, 6.0, 300.0}) {
    for (const double noise : {0.01, 0.5, 1.0, 40.0}) {
      for (const double ridge : {1e-6, 1e-2, 1.0, 1e4}) {
        expect_exact({.loss = "square", .alpha = alpha, .noise = noise, .ridge = ridge});
        for (const double fraction : {0.03, 0.3, 0.8}) {
          expect_exact({.loss = "square",
                        .alpha = alpha,
                        .noise = noise,
                        .ridge = ridge,
                        .fraction = fraction,
                        .intercept = true});
        }
      }
    }
  }
}

// lambda m = alpha E[c (y - c m)]/(1 + g), E[c^2] = 1 + chi, E[y c] = E|c|.
TEST(SquareLoss, OfThePerceptronIsItsClosedForm) {
  for (const double chi : {0.0, 1.0}) {
    const double mean = chi == 0.0 ? std::sqrt(2.0 / std::numbers::pi) : std::sqrt(std::numbers::pi / 2.0);
    for (const double alpha : {0.3, 2.0, 30.0}) {
      for (const double noise : {0.05, 1.0, 20.0}) {
        const Case c{.loss = "square", .alpha = alpha, .noise = noise, .ridge = 0.2, .perceptron = true, .chi = chi};
        const FixedPoint found = replica::solve(problem(c));
        ASSERT_EQ(found.status, Status::ok) << c;
        const auto g = static_cast<double>(Exact(c).g);
        EXPECT_NEAR(found.proximal_width, g, 1e-13 * g) << c;
        EXPECT_NEAR(found.overlap, alpha * mean / (c.ridge * (1.0 + g) + alpha * (1.0 + chi)), 1e-13 * found.overlap)
            << c;
      }
    }
  }
}

// The start of the search is the solution for a parabola (c/2)(e - h)^2: of the square loss at c = e = 1, and for any
// other c and e the same with h in units of e and the ridge in units of c.
TEST(SquareLoss, IsWhereTheSearchForItBegins) {  // replica.E11
  for (const double curvature : {1.0, 0.25, 9.0}) {
    for (const double minimum : {1.0, 3.0, -0.5}) {
      for (const bool perceptron : {false, true}) {
        Case c{.loss = "square", .alpha = 3.0, .noise = 0.7, .ridge = 0.4};
        c.perceptron = perceptron;
        const FixedPoint expected = replica::solve(problem(c));
        const auto model = make_data_model(problem(c).data.model, c.noise);
        const replica::MarginLaw law(*model, Intercept::none, c.noise, std::nullopt);
        const auto found = replica::parabola_fixed_point(law, c.alpha, c.ridge * curvature, curvature, minimum);
        EXPECT_NEAR(found.proximal_width * curvature, expected.proximal_width, 1e-13);
        EXPECT_NEAR(found.overlap / minimum, expected.overlap, 1e-13) << curvature << " " << minimum;
        EXPECT_NEAR(found.q / (minimum * minimum), expected.q, 1e-13) << curvature << " " << minimum;
      }
    }
  }
}

TEST(SquareLoss, WithoutARidgeIsLeastSquaresAboveOneSampleAWeight) {
  for (const double alpha : {1.2, 3.0, 50.0}) {
    for (const bool intercept : {false, true}) {
      // g = 1/(alpha - 1), the limit of the quadratic equation.
      const Case c{
          .loss = "square", .alpha = alpha, .noise = 0.8, .ridge = 0.0, .fraction = 0.2, .intercept = intercept};
      const FixedPoint found = replica::solve(problem(c));
      EXPECT_EQ(found.regime, Regime::ridge);
      EXPECT_NEAR(found.proximal_width, 1.0 / (alpha - 1.0), 1e-13 / (alpha - 1.0));
      expect_exact(c);
    }
  }
}

// lambda V = 1 - alpha, p = 1: m = v r/(1 + v r) with r = alpha/Delta, q (1 - alpha) = (alpha/Delta)(v (1 - m)^2 +
// Delta m^2).
TEST(SquareLoss, InterpolatesWithLeastNormBelowOneSampleAWeight) {  // replica.E12
  for (const double alpha : {0.05, 0.5, 0.97}) {
    for (const bool intercept : {false, true}) {
      const Case c{
          .loss = "square", .alpha = alpha, .noise = 0.8, .ridge = 0.0, .fraction = 0.2, .intercept = intercept};
      const FixedPoint found = replica::solve(problem(c));
      ASSERT_EQ(found.status, Status::ok) << c << found.message;
      EXPECT_EQ(found.regime, Regime::interpolation);
      const double mu = intercept ? 2.0 * c.fraction - 1.0 : 0.0;
      const double v = 1.0 - mu * mu;
      const double r = alpha / c.noise;
      const double m = v * r / (1.0 + v * r);
      const double q = r * (v * (1.0 - m) * (1.0 - m) + c.noise * m * m) / (1.0 - alpha);
      const double allowed = 1e-13 / (1.0 - alpha);
      EXPECT_NEAR(found.overlap, m, allowed);
      EXPECT_NEAR(found.q, q, allowed * q);
      EXPECT_NEAR(found.intercept, mu * (1.0 - m), allowed);
      EXPECT_NEAR(found.ridge_times_response, 1.0 - alpha, 1e-14);
      EXPECT_EQ(found.training_loss, 0.0);
      EXPECT_EQ(found.training_accuracy, 1.0);
      EXPECT_TRUE(std::isinf(found.response));
      // The limit is that of small ridges.
      Case small = c;
      small.ridge = 1e-9;
      EXPECT_NEAR(replica::solve(problem(small)).norm, found.norm, 1e-6 * found.norm / (1.0 - alpha) / (1.0 - alpha));
    }
  }
}

TEST(SquareLoss, AtOneSampleAWeightWithoutARidgeIsRefused) {
  const FixedPoint found = replica::solve(problem({.loss = "square", .alpha = 1.0, .ridge = 0.0}));
  EXPECT_EQ(found.status, Status::not_applicable);
  EXPECT_NE(found.message.find("alpha = 1"), std::string::npos) << found.message;
  EXPECT_EQ(replica::solve(problem({.loss = "square", .alpha = 1.0, .ridge = 1e-8})).status, Status::ok);
}

}  // namespace
}  // namespace sgdyn
