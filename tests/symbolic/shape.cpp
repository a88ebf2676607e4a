// Kinks, margins, convexity, and refusal of functions that jump or are not finite.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "sgdyn/core/error.hpp"
#include "sgdyn/symbolic/real_function.hpp"
#include "symbolic/formulas.hpp"

namespace sgdyn {
namespace {

struct Known {
  const char* formula;
  bool smooth;
  bool convex;
  std::optional<double> margin;
};

void PrintTo(const Known& tested, std::ostream* out) { testing_support::print_name(tested.formula, out); }

class ShapeOf : public testing::TestWithParam<Known> {};

TEST_P(ShapeOf, IsFound) {
  const Known& known = GetParam();
  const symbolic::Shape shape = symbolic::RealFunction(known.formula, "h", "loss.formula").shape();
  EXPECT_EQ(shape.smooth, known.smooth) << known.formula;
  EXPECT_EQ(shape.convex, known.convex) << known.formula;
  ASSERT_EQ(shape.flat_beyond.has_value(), known.margin.has_value()) << known.formula;
  if (!known.margin) return;
  EXPECT_NEAR(*shape.flat_beyond, *known.margin, 1e-12 * std::max(1.0, std::fabs(*known.margin))) << known.formula;
}

const std::optional<double> none;

INSTANTIATE_TEST_SUITE_P(
    Formulas, ShapeOf,
    testing::Values(
        Known{"(1-h)^2/2", true, true, none}, Known{"log(1+exp(-h))", true, true, none},
        Known{"max(0,1-h)", false, true, 1.0}, Known{"max(1-h,0)", false, true, 1.0},
        Known{"max(0,1-h)^2/2", true, true, 1.0}, Known{"max(0,0.3-0.1*h)", false, true, 3.0},
        Known{"max(0,1-h/3)^2", true, true, 3.0}, Known{"max(0,-2-h)^3", true, true, -2.0},
        Known{"max(0,12345-h)", false, true, 12345.0}, Known{"max(0,1-1e-6*h)", false, true, 1e6},
        Known{"max(0,1-h)^1.5", true, true, 1.0}, Known{"max(0,1-h)^40", true, true, 1.0},
        Known{"piecewise(h<0,1/2-h,h<1,(1-h)^2/2,0)", true, true, 1.0},
        Known{"piecewise(h<=1,(1-h)^2/2,0)", true, true, 1.0}, Known{"min(1,max(0,1-h))", false, false, 1.0},
        Known{"abs(1-h)", false, true, none}, Known{"abs(1-h)^3", true, true, none},
        Known{"-abs(h)", false, false, none}, Known{"sqrt((1-h)^2)", false, true, none},
        Known{"sqrt(3*(1-h)^2)", false, true, none}, Known{"sqrt(1+h^2)", true, true, none},
        Known{"sqrt(1+h^2)-h", true, true, none}, Known{"sigmoid(-h)", true, false, none},
        Known{"1/(1+exp(h))", true, false, none}, Known{"exp(-h)", true, true, none},
        Known{"exp(-h^2)", true, false, none}, Known{"h^4-h^2", true, false, none}, Known{"h^4", true, true, none},
        Known{"h-tanh(h)", true, false, none}, Known{"h", true, true, none}, Known{"sin(h)", true, false, none},
        Known{"max(0,1-h)+max(0,5-h)", false, true, 5.0}, Known{"max(0,1-h)+max(0,h-7)", false, true, none},
        Known{"max(0,max(0,3-h)-1)", false, true, 2.0}, Known{"max(0,1-h)*max(0,5-h)", false, true, 1.0},
        Known{"step(1-h)*(1-h)^2", true, true, 1.0}, Known{"max(h,h)", true, true, none},
        Known{"max(0,1-h)-max(0,1-h)+h^2", true, true, none}, Known{"softplus(1-h)", true, true, none},
        Known{"max(1-h,exp(-h))", true, true, none}, Known{"1-erf(h)", true, false, none},
        Known{"log(exp(h)+exp(-h))", true, true, none}, Known{"h^2+1e-9*abs(h-3)", false, true, none},
        Known{"h^2+1e-3*abs(h-3)", false, true, none}, Known{"2+sin(h)+h^2", true, true, none},
        Known{"log(1+exp(-h)+exp(-2*h))", true, true, none}, Known{"log(exp(h)+exp(-h)+exp(h/3)+2)", true, true, none},
        Known{"-log(erfc(h/sqrt(2))/2)", true, true, none},
        // Two kinks less than the spacing of the grid apart, which no point of it sees.
        Known{"abs((h-0.3)^2-1e-6)", false, false, none}, Known{"max(0,1e-6-(h-0.3)^2)+h^2/2", false, false, none},
        Known{"max(0,(h-0.3)^2-1e-6)", false, true, none}, Known{"max(0,abs(h-0.3)-1e-3)", false, true, none},
        Known{"max(0,(7.004-h)*(7.007-h))*step(7.0055-h)", false, true, 7.004},
        // Steep, far away, next to a large slope, close together: neither jumps, nor kinks that are missed.
        Known{"max(0,1-h)^3", true, true, 1.0}, Known{"abs(h)", false, true, none},
        Known{"1e6*max(0,1-h)", false, true, 1.0}, Known{"1e6*max(0,0.3-0.1*h)", false, true, 3.0},
        Known{"max(0,12345.678-h)", false, true, 12345.678}, Known{"max(0,1e7-3*h)+h^2", false, true, none},
        Known{"1e-6*max(0,12345.678-h)+h^2", false, true, none}, Known{"abs(h-1e7)", false, true, none},
        Known{"h^2+1e-10*abs(h-3)", false, true, none}, Known{"h^2-1e-10*abs(h-3)", false, false, none},
        Known{"abs(h-0.3)+abs(h-0.3000001)", false, true, none}, Known{"max(0,20-h)*exp(-h)", false, true, 20.0},
        Known{"abs(h-0.3)+abs(h-0.3000000001)", false, true, none}, Known{"abs(h)^1.1", true, true, none},
        Known{"piecewise(abs(h-1)<0.1,5*(h-1)^2,abs(h-1)-0.05)", true, true, none},
        Known{"piecewise(h<1/3,0.5*h^2,h/3-1/18)", true, true, none}, Known{"max(0,1-h)^1.5+h", true, true, none},
        Known{"piecewise(h>0,h,h<0,h,0)", false, true, none},  // its slope at 0 is 0
        // What rounding leaves of a switch that only touches zero.
        Known{"max(0,h^2-2*h+1)", true, true, none}, Known{"max(0,h^2-2*h+1)^2", true, true, none},
        Known{"max(0,h^4-4*h^3+6*h^2-4*h+1)", true, true, none}, Known{"max(0,h^3-3*h^2+3*h-1)", true, true, none},
        Known{"max(h^2/2,h-0.5)+max(0,1-h)", false, true, none},
        Known{"max(1-h,exp(-h))+1e-3*abs(h)", false, true, none},
        // Numbers that grow too large, out to the end.
        Known{"exp(exp(-h/2))", true, true, none}, Known{"exp(-exp(exp(-h)))", true, false, none},
        Known{"exp(h^2)", true, true, none}, Known{"1/erfc(h)", true, true, none},
        Known{"sigmoid(h)^-1", true, true, none}, Known{"(exp(h)+exp(-h))/(exp(2*h)+exp(-2*h))", true, false, none}));

// Below the limit that is documented a kink cannot be told from rounding.
TEST(ShapeLimits, TheSmallestKinkThatIsSeen) {
  const auto smooth = [](const char* formula) {
    return symbolic::RealFunction(formula, "h", "loss.formula").shape().smooth;
  };
  EXPECT_FALSE(smooth("h^2/2+5e-11*abs(h-3)"));
  EXPECT_TRUE(smooth("h^2/2+5e-13*abs(h-3)"));
}

struct Unfit {
  const char* formula;
  const char* part;
};

void PrintTo(const Unfit& tested, std::ostream* out) { testing_support::print_name(tested.formula, out); }

class Unusable : public testing::TestWithParam<Unfit> {};

TEST_P(Unusable, IsRefusedWithAPlace) {
  try {
    const symbolic::RealFunction f(GetParam().formula, "h", "loss.formula");
    FAIL() << GetParam().formula << " was accepted";
  } catch (const InputError& error) {
    EXPECT_EQ(error.key(), "loss.formula");
    EXPECT_NE(error.message().find(GetParam().part), std::string::npos) << error.message();
    EXPECT_EQ(error.message().find('\n'), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formulas, Unusable,
    testing::Values(
        Unfit{"step(1-h)", "jumps at h = 1;"}, Unfit{"sign(h+2)", "jumps at h = -2;"},
        Unfit{"h+step(h-54321)", "jumps at h = 54321;"}, Unfit{"piecewise(h<1,1-h,h)", "jumps at h = 1;"},
        Unfit{"log(h)", "not finite at h = 0;"}, Unfit{"1/h", "not finite at h = 0;"},
        Unfit{"sqrt(h)", "not finite at h = 0;"}, Unfit{"sqrt(1-h)", "not finite at h = 1"},
        Unfit{"1/(h-0.3)", "not finite at h = 0.3;"}, Unfit{"1/(h-50)", "not finite at h = 50;"},
        Unfit{"1/(h-0.3)^2", "not finite at h = 0.3;"},
        Unfit{"1/(3*h-1)", "no finite limit that double precision could show at h = 0.333333333"},
        Unfit{"log(abs(3*h-1))", "no finite limit that double precision could show at h = 0.333333333"},
        Unfit{"h*log(abs(h))", "not finite at h = 0"}, Unfit{"(h-1/3)*log(abs(h-1/3))", "not finite at h = 0.33333333"},
        Unfit{"sqrt(abs(h))", "slope of the formula is not finite at h = 0;"},
        Unfit{"abs(3*h-1)^0.7",
              "slope of the formula has no finite limit that double precision could show at h = 0.333333333"},
        Unfit{"h^h", "not finite at h"}, Unfit{"exp(h^4)", "not finite at h = "},
        Unfit{"log(1+sin(h))", "too many kinks or poles"}, Unfit{"log(h+7)", "not finite at h = -7"},
        Unfit{"log(5-h)", "not finite at h = 5"}, Unfit{"abs(sin(h))", "too many kinks"},
        Unfit{"1/((h-0.3)^2-1e-6)", "no finite limit that double precision could show at h = 0.29"},
        Unfit{"h+step(1e-6-(h-0.3)^2)", "jumps at h = 0.299"}, Unfit{"0*h", "does not depend on h"},
        Unfit{"h-h", "does not depend on h"}, Unfit{"3", "does not depend on h"}, Unfit{"1e300*h^999", "not finite"},
        Unfit{"1e308*h^2", "a factor beyond 1e308"},
        // Jumps next to a large slope or value, one close to another, and of the value at the point alone.
        Unfit{"1e6*h+step(h)", "jumps at h = 0;"}, Unfit{"h^2+0.005*step(h-60)", "jumps at h = 60;"},
        Unfit{"(1-h)^2/2+0.01*step(h-1000)", "jumps at h = 1000;"}, Unfit{"1e6*h+step(h-1e4)", "jumps at h = 10000;"},
        Unfit{"step(h-0.3)+step(h-0.3000001)", "jumps at h = 0.3;"},
        Unfit{"step(h-0.3)-step(h-0.3000000001)", "jumps at h = 0.3;"},
        Unfit{"piecewise(h>0,h,h<0,h,5)", "jumps at h = 0;"},
        Unfit{"piecewise(h>1/3,h,h<1/3,h,5)", "jumps at h = 0.3333333333333333;"},
        Unfit{"max(1-h,exp(-h))+step(h-1e-9)", "jumps at h = 1e-09;"},
        // Poles that are large enough to look like an overflow.
        Unfit{"(h+20)^-10", "not finite at h = -20;"}, Unfit{"1e200/(h-16)", "not finite at h = 16;"},
        Unfit{"1/(h-16)^9*1e100", "not finite at h = 16;"}, Unfit{"(h+20)^-10.5", "finite at h = -20;"},
        Unfit{"1e200/(h-16.3)", "not finite at h = 16.3;"}, Unfit{"1e200*log(h+16)", "not finite at h = -16;"},
        Unfit{"1e200*(h+20)^1.5", "not finite at h = -20.000000000000004;"},
        Unfit{"exp(-h)+1e200/(h+20)", "not finite at h = -20;"},
        Unfit{"1/((h-0.3)*(h-0.3000000001))", "not finite at h = 0.3;"},
        // An overflow behind which the function comes back, or that is close.
        Unfit{"exp(-h)*step(h+1000)", "not finite at h = -709.78"}, Unfit{"exp(exp(-h))", "not finite at h = -6.5"}));

TEST(UnusableFormulas, TheFormulaIsQuotedUpToItsLength) {
  const auto message = [](const std::string& formula) -> std::string {
    try {
      (void)symbolic::RealFunction(formula, "h", "loss.formula");
    } catch (const InputError& error) {
      return error.message();
    }
    return "accepted";
  };
  EXPECT_EQ(message("h +\tstep(h)"),
            "the formula jumps at h = 0; allowed is a continuous formula (given: \"h + step(h)\")");
  EXPECT_TRUE(message("1/h").ends_with("(given: \"1/h\")"));
  EXPECT_TRUE(message("h-h").ends_with("(given: \"h-h\")"));
  EXPECT_TRUE(message("1e308*h^2").ends_with("(given: \"1e308*h^2\")"));
  const std::string longer = "step(h)" + std::string(100, ' ') + "+h";
  EXPECT_TRUE(message(longer).ends_with("(given: \"step(h)" + std::string(43, ' ') + "...\")"));
}

}  // namespace
}  // namespace sgdyn
