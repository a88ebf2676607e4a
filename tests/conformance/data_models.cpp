// Laws every data model of lib/data obeys that need no sampling (THEORY 1); moments are in tests/statistical.
#include "sgdyn/model/data_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

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

TEST(DataModels, BadNamesAndParametersAreRefused) {
  EXPECT_THROW((void)make_data_model({"two-cluster", {}}, 1.0), InputError);
  for (const double fraction : {0.0, 1.0, -0.1, 1.2, std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW((void)make_data_model({"two-clusters", {{"fraction", fraction}}}, 1.0), InputError) << fraction;
  }
  try {
    (void)make_data_model({"two-cluster", {}}, 1.0);
  } catch (const InputError& error) {
    EXPECT_EQ(error.key(), "data.model");
    EXPECT_NE(error.message().find("did you mean \"two-clusters\"?"), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace sgdyn
