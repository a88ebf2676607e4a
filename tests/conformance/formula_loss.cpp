// The loss a user writes equals the loss that is built in.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/loss.hpp"
#include "support/formulas.hpp"

namespace sgdyn {
namespace {

using testing_support::built_in_losses;
using testing_support::BuiltIn;
using testing_support::formula_loss;

class FormulaLoss : public testing::TestWithParam<BuiltIn> {
 protected:
  std::shared_ptr<const Loss> known_ = make_loss({GetParam().name, {}});
  std::shared_ptr<const Loss> written_ = make_loss(formula_loss(GetParam().formula));
};

// Margins on all scales, the kink and its neighbours, and where exp overflows.
std::vector<double> margins() {
  std::vector<double> h{0.0,   1.0,   std::nextafter(1.0, 0.0), std::nextafter(1.0, 2.0), 700.0, -700.0, 750.0, -750.0,
                        800.0, -800.0};
  std::mt19937_64 engine(3);
  std::uniform_real_distribution<double> exponent(-12.0, 100.0);
  std::normal_distribution<double> normal;
  for (int i = 0; i < 3000; ++i) {
    h.push_back(std::copysign(std::pow(10.0, exponent(engine)), normal(engine)));
    h.push_back(3.0 * normal(engine));
    h.push_back(300.0 * normal(engine));
  }
  return h;
}

TEST_P(FormulaLoss, HasTheValueAndDerivativesOfTheBuiltIn) {
  const std::vector<double> h = margins();
  std::vector<double> expected(h.size());
  std::vector<double> actual(h.size());
  for (const auto member : {&Loss::value, &Loss::d1, &Loss::d2}) {
    ((*known_).*member)(h, expected);
    ((*written_).*member)(h, actual);
    for (std::size_t i = 0; i < h.size(); ++i) {
      const double scale = std::fabs(expected[i]);
      EXPECT_NEAR(actual[i], expected[i], 1e-12 * scale) << GetParam().formula << " at h = " << h[i];
    }
  }
}

TEST_P(FormulaLoss, HasTheShapeOfTheBuiltIn) {
  EXPECT_EQ(written_->smooth(), known_->smooth());
  EXPECT_EQ(written_->convex(), known_->convex());
  ASSERT_EQ(written_->margin().has_value(), known_->margin().has_value());
  if (known_->margin()) {
    EXPECT_NEAR(*written_->margin(), *known_->margin(), 1e-12);
  }
  EXPECT_EQ(written_->name(), "formula");
  EXPECT_EQ(written_->formula(), GetParam().formula);
}

INSTANTIATE_TEST_SUITE_P(All, FormulaLoss, testing::ValuesIn(built_in_losses), [](const auto& tested) {
  return std::string(tested.param.name) == "squared-hinge" ? "squared_hinge" : std::string(tested.param.name);
});

TEST(FormulaLosses, TextsAreRequiredAndNothingElseIsTaken) {
  const auto key_of = [](const Component& component) -> std::string {
    try {
      (void)make_loss(component);
    } catch (const InputError& error) {
      return error.key();
    }
    return "accepted";
  };
  EXPECT_EQ(key_of({"formula", {}}), "loss.formula");
  EXPECT_EQ(key_of({"formula", {}, {{"formula", "h^2"}, {"surplus", "1"}}}), "loss.surplus");
  EXPECT_EQ(key_of({"formula", {{"margin", 1.0}}, {{"formula", "h^2"}}}), "loss.margin");
  EXPECT_EQ(key_of({"hinge", {}, {{"formula", "h^2"}}}), "loss.formula");
  EXPECT_EQ(key_of({"formula", {}, {{"formula", "h^2"}}}), "accepted");
}

}  // namespace
}  // namespace sgdyn
