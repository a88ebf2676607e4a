// Values and derivatives against the formula as it stands in long double, on formulas made at random and by hand.
#include <gtest/gtest.h>

#include <omp.h>

#include <array>
#include <cmath>
#include <string>
#include <tuple>

#include "sgdyn/core/error.hpp"
#include "sgdyn/symbolic/real_function.hpp"
#include "symbolic/formulas.hpp"

namespace sgdyn {
namespace {

using testing_support::Compiled;
using testing_support::RandomFormula;

/// f' and f'' by central differences of order 6 and 4 in long double: error about 1e-12 where derivatives are of
/// order 1.
struct Differences {
  long double first;
  long double second;
};

Differences differences(const Compiled& f, long double h, long double step) {
  const auto at = [&](int k) { return f.exact(h + static_cast<long double>(k) * step); };
  const long double middle = at(0);
  return {(45.0L * (at(1) - at(-1)) - 9.0L * (at(2) - at(-2)) + (at(3) - at(-3))) / (60.0L * step),
          (270.0L * (at(1) + at(-1)) - 27.0L * (at(2) + at(-2)) + 2.0L * (at(3) + at(-3)) - 490.0L * middle) /
              (180.0L * step * step)};
}

/// Two step widths that disagree say that the point is too close to a kink or too wild to tell.
bool agree(long double a, long double b, long double tolerance) {
  return std::fabs(a - b) <= tolerance * std::max({1.0L, std::fabs(a), std::fabs(b)});
}

TEST(Evaluation, RandomFormulasHaveTheValueAndSlopesOfTheFormulaAsItStands) {
  RandomFormula random(5);
  int compared = 0;
  for (int trial = 0; trial < 1500; ++trial) {
    const std::string formula = random(1 + trial % 4);
    const Compiled f(formula);
    for (const double h : {-2.37, -0.41, 0.13, 0.82, 1.91}) {
      const long double exact = f.exact(h);
      if (!std::isfinite(exact) || std::fabs(exact) > 1e6L) continue;
      const auto [value, d1, d2] = f(h);
      EXPECT_TRUE(agree(value, exact, 1e-11L)) << formula << " at " << h << ": " << value << ", exact " << exact;
      const Differences coarse = differences(f, h, 2e-3L);
      const Differences fine = differences(f, h, 1e-3L);
      if (!agree(coarse.first, fine.first, 1e-10L) || !agree(coarse.second, fine.second, 1e-7L)) continue;
      EXPECT_TRUE(agree(d1, fine.first, 1e-8L)) << formula << " at " << h << ": slope " << d1 << ", " << fine.first;
      EXPECT_TRUE(agree(d2, fine.second, 1e-5L)) << formula << " at " << h << ": curve " << d2 << ", " << fine.second;
      ++compared;
    }
  }
  EXPECT_GT(compared, 5000);
}

struct Tried {
  std::string formula;
};

void PrintTo(const Tried& tested, std::ostream* out) { testing_support::print_name(tested.formula, out); }

class EveryFunction : public testing::TestWithParam<Tried> {};

TEST_P(EveryFunction, HasItsDerivatives) {
  const std::string& formula = GetParam().formula;
  const Compiled f(formula);
  for (const double h : {0.3, 0.9, 1.7, 2.6}) {
    const Differences fine = differences(f, h, 1e-3L);
    const auto [value, d1, d2] = f(h);
    EXPECT_NEAR(value, static_cast<double>(f.exact(h)), 1e-14 * std::fabs(value)) << formula << " at " << h;
    EXPECT_TRUE(agree(d1, fine.first, 1e-11L)) << formula << " at " << h << ": " << d1 << ", " << fine.first;
    EXPECT_TRUE(agree(d2, fine.second, 1e-8L)) << formula << " at " << h << ": " << d2 << ", " << fine.second;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Functions, EveryFunction,
    testing::Values(Tried{"exp(-h^2)"}, Tried{"log(h)"}, Tried{"log(2+h^2)"}, Tried{"log1p(h)"}, Tried{"expm1(h/2)"},
                    Tried{"sqrt(h)"}, Tried{"abs(2-h)^3"}, Tried{"max(1-h,h^2)"}, Tried{"min(h,2-h,1/h)"},
                    Tried{"sin(2*h)"}, Tried{"cos(h)^2"}, Tried{"tanh(h)"}, Tried{"erf(h)"}, Tried{"erfc(h)"},
                    Tried{"step(h-1)*h"}, Tried{"sign(h-2)*h^2"}, Tried{"softplus(2*h)"}, Tried{"sigmoid(h)^3"},
                    Tried{"h^h"}, Tried{"2^h"}, Tried{"h^1.7"}, Tried{"h^-3"}, Tried{"h^20"}, Tried{"1/(1+exp(-h))"},
                    Tried{"exp(-h)/(1+exp(-h))^2"}, Tried{"piecewise(h<1,h^2,h>=2,sin(h),exp(h))"},
                    Tried{"log(2+3*exp(-h))"}, Tried{"log(exp(h)+exp(-2*h))"}, Tried{"-log(sigmoid(h))"},
                    Tried{"tanh(sigmoid(h))"}, Tried{"max(0,2-h)^1.5"}, Tried{"log(erfc(h))"},
                    Tried{"log(1+exp(h)+exp(-2*h)+3*exp(h^2/4))"}, Tried{"1/(2+exp(h)+exp(-h))^2"},
                    Tried{"h*log(erfc(h)^2/3)+exp(-h)"}, Tried{"h^2*h^-1*exp(h)*exp(-2*h)"}));

// log(1 + e^-h) in every dress is the logistic loss, also where e^-h overflows or drowns in the 1.
TEST(Stability, LogisticLossInAnySpelling) {
  for (const char* formula :
       {"log(1+exp(-h))", "log(exp(-h)+1)", "ln(1+e^(-h))", "log1p(exp(-h))", "log(1+1/exp(h))", "-log(1/(1+exp(-h)))",
        "-log(sigmoid(h))", "softplus(-h)", "log((1+exp(h))/exp(h))", "max(0,-h)+log(1+exp(-abs(h)))",
        "log(exp(h)+1)-h", "-ln(exp(h)/(1+exp(h)))", "log(2+2*exp(-h))-log(2)"}) {
    const Compiled f(formula);
    const bool cancels = std::string(formula).ends_with("log(2)");
    for (const double h :
         {-800.0, -710.0, -300.0, -36.0, -5.0, -0.3, 0.0, 0.2, 1.0, 7.0, 20.0, 36.0, 100.0, 300.0, 700.0, 800.0}) {
      const long double e = std::exp(-static_cast<long double>(h));
      const auto [value, d1, d2] = f(h);
      const auto near = [&](double actual, long double expected, const char* what) {
        // Subtracting log 2 loses digits of a small value, never of the slopes.
        const double floor = cancels && std::string(what) == "value" ? 1e-13 : 1e-300;
        EXPECT_NEAR(actual, static_cast<double>(expected), 1e-12 * std::fabs(static_cast<double>(expected)) + floor)
            << what << " of " << formula << " at " << h;
      };
      near(value, std::log1p(e), "value");
      if (std::string(formula).starts_with("max")) continue;  // two branches: each slope loses digits
      near(d1, -1.0L / (1.0L + 1.0L / e), "slope");
      near(d2, 1.0L / ((1.0L + e) * (1.0L + 1.0L / e)), "curvature");
    }
  }
}

TEST(Stability, SigmoidsInAnySpelling) {
  for (const char* formula : {"1/(1+exp(h))", "exp(-h)/(1+exp(-h))", "1-1/(1+exp(-h))", "sigmoid(-h)", "1-sigmoid(h)",
                              "(1-tanh(h/2))/2", "(1+exp(h))^-1", "2/(2+2*exp(h))"}) {
    const Compiled f(formula);
    for (const double h : {-800.0, -40.0, -1.0, 0.0, 2.0, 40.0, 700.0, 800.0}) {
      const long double exact = 1.0L / (1.0L + std::exp(static_cast<long double>(h)));
      EXPECT_NEAR(f(h)[0], static_cast<double>(exact), static_cast<double>(1e-12L * exact) + 1e-300)
          << formula << " " << h;
      const double slope = static_cast<double>(-exact * (1.0L - exact));
      if (std::fabs(h) < 40.0) {
        EXPECT_NEAR(f(h)[1], slope, 1e-12 * std::fabs(slope)) << formula << " " << h;
      }
      EXPECT_TRUE(std::isfinite(f(h)[2])) << formula << " " << h;
    }
  }
}

void expect_close(double actual, long double expected, double tolerance, const std::string& what) {
  const auto exact = static_cast<double>(expected);
  EXPECT_NEAR(actual, exact, tolerance * std::fabs(exact) + 1e-300) << what;
}

// log(1 + p + p^2 + ...), p = e^-h, with moments of the exponents: l' = -<k>, l'' = <k^2> - <k>^2, from the largest
// term.
TEST(Stability, LogarithmsOfManyExponentials) {
  struct Spelling {
    const char* formula;
    int terms;
  };
  for (const Spelling& spelling :
       {Spelling{"log(1+exp(-h)+exp(-2*h))", 3}, Spelling{"log(exp(-2*h)+1+exp(-h))", 3},
        Spelling{"log(exp(2*h)+exp(h)+1)-2*h", 3}, Spelling{"-log(1/(1+exp(-h)+exp(-2*h)))", 3},
        Spelling{"log1p(exp(-h)+exp(-2*h))", 3}, Spelling{"log(2+2*exp(-h)+2*exp(-2*h))-log(2)", 3},
        Spelling{"log((1+exp(-h)+exp(-2*h))^3)/3", 3}, Spelling{"log(1+exp(-h)+exp(-2*h)+exp(-3*h)+exp(-4*h))", 5}}) {
    const Compiled f(spelling.formula);
    const bool cancels = std::string(spelling.formula).ends_with("-2*h") ||  // the value alone, where it is small
                         std::string(spelling.formula).ends_with("-log(2)");
    for (const double h : {-900.0, -300.0, -40.0, -3.0, -0.2, 0.0, 0.4, 2.0, 30.0, 200.0, 700.0}) {
      long double rest = 0.0L;  // all but the 1
      long double first = 0.0L;
      long double second = 0.0L;
      for (int k = 1; k < spelling.terms; ++k) {
        const long double p = std::exp(-k * static_cast<long double>(h));
        rest += p;
        first += k * p;
        second += k * k * p;
      }
      const long double mean = first / (1.0L + rest);
      const std::string what = std::string(spelling.formula) + " at " + std::to_string(h);
      const auto [value, d1, d2] = f(h);
      const auto exact = static_cast<double>(std::log1p(rest));
      EXPECT_NEAR(value, exact, 1e-12 * exact + (cancels ? 1e-12 * std::max(1.0, std::fabs(h)) : 1e-300)) << what;
      if (!std::string(spelling.formula).ends_with("-2*h")) expect_close(d1, -mean, 1e-12, what + ": slope");
      EXPECT_NEAR(d1, static_cast<double>(-mean), 1e-12) << what;
      if (h < -30.0) {
        EXPECT_GE(d2, 0.0) << what;  // e^h, of which the oracle has no digits
        EXPECT_LE(d2, 1e-12) << what;
      } else {
        expect_close(d2, second / (1.0L + rest) - mean * mean, h < 0.0 ? 1e-10 : 1e-11, what + ": curvature");
      }
    }
  }
}

TEST(Stability, PowersOfSumsOfExponentials) {
  const Compiled f("1/(1+exp(-h)+exp(-2*h))");
  for (const double h : {-800.0, -300.0, -20.0, -1.0, 0.0, 3.0, 50.0, 800.0}) {
    const auto [value, d1, d2] = f(h);
    const long double p = std::exp(-static_cast<long double>(h));
    const long double sum = 1.0L + p + p * p;
    expect_close(value, 1.0L / sum, 1e-12, "value at " + std::to_string(h));
    expect_close(d1, (p + 2.0L * p * p) / (sum * sum), 1e-12, "slope at " + std::to_string(h));
    EXPECT_TRUE(std::isfinite(d2)) << h;
  }
}

/// The tail x of erfc, far out by its asymptotic series: (value, first, second) of log(erfc(x)/2).
std::array<long double, 3> logarithm_of_tail(long double x) {
  const long double root_pi = std::sqrt(std::acos(-1.0L));
  if (x > 60.0L) {
    const long double s = 1.0L / (2.0L * x * x);
    const long double series = 1.0L - s + 3.0L * s * s - 15.0L * s * s * s + 105.0L * s * s * s * s;
    // erfc'/erfc = -2x/series, its derivative from D = 2x (1/series - 1)
    const long double decay = 2.0L * x / series;
    return {std::log(series / (2.0L * root_pi * x)) - x * x, -decay,
            -decay * 2.0L * x * (s - 3.0L * s * s + 15.0L * s * s * s - 105.0L * s * s * s * s) / series};
  }
  const long double tail = std::erfc(x);
  const long double decay = 2.0L / root_pi * std::exp(-x * x) / tail;
  const long double value = x < 0.0L ? std::log1p(-std::erfc(-x) / 2.0L) : std::log(tail / 2.0L);
  return {value, -decay, -decay * (decay - 2.0L * x)};
}

TEST(Stability, ProbitInAnySpelling) {
  for (const char* formula : {"-log(erfc(h)/2)", "-log(0.5*erfc(h))", "log(2)-log(erfc(h))", "-log((1-erf(h))/2)",
                              "-log(1-erf(h))+log(2)", "log(2/erfc(h))", "-log((erfc(h)/2)^2)/2"}) {
    const Compiled f(formula);
    for (const double h : {-1e4, -30.0, -8.0, -3.0, -1.0, -0.1, 0.0,   1e-3, 0.2, 0.9, 1.7,
                           3.0,  7.0,   20.0, 26.0, 27.5, 59.0, 100.0, 1e3,  1e6, 1e8}) {
      const auto [value, first, second] = logarithm_of_tail(h);
      const std::string what = std::string(formula) + " at " + std::to_string(h);
      const auto [found, d1, d2] = f(h);
      expect_close(found, -value, 2e-13 * std::max(1.0, h * h < 750.0 ? h * h : 1.0), what);
      expect_close(d1, -first, 2e-13 * std::max(1.0, h * h < 750.0 ? h * h : 1.0), what + ": slope");
      expect_close(d2, -second, 2e-12 * std::max(1.0, h * h < 750.0 ? h * h : 1.0), what + ": curvature");
    }
  }
  const Compiled argument("-log(erfc(h/sqrt(2))/2)");
  for (const double h : {-60.0, -5.0, 0.3, 4.0, 60.0}) {
    const auto [value, first, second] = logarithm_of_tail(h / std::sqrt(2.0L));
    expect_close(argument(h)[0], -value, 1e-12, "probit");
    expect_close(argument(h)[1], -first / std::sqrt(2.0L), 1e-12, "slope of probit");
    expect_close(argument(h)[2], -second / 2.0L, 1e-11, "curvature of probit");
  }
}

TEST(Stability, ABranchThatIsNotTakenDoesNotMatter) {
  const Compiled f("max(0,1-h)^1.5+step(h-2)*(h-2)^2.5+piecewise(h<0,sqrt(1-h)-1+h/2,0)");
  for (const double h : {-3.0, -1.0, 0.5, 1.5, 2.5, 9.0}) {
    for (const double x : f(h)) EXPECT_TRUE(std::isfinite(x)) << h;
  }
}

TEST(Simplification, DerivativesOfTheUsualLossesAreShort) {
  const auto instructions = [](const std::string& formula) { return Compiled(formula).program().code().size(); };
  EXPECT_LE(instructions("(1-h)^2/2"), 3U);
  EXPECT_LE(instructions("max(0,1-h)"), 3U);
  EXPECT_LE(instructions("max(0,1-h)^2/2"), 4U);
  EXPECT_LE(instructions("log(1+exp(-h))"), 3U);
  EXPECT_LE(instructions("-log(erfc(h)/2)"), 3U);
  EXPECT_LE(instructions("log(1+exp(-h)+exp(-2*h))"), 14U);
  EXPECT_LE(instructions("exp(-h)/(1+exp(-h))"), 5U);
}

TEST(Program, BlocksOfAnyLengthGiveTheValuesOfSinglePoints) {
  const Compiled f("piecewise(h<0,log(1+exp(-h))*h^3,exp(-h^2)*tanh(h))+abs(h)^1.5+sqrt(1+h^2)");
  for (const std::size_t length : {1U, 7U, 255U, 256U, 257U, 700U}) {
    std::vector<double> h(length);
    for (std::size_t i = 0; i < length; ++i) h[i] = -3.0 + 6.1 * static_cast<double>(i) / static_cast<double>(length);
    std::array<std::vector<double>, 3> block{std::vector<double>(length), std::vector<double>(length),
                                             std::vector<double>(length)};
    const double* input = h.data();
    const std::array<double*, 3> outputs{block[0].data(), block[1].data(), block[2].data()};
    f.program().evaluate({&input, 1}, outputs, length);
    for (std::size_t i = 0; i < length; ++i) {
      const auto single = f(h[i]);
      for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(block[j][i], single[j], 1e-13 * (1.0 + std::fabs(single[j])));
    }
  }
}

// A program of constants and steps has no memory and takes no detour.
TEST(Program, ConstantsAndStepsFillTheirBlocks) {
  for (const auto& [formula, below, above] :
       {std::tuple{"max(0,1-h)", -1.0, 0.0}, std::tuple{"max(h,2*h-1)", 1.0, 2.0},
        std::tuple{"max(0,3-3*h)", -3.0, 0.0}, std::tuple{"max(1-h,2-2*h)", -2.0, -1.0}}) {
    const symbolic::RealFunction f(formula, "h", "loss.formula");
    const double next = std::nextafter(1.0, 2.0);
    const std::vector<double> h{-1e300, 0.0, std::nextafter(1.0, 0.0), next, 3.0, 1e300};
    std::vector<double> slope(h.size());
    f.d1(h, slope);
    EXPECT_EQ(slope, (std::vector<double>{below, below, below, above, above, above})) << formula;
    std::vector<double> curvature(300, 7.0);
    f.d2(std::vector<double>(300, 0.4), curvature);
    EXPECT_EQ(curvature, std::vector<double>(300, 0.0)) << formula;
  }
}

TEST(Program, ManyLiveBlocksDoNotClash) {
  std::string formula = "1";
  for (int i = 1; i <= 20; ++i)
    formula = "sin(" + std::to_string(i) + "*h)*(" + formula + "+cos(h/" + std::to_string(i) + "))";
  const Compiled f(formula);
  for (const double h : {-0.7, 0.1, 1.1}) {
    const Differences fine = differences(f, h, 1e-4L);
    EXPECT_TRUE(agree(f(h)[0], f.exact(h), 1e-12L));
    EXPECT_TRUE(agree(f(h)[1], fine.first, 1e-9L)) << f(h)[1] << " " << fine.first;
  }
}

TEST(Program, OneProgramServesManyThreadsAndWorksInPlace) {
  const symbolic::RealFunction f("log(1+exp(-h))*(h-1)^3+max(0,1-h)", "h", "loss.formula");
  constexpr int points = 5000;
  std::vector<double> h(points);
  for (int i = 0; i < points; ++i) h[static_cast<std::size_t>(i)] = -5.0 + 0.002 * i;
  std::vector<double> expected(points);
  f.d1(h, expected);
  std::array<std::vector<double>, 8> results;
#pragma omp parallel for num_threads(4)
  for (auto& result : results) {
    result = h;
    f.d1(result, result);
  }
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

}  // namespace
}  // namespace sgdyn
