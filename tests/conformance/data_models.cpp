// Laws every data model of lib/data obeys that need no sampling (THEORY 1); moments are in tests/statistical.
#include "sgdyn/model/data_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include "sgdyn/numerics/normal.hpp"
#include "support/components.hpp"

namespace sgdyn {
namespace {

using testing_support::accepted;
using testing_support::test_name;

constexpr double noise = 0.7;

class DataModelLaw : public ::testing::TestWithParam<Component> {
 protected:
  [[nodiscard]] double margin(double y, double r) const {
    double h = 0.0;
    model_->margin({&y, 1}, {&r, 1}, {&h, 1});
    return h;
  }

  std::shared_ptr<const DataModel> model_ = make_data_model(GetParam(), noise);
};

// Margins are polynomials of degree at most two in r, for which central differences are exact up to rounding.
TEST_P(DataModelLaw, MarginDerivativesAreDifferenceQuotients) {
  std::mt19937_64 engine(3);
  std::normal_distribution<double> normal(0.0, 3.0);
  constexpr double step = 0.125;
  for (int i = 0; i < 1000; ++i) {
    const double y = i % 2 == 0 ? 1.0 : -1.0;
    const double r = normal(engine);
    double first = 0.0;
    double second = 0.0;
    model_->margin_derivatives({&y, 1}, {&r, 1}, {&first, 1}, {&second, 1});
    const double above = margin(y, r + step);
    const double below = margin(y, r - step);
    const double rounding = 1e-13 * (1.0 + std::fabs(above) + std::fabs(below));
    EXPECT_NEAR(first, (above - below) / (2 * step), rounding / step);
    EXPECT_NEAR(second, (above - 2 * margin(y, r) + below) / (step * step), 4 * rounding / (step * step));
  }
}

TEST_P(DataModelLaw, LabelsArePlusOrMinusOneAndProjectionsFinite) {
  constexpr std::size_t count = 99;
  std::vector<double> u_label;
  std::vector<double> u_projection;
  for (std::size_t i = 0; i < count; ++i) {
    u_label.push_back((static_cast<double>(i) + 0.5) / count);
    u_projection.push_back(i % 3 == 0 ? 0x1p-53 : i % 3 == 1 ? 1.0 - 0x1p-53 : 0.4);
  }
  std::vector<double> y(count);
  std::vector<double> c(count);
  model_->latent(u_label, u_projection, y, c);
  bool seen_plus = false;
  bool seen_minus = false;
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(std::fabs(y[i]), 1.0);
    EXPECT_TRUE(std::isfinite(c[i]));
    seen_plus |= y[i] > 0.0;
    seen_minus |= y[i] < 0.0;
  }
  const auto fraction = GetParam().parameters.find("fraction");
  const bool extreme = fraction != GetParam().parameters.end() && (fraction->second < 0.01 || fraction->second > 0.99);
  EXPECT_TRUE(extreme || (seen_plus && seen_minus));
}

TEST_P(DataModelLaw, SymmetryLeavesTheMarginAlone) {
  if (!model_->label_symmetric()) return;  // nothing is claimed
  // w -> -w and c -> -c leave r = c m + ... alone up to the sign of y: h(y, r) = h(-y, -r).
  for (double r = -4.0; r <= 4.0; r += 0.37) EXPECT_EQ(margin(1.0, r), margin(-1.0, -r)) << "r = " << r;
}

TEST_P(DataModelLaw, ReflectionLeavesTheMarginAlone) {
  if (!model_->reflection_symmetric()) return;  // nothing is claimed
  for (double r = -4.0; r <= 4.0; r += 0.37) {
    for (const double y : {1.0, -1.0}) EXPECT_EQ(margin(y, r), margin(y, -r)) << "r = " << r;
  }
}

// An error probability: between 0 and 1, one half for weights that know nothing.
TEST_P(DataModelLaw, GeneralisationErrorIsAProbability) {
  for (const double m : {-3.0, -0.2, 0.0, 0.5, 2.0, 50.0}) {
    for (const double orthogonal : {0.0, 1e-12, 0.3, 1.0, 1e6}) {
      const double error = model_->generalisation_error(m, m * m + orthogonal);
      EXPECT_GE(error, 0.0);
      EXPECT_LE(error, 1.0);
    }
  }
  EXPECT_TRUE(std::isfinite(model_->generalisation_error(0.0, 0.0)));
  EXPECT_TRUE(std::isfinite(model_->generalisation_error(1e-300, 1e-320)));
}

// projections() is the law of (y, c): its moments are those declared, and it decides as often wrongly. Where it is a
// quadrature, for functions as steep as was asked for: C - m^2 = (m/steepness)^2/Delta.
TEST_P(DataModelLaw, ProjectionsAreTheLawOfLabelsAndProjections) {
  for (const double steepness : {1.0, 30.0, 1000.0}) {
    const std::vector<GaussianProjection> parts = model_->projections(steepness);
    // Sums over up to 1e5 nodes round by more than the law may be wrong.
    long double weight = 0.0;
    long double square = 0.0;
    long double product = 0.0;
    for (const GaussianProjection& part : parts) {
      EXPECT_EQ(std::fabs(part.label), 1.0);
      EXPECT_GE(part.weight, 0.0);
      EXPECT_GE(part.variance, 0.0);
      weight += part.weight;
      square += part.weight * (part.mean * part.mean + part.variance);
      product += part.weight * part.label * part.mean;
    }
    const double signed_mean = model_->mean_signed_projection();
    EXPECT_NEAR(static_cast<double>(weight), 1.0, 1e-14);
    EXPECT_NEAR(static_cast<double>(square), model_->mean_square_projection(),
                1e-13 * model_->mean_square_projection());
    EXPECT_NEAR(static_cast<double>(product), signed_mean, 1e-13 * std::fabs(signed_mean) + 1e-15);
    EXPECT_TRUE(!model_->projections_are_exact() || parts.size() == model_->projections().size());
    if (!margin_is_linear(*model_)) continue;
    for (const double over : {1.0, 3.0, 1e3}) {
      const double m = 0.7;
      const double q = std::pow(over * m / steepness, 2) / noise;
      double wrong = 0.0;
      for (const GaussianProjection& part : parts) {
        const double deviation = std::sqrt(part.variance * m * m + noise * q);
        wrong += part.weight * 0.5 * std::erfc(part.label * part.mean * m / deviation / std::numbers::sqrt2);
      }
      const double expected = model_->generalisation_error(m, m * m + q);
      // C - m^2 loses digits of q, and an error e^(-t^2/2) has t^2 times its relative error.
      const double lost = 1e-15 * m * m / q * std::fmax(1.0, -2.0 * std::log(std::fmax(expected, 1e-300)));
      EXPECT_NEAR(wrong, expected, (1e-12 + lost) * expected) << steepness << " " << over;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, DataModelLaw,
                         ::testing::ValuesIn(accepted(known_data_models(),
                                                      [](const Component& c) { return make_data_model(c, noise); })),
                         [](const auto& tested) { return test_name(tested.param); });

// THEORY 7: 1/2 erfc(m / sqrt(2 Delta C)).
TEST(DataModels, TwoClustersErrorInClosedForm) {
  const auto model = make_data_model({"two-clusters", {}}, 0.5);
  EXPECT_DOUBLE_EQ(model->generalisation_error(0.0, 1.0), 0.5);
  EXPECT_DOUBLE_EQ(model->generalisation_error(1.0, 1.0), 0.5 * std::erfc(1.0));
  EXPECT_DOUBLE_EQ(model->generalisation_error(0.0, 0.0), 0.5);
}

// THEORY 7, and its limits: no width leaves the centres, w = 0 decides -1 for everybody, and a large w without an
// overlap decides +1.
TEST(DataModels, ThreeClustersErrorInClosedForm) {
  const auto model = make_data_model({"three-clusters", {{"half_width", 0.7}}}, 0.5);
  const double s = std::sqrt(2.0 * 0.5 * 1.3);
  const double outer = std::erf((0.7 - 0.4) / s) + std::erf((0.7 + 0.4) / s);
  EXPECT_DOUBLE_EQ(model->generalisation_error(0.4, 1.3), 0.5 * std::erfc(0.7 / s) + 0.25 * outer);
  EXPECT_DOUBLE_EQ(model->generalisation_error(-0.4, 1.3), model->generalisation_error(0.4, 1.3));
  EXPECT_DOUBLE_EQ(model->generalisation_error(0.0, 0.0), 0.5);
  EXPECT_NEAR(model->generalisation_error(0.0, 1e-9), 0.5, 1e-15);
  EXPECT_NEAR(model->generalisation_error(0.0, 1e12), 0.5, 1e-6);
  const auto sharp = make_data_model({"three-clusters", {{"half_width", 0.7}}}, 1e-12);
  EXPECT_NEAR(sharp->generalisation_error(1.0, 1.0), 0.0, 1e-15);
  EXPECT_NEAR(sharp->generalisation_error(0.5, 0.25), 0.5, 1e-15);
}

// THEORY 6: arctan(sqrt(Delta q)/m)/pi at chi = 0, with its supplement for m < 0; chi = 1 is the tail of Student's t
// with two degrees of freedom, (1 - x/sqrt(2 + x^2))/2.
TEST(DataModels, PerceptronErrorInClosedForm) {
  constexpr double noise_here = 0.6;
  const auto gaussian = make_data_model({"perceptron", {}}, noise_here);
  const auto rayleigh = make_data_model({"perceptron", {{"chi", 1.0}}}, noise_here);
  for (const double q : {1e-8, 0.3, 4.0, 1e6}) {
    for (const double m : {1e-3, 0.2, 1.0, 30.0}) {
      const double width = std::sqrt(noise_here * ((q + m * m) - m * m));
      const double expected = std::atan(width / m) / std::numbers::pi;
      EXPECT_NEAR(gaussian->generalisation_error(m, q + m * m), expected, 1e-12 * expected) << m << " " << q;
      EXPECT_NEAR(gaussian->generalisation_error(-m, q + m * m), 1.0 - expected, 1e-13) << m << " " << q;
      const double x = std::sqrt(2.0) * m / width;
      EXPECT_NEAR(rayleigh->generalisation_error(m, q + m * m), 0.5 * (1.0 - x / std::sqrt(2.0 + x * x)), 1e-14);
    }
  }
  for (const auto& model : {gaussian, rayleigh}) {
    EXPECT_EQ(model->generalisation_error(0.0, 0.0), 0.5);
    EXPECT_EQ(model->generalisation_error(0.0, 2.0), 0.5);
    EXPECT_EQ(model->generalisation_error(0.5, 0.25), 0.0);
    EXPECT_EQ(model->generalisation_error(-0.5, 0.25), 1.0);
  }
}

// chi = 0: c is a standard normal, E|c| = sqrt(2/pi); chi = 1: E c^2 = 2, E|c| = sqrt(pi/2).
TEST(DataModels, PerceptronProjectionsInClosedForm) {
  const auto gaussian = make_data_model({"perceptron", {}}, 1.0);
  const auto rayleigh = make_data_model({"perceptron", {{"chi", 1.0}}}, 1.0);
  EXPECT_DOUBLE_EQ(gaussian->mean_square_projection(), 1.0);
  EXPECT_DOUBLE_EQ(gaussian->mean_signed_projection(), std::sqrt(2.0 / std::numbers::pi));
  EXPECT_DOUBLE_EQ(rayleigh->mean_square_projection(), 2.0);
  EXPECT_DOUBLE_EQ(rayleigh->mean_signed_projection(), std::sqrt(std::numbers::pi / 2.0));
  std::vector<double> u{1e-6, 0.1, 0.5, 0.9, 1.0 - 1e-6};
  std::vector<double> upper(u.size()), label(u.size(), 0.0), y(u.size()), c(u.size()), expected(u.size());
  for (std::size_t i = 0; i < u.size(); ++i) upper[i] = 0.5 + 0.5 * u[i];
  normal_quantile(upper, expected);
  gaussian->latent(label, u, y, c);
  for (std::size_t i = 0; i < u.size(); ++i) EXPECT_NEAR(c[i], expected[i], 1e-9 * expected[i]) << u[i];
  rayleigh->latent(label, u, y, c);
  for (std::size_t i = 0; i < u.size(); ++i) EXPECT_NEAR(c[i], std::sqrt(-2.0 * std::log1p(-u[i])), 1e-12 * c[i]);
}

TEST(DataModels, OnlyALinearMarginIsCalledLinear) {
  EXPECT_TRUE(margin_is_linear(*make_data_model({"two-clusters", {}}, 1.0)));
  EXPECT_TRUE(margin_is_linear(*make_data_model({"perceptron", {}}, 1.0)));
  EXPECT_FALSE(margin_is_linear(*make_data_model({"three-clusters", {{"half_width", 0.7}}}, 1.0)));
}

TEST(DataModels, BadNamesAndParametersAreRefused) {
  EXPECT_THROW((void)make_data_model({"two-cluster", {}}, 1.0), InputError);
  for (const double fraction : {0.0, 1.0, -0.1, 1.2, std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW((void)make_data_model({"two-clusters", {{"fraction", fraction}}}, 1.0), InputError) << fraction;
  }
  EXPECT_THROW((void)make_data_model({"three-clusters", {}}, 1.0), InputError);  // half_width is required
  EXPECT_THROW((void)make_data_model({"three-clusters", {{"half_width", 0.0}}}, 1.0), InputError);
  EXPECT_THROW((void)make_data_model({"perceptron", {{"chi", -1.0}}}, 1.0), InputError);
  try {
    (void)make_data_model({"two-cluster", {}}, 1.0);
  } catch (const InputError& error) {
    EXPECT_EQ(error.key(), "data.model");
    EXPECT_NE(error.message().find("did you mean \"two-clusters\"?"), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace sgdyn
