// Laws every loss of lib/loss obeys (THEORY 1): derivatives, smoothness, convexity, finiteness, blocks.
#include "sgdyn/model/loss.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <tuple>
#include <vector>

#include "sgdyn/generated/components.hpp"
#include "support/components.hpp"

namespace sgdyn {
namespace {

using testing_support::accepted;
using testing_support::test_name;

class LossLaw : public ::testing::TestWithParam<Component> {
 protected:
  using Member = void (Loss::*)(std::span<const double>, std::span<double>) const;

  [[nodiscard]] double at(Member member, double h) const {
    double out = 0.0;
    ((*loss_).*member)({&h, 1}, {&out, 1});
    return out;
  }
  [[nodiscard]] double value(double h) const { return at(&Loss::value, h); }
  [[nodiscard]] double d1(double h) const { return at(&Loss::d1, h); }
  [[nodiscard]] double d2(double h) const { return at(&Loss::d2, h); }

  // Where something may happen: the origin and every parameter.
  [[nodiscard]] std::vector<double> landmarks() const {
    std::vector<double> marks{0.0};
    for (const auto& [key, parameter] : GetParam().parameters) marks.push_back(parameter);
    if (!GetParam().texts.empty()) marks.push_back(1.0);  // where the formulas below have their kinks
    return marks;
  }

  // Margins around every landmark on all scales from 1e-2 to 1e3.
  [[nodiscard]] std::vector<double> wild_margins() const {
    std::vector<double> margins;
    std::mt19937_64 engine(7);
    std::uniform_real_distribution<double> exponent(-2.0, 3.0);
    std::uniform_real_distribution<double> sign(-1.0, 1.0);
    for (const double mark : landmarks()) {
      for (int i = 0; i < 2000; ++i)
        margins.push_back(mark + std::copysign(std::pow(10.0, exponent(engine)), sign(engine)));
    }
    return margins;
  }

