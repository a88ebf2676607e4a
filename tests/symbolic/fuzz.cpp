// Random text and damaged formulas: read or refused, and nothing else happens.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <random>
#include <string>

#include "sgdyn/core/error.hpp"
#include "sgdyn/symbolic/real_function.hpp"
#include "symbolic/formulas.hpp"

namespace sgdyn {
namespace {

using testing_support::RandomFormula;

constexpr std::array<const char*, 40> fragments{
    "h",     "(",     ")",        ",",          "+",      "-",     "*",    "/",     "^",    "**",
    "<",     ">=",    "1",        "0",          "1e9",    "1e-9",  "0.5",  "2",     "exp(", "log(",
    "max(",  "min(",  "abs(",     "piecewise(", " ",      "e",     "pi",   "step(", "erf(", "tanh(",
    "sqrt(", "sign(", "sigmoid(", "softplus(",  "log1p(", "1e308", "1000", "\xff",  "_x",   "."};

class Fuzzer {
 public:
  explicit Fuzzer(unsigned seed) : engine_(seed) {}

  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }

  /// Mostly short: long soup is no formula.
  std::string soup() {
    std::string text;
    for (int i = below(1 + below(30)); i >= 0; --i) text += fragments[static_cast<std::size_t>(below(40))];
    return text;
  }

  std::string damaged(std::string text) {
    for (int i = below(3); i >= 0; --i) {
      const auto at = static_cast<std::size_t>(below(static_cast<int>(text.size()) + 1));
      if (below(2) == 0) {
        text.insert(at, fragments[static_cast<std::size_t>(below(40))]);
      } else {
        text.erase(at, static_cast<std::size_t>(below(4)));
      }
    }
    return text;
  }

 private:
  std::mt19937 engine_;
};

/// True when accepted: then it is finite around zero, where margins are.
bool accepted(const std::string& formula) {
  try {
    const symbolic::RealFunction f(formula, "h", "loss.formula");
    for (double h = -9.7; h < 9.8; h += 0.3) {
      double value = 0.0;
      double slope = 0.0;
      f.value({&h, 1}, {&value, 1});
      f.d1({&h, 1}, {&slope, 1});
      EXPECT_TRUE(std::isfinite(value) && std::isfinite(slope)) << formula << " at " << h;
    }
    return true;
  } catch (const InputError& error) {
    EXPECT_EQ(error.key(), "loss.formula") << formula;
    EXPECT_FALSE(error.message().empty());
    EXPECT_LT(error.message().size(), 600U);
    return false;
  }
}

TEST(Fuzz, SoupOfFragmentsIsReadOrRefused) {
  Fuzzer fuzzer(1);
  int read = 0;
  constexpr int trials = 20000;
  for (int trial = 0; trial < trials; ++trial) {
    if (accepted(fuzzer.soup())) ++read;
  }
  EXPECT_GT(read, trials / 400);  // both happen, or nothing is tested
  EXPECT_LT(read, trials / 10);
}

TEST(Fuzz, DamagedFormulasAreReadOrRefused) {
  Fuzzer fuzzer(2);
  RandomFormula random(3);
  int read = 0;
  constexpr int trials = 1200;
  for (int trial = 0; trial < trials; ++trial) {
    if (accepted(fuzzer.damaged(random(1 + trial % 3)))) ++read;
  }
  EXPECT_GT(read, trials / 50);  // both happen often, or nothing is tested
  EXPECT_LT(read, trials - trials / 10);
}

/// A byte no formula has.
bool is_foreign(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (std::isalnum(byte) == 0 && std::string(" \t\n\r()+-*/^<>=,._").find(c) == std::string::npos);
}

TEST(Fuzz, RandomBytesAreRefused) {
  Fuzzer fuzzer(4);
  int foreign = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    std::string text;
    for (int i = fuzzer.below(40); i >= 0; --i) text += static_cast<char>(fuzzer.below(256));
    const bool read = accepted(text);
    if (std::none_of(text.begin(), text.end(), is_foreign)) continue;
    EXPECT_FALSE(read) << testing::PrintToString(text);
    ++foreign;
  }
  EXPECT_GT(foreign, 18000);
}

// One byte that has no meaning spoils a formula, wherever it stands.
TEST(Fuzz, AForeignByteInAFormulaIsRefused) {
  const std::string formula = "max(0,1-h)^2/2+log(1+exp(-h))";
  ASSERT_TRUE(accepted(formula));
  for (int byte = 0; byte < 256; ++byte) {
    if (!is_foreign(static_cast<char>(byte))) continue;
    for (std::size_t at = 0; at <= formula.size(); ++at) {
      std::string text = formula;
      text.insert(at, 1, static_cast<char>(byte));
      EXPECT_FALSE(accepted(text)) << testing::PrintToString(text);
    }
  }
}

// Hundreds of switches, each looked through for roots: this once took minutes.
TEST(Fuzz, DeepFormulasEnd) {
  RandomFormula random(100);
  int tried = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const std::string formula = random(5 + trial % 3);
    if (formula.size() > symbolic::max_formula_length) continue;
    (void)accepted(formula);
    ++tried;
  }
  EXPECT_GT(tried, 100);
}

// Derivatives that would explode are refused, not computed for ever.
TEST(Fuzz, LargeFormulasEnd) {
  std::string products = "1";
  for (int i = 0; i < 200; ++i) products += "*(h+" + std::to_string(i) + ")";
  std::string tower = "h";
  for (int i = 0; i < 60; ++i) tower = "sin(" + tower + ")*h";
  std::string quotients = "h";
  for (int i = 0; i < 40; ++i) quotients = "(h+1/(1+(" + quotients + ")^2))";
  for (const std::string& formula : {products, tower, quotients}) (void)accepted(formula);
  EXPECT_FALSE(accepted(products));
}

}  // namespace
}  // namespace sgdyn