  std::shared_ptr<const Loss> loss_ = make_loss(GetParam());
};

// Central difference of sixth order: the error is step^6 f^(7)/140 plus rounding of about 2 ulp(f)/step.
template <class F>
double difference(F f, double h, double step) {
  return (45.0 * (f(h + step) - f(h - step)) - 9.0 * (f(h + 2 * step) - f(h - 2 * step)) +
          (f(h + 3 * step) - f(h - 3 * step))) /
         (60.0 * step);
}

// Counts the margins at which `derivative` is not the difference quotient of `f`. Two steps that disagree straddle a
// kink, where there is nothing to compare: those are counted apart.
template <class F, class D>
std::pair<int, int> wrong_and_kinked(const std::vector<double>& margins, F f, D derivative) {
  constexpr double step = 0.02;  // (0.02)^6 = 6e-11, derivatives of order 7 of the losses are below 100
  int wrong = 0;
  int kinked = 0;
  for (const double h : margins) {
    const double coarse = difference(f, h, step);
    const double fine = difference(f, h, step / 2);
    const double exact = derivative(h);
    // Rounding of f itself, and of the argument, which moves f by |f'| ulp(h).
    const double size = std::max({std::fabs(f(h - 3 * step)), std::fabs(f(h)), std::fabs(f(h + 3 * step))});
    const double rounding = 8.0 * std::numeric_limits<double>::epsilon() * (size + std::fabs(exact * h)) / step;
    const double tolerance = 1e-8 * std::fabs(exact) + 4.0 * rounding + 1e-300;
    if (std::fabs(coarse - fine) > tolerance + 1e-9 * std::fabs(coarse)) {
      ++kinked;
    } else if (std::fabs(fine - exact) > tolerance) {
      ++wrong;
      ADD_FAILURE() << "at h = " << h << ": difference quotient " << fine << ", declared " << exact;
      if (wrong > 3) break;
    }
  }
  return {wrong, kinked};
}

TEST_P(LossLaw, FirstDerivativeIsTheSlopeOfTheValue) {
  const auto margins = wild_margins();
  const auto [wrong, kinked] = wrong_and_kinked(
      margins, [this](double h) { return value(h); }, [this](double h) { return d1(h); });
  EXPECT_EQ(wrong, 0);
  EXPECT_LT(kinked, static_cast<int>(margins.size()) / 5);  // most margins below 0.1 lie within a step of a landmark
}

TEST_P(LossLaw, SecondDerivativeIsTheSlopeOfTheFirst) {
  const auto margins = wild_margins();
  const auto [wrong, kinked] = wrong_and_kinked(
      margins, [this](double h) { return d1(h); }, [this](double h) { return d2(h); });
  EXPECT_EQ(wrong, 0);
  EXPECT_LT(kinked, static_cast<int>(margins.size()) / 5);
}

TEST_P(LossLaw, SmoothMeansThatTheFirstDerivativeDoesNotJump) {
  constexpr double spacing = 1e-4;
  double largest_jump = 0.0;
  for (const double mark : landmarks()) {
    for (int i = -100000; i < 100000; ++i) {
      const double h = mark + (i + 0.5) * spacing;
      const double slope = std::max(std::fabs(d2(h)), std::fabs(d2(h + spacing)));
      largest_jump = std::max(largest_jump, std::fabs(d1(h + spacing) - d1(h)) - 1.01 * slope * spacing);
    }
  }
  // Two steep places between neighbouring points are the only excuse: second order in the spacing.
  if (loss_->smooth()) {
    EXPECT_LT(largest_jump, 1e-6);
  } else {
    EXPECT_GT(largest_jump, 1e-3);
  }
}

TEST_P(LossLaw, ConvexMeansThatTheFirstDerivativeIncreases) {
  if (!loss_->convex()) return;  // nothing is claimed
  auto margins = wild_margins();
  std::sort(margins.begin(), margins.end());
  double previous = -std::numeric_limits<double>::infinity();
  for (const double h : margins) {
    const double slope = d1(h);
    // Vectorised exp is good to 4 ulp, so neighbouring values may be that far out of order.
    EXPECT_GE(slope, previous - 8.0 * std::numeric_limits<double>::epsilon() * std::fabs(previous)) << "at h = " << h;
    EXPECT_GE(d2(h), 0.0) << "at h = " << h;
    previous = slope;
  }
}

TEST_P(LossLaw, NothingOverflowsBeforeTheMathematicsDoes) {
  for (const double size : {1e3, 1e6, 1e100, 1e300}) {
    for (const double h : {-size, size}) {
      EXPECT_TRUE(std::isfinite(d1(h))) << "h = " << h;
      EXPECT_TRUE(std::isfinite(d2(h))) << "h = " << h;
      EXPECT_FALSE(std::isnan(value(h))) << "h = " << h;
      // |l(h) - l(0)| is at most |h| times the steepest slope between.
      const double bound = std::max(std::fabs(d1(h)), std::fabs(d1(0.0))) * size;
      EXPECT_TRUE(!std::isfinite(bound) || std::isfinite(value(h))) << "h = " << h;
    }
  }
}

TEST_P(LossLaw, BlocksOfAnyLengthGiveTheValuesOfSingleMargins) {
  std::mt19937_64 engine(11);
  std::normal_distribution<double> normal(0.0, 6.0);
  for (std::size_t length = 1; length <= 70; ++length) {
    std::vector<double> h(length);
    for (double& x : h) x = normal(engine);
    std::vector<double> block(length);
    for (const Member member : {&Loss::value, &Loss::d1, &Loss::d2}) {
      ((*loss_).*member)(h, block);
      for (std::size_t i = 0; i < length; ++i) {
        const double single = at(member, h[i]);
        EXPECT_NEAR(block[i], single, 4.0 * std::numeric_limits<double>::epsilon() * std::fabs(single))
            << "length " << length << ", h = " << h[i];
      }
    }
  }
}

TEST_P(LossLaw, HandleAndCatalogueAgree) {
  EXPECT_EQ(loss_->name(), GetParam().name);
  EXPECT_FALSE(loss_->formula().empty());
  // kappa is where support vectors end (support_fraction): nothing pulls beyond it.
  if (loss_->margin()) {
    EXPECT_EQ(d1(*loss_->margin() + 1e-6), 0.0);
    EXPECT_NE(d1(*loss_->margin() - 1e-6), 0.0);
  }
}

// u - h + g l'(u) = 0 at u(h) = h + slope (anchor - h), constant below the zone: or the slopes on either side of u
// bracket the force (h - u)/g.
TEST_P(LossLaw, ProximalRampIsTheProximalPoint) {
  for (const double g : {1e-9, 1e-3, 0.4, 1.0, 25.0, 1e6, 1e12}) {
    const auto ramp = loss_->proximal_ramp(g);
    ASSERT_EQ(ramp.has_value(), loss_->proximal_ramp(1.0).has_value());
    if (!ramp) return;
    EXPECT_GT(ramp->slope, 0.0);
    EXPECT_LE(ramp->slope, 1.0);
    EXPECT_GE(ramp->rest, 0.0);
    EXPECT_NEAR(ramp->slope + ramp->rest, 1.0, 4e-16);
    for (const double distance : {-1e4, -30.0, -1.5, -0.2, -1e-3, 1e-3, 0.3, 2.0, 40.0, 1e4}) {
      const double h = ramp->anchor + distance * std::max(1.0, distance < -1.0 ? std::min(g, 1e3) : 1.0);
      const double over = ramp->anchor - h;
      const double step = over <= 0.0 && !ramp->two_sided ? 0.0 : ramp->slope * std::min(over, ramp->width);
      // What is left of the way to the anchor, by `rest` where all of it is in the zone.
      const double u = step == 0.0 || over > ramp->width ? h + step : ramp->anchor - ramp->rest * over;
      const double rounding = 1e-13 * (1.0 + std::fabs(u));
      const double tolerance = 1e-12 * (std::fabs(h) + std::fabs(u) + g * std::fabs(d1(u)));
      EXPECT_LE(u - h + g * d1(u - rounding), tolerance) << "g = " << g << ", h = " << h;
      EXPECT_GE(u - h + g * d1(u + rounding), -tolerance) << "g = " << g << ", h = " << h;
    }
  }
}

// Between its breaks a loss is analytic: third differences of l' there are small, and a kink is where one is said to
// be.
TEST_P(LossLaw, BreaksIncreaseAndHoldEveryKinkOfTheRamp) {
  const auto breaks = loss_->breaks();
  for (std::size_t i = 1; i < breaks.size(); ++i) EXPECT_LT(breaks[i - 1], breaks[i]);
  if (loss_->proximal_ramp(1.0)) return;  // says more: nobody asks such a loss for breaks
  // A jump of l' or of l'' anywhere on a fine grid is within a step of a break.
  constexpr double spacing = 1e-3;
  for (int i = -8000; i < 8000; ++i) {
    const double h = (i + 0.37) * spacing;
    const double jump = std::fabs(d1(h + spacing) - d1(h)) - 1.1 * spacing * std::max(d2(h), d2(h + spacing));
    const double bend = std::fabs(d2(h + spacing) - d2(h));
    if (jump < 1e-2 && bend < 0.5) continue;
    const bool known = std::any_of(breaks.begin(), breaks.end(),
                                   [=](double at) { return at >= h - 1e-9 && at <= h + spacing + 1e-9; });
    EXPECT_TRUE(known) << "a kink at " << h;
  }
}

// Every loss with parameters over their ranges, and formulas of every kind.
std::vector<Component> all_losses() {
  std::vector<Component> all = accepted(known_losses(), make_loss);
  for (const char* formula : {"(1-h)^2/2", "max(0,1-h)", "max(1-h,0)^2/2", "sigmoid(-h)", "erfc(h)", "1-tanh(h)",
                              "piecewise(h<0,1/2-h,h<1,(1-h)^2/2,0)", "abs(1-h)", "softplus(1-h)",
                              "log(exp(h)+exp(-h))", "min(1,max(0,1-h))", "2/(3+3*exp(h))"}) {
    all.push_back({"formula", {}, {{"formula", formula}}});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, LossLaw, ::testing::ValuesIn(all_losses()),
                         [](const auto& tested) { return test_name(tested.param); });

// The scalar functions of a component against the block of its handle, compiled apart (libmvec against libm).
template <class L>
void expect_equal_blocks() {
  Parameters parameters;
  for (const ParameterInfo& info : L::parameters()) parameters.emplace(info.key, info.default_value.value_or(1.0));
  const L scalar(parameters);
  const auto handle = make_loss({std::string(L::name), parameters});
  std::vector<double> h;
  for (int i = -4000; i <= 4000; ++i) h.push_back(0.01 * i);
  std::vector<double> value(h.size());
  std::vector<double> d1(h.size());
  std::vector<double> d2(h.size());
  handle->value(h, value);
  handle->d1(h, d1);
  handle->d2(h, d2);
  constexpr double four_ulp = 4.0 * std::numeric_limits<double>::epsilon();
  for (std::size_t i = 0; i < h.size(); ++i) {
    EXPECT_NEAR(value[i], scalar.value(h[i]), four_ulp * std::fabs(value[i])) << L::name << " value at " << h[i];
    EXPECT_NEAR(d1[i], scalar.d1(h[i]), four_ulp * std::fabs(d1[i])) << L::name << " d1 at " << h[i];
    EXPECT_NEAR(d2[i], scalar.d2(h[i]), four_ulp * std::fabs(d2[i])) << L::name << " d2 at " << h[i];
  }
}

template <class L>
void expect_scalar_equals_block() {
  if constexpr (LossComponent<L>) expect_equal_blocks<L>();  // others have no scalar functions
}

TEST(Losses, BlocksEqualTheScalarFunctions) {
  std::apply([](auto... tag) { (expect_scalar_equals_block<typename decltype(tag)::type>(), ...); },
             []<class... L>(std::type_identity<std::tuple<L...>>) {
               return std::tuple<std::type_identity<L>...>{};
             }(std::type_identity<generated::LossList>{}));
}

// THEORY 1, the list of losses; the values are exact.
TEST(Losses, ClosedFormsAtSinglePoints) {
  const auto value = [](const Component& component, double h) {
    double out = 0.0;
    make_loss(component)->value({&h, 1}, {&out, 1});
    return out;
  };
  EXPECT_DOUBLE_EQ(value({"square", {}}, 3.0), 2.0);
  EXPECT_DOUBLE_EQ(value({"logistic", {}}, 0.0), std::log(2.0));
  EXPECT_DOUBLE_EQ(value({"hinge", {{"margin", 1.5}}}, 0.25), 1.25);
  EXPECT_DOUBLE_EQ(value({"squared-hinge", {{"margin", 1.5}}}, -0.5), 2.0);
  EXPECT_FALSE(make_loss({"hinge", {}})->smooth());
  EXPECT_EQ(make_loss({"hinge", {}})->margin(), 1.0);  // the default
}

TEST(Losses, FormulasSayWhereTheyBreak) {
  const auto breaks = [](const char* formula) {
    const auto loss = make_loss({"formula", {}, {{"formula", formula}}});
    const auto all = loss->breaks();
    return std::vector<double>(all.begin(), all.end());
  };
  EXPECT_TRUE(breaks("log(1+exp(-h))").empty());
  EXPECT_TRUE(breaks("(1-h)^2/2").empty());
  const auto expect_near = [&](const char* formula, const std::vector<double>& expected) {
    const std::vector<double> found = breaks(formula);
    ASSERT_EQ(found.size(), expected.size()) << formula;
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-15) << formula;
  };
  expect_near("max(0,1-h)", {1.0});
  expect_near("max(0,1-h)^2/2", {1.0});
  expect_near("abs(1-2*h)", {0.5});
  expect_near("piecewise(h<0,1/2-h,h<1,(1-h)^2/2,0)", {0.0, 1.0});
  expect_near("max(0,max(1-h,3-5*h))", {0.5, 1.0});
}

TEST(Losses, BadNamesAndParametersAreRefused) {
  EXPECT_THROW((void)make_loss({"no-such-loss", {}}), InputError);
  for (const ComponentInfo& info : known_losses()) {
    for (const ParameterInfo& parameter : info.parameters) {
      Parameters bad{{std::string(parameter.key), std::numeric_limits<double>::quiet_NaN()}};
      EXPECT_THROW((void)make_loss({std::string(info.name), bad}), InputError) << info.name;
    }
    EXPECT_THROW((void)make_loss({std::string(info.name), {{"surplus", 1.0}}}), InputError) << info.name;
  }
  try {
    (void)make_loss({"hinge", {{"margin", 0.0}}});
    FAIL() << "a margin of zero was accepted";
  } catch (const InputError& error) {
    EXPECT_EQ(error.key(), "loss.margin");
    EXPECT_EQ(error.message(), "0 is out of range; allowed is 0 < margin");
  }
}

}  // namespace
}  // namespace sgdyn
