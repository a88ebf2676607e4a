// Random text and damaged formulas: read or refused, and nothing else happens.
#include <gtest/gtest.h>

#include <array>
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

  std::string soup() {
    std::string text;
    for (int i = below(30); i >= 0; --i) text += fragments[static_cast<std::size_t>(below(40))];
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
  for (int trial = 0; trial < 20000; ++trial) (void)accepted(fuzzer.soup());
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

TEST(Fuzz, RandomBytesAreRefused) {
  Fuzzer fuzzer(4);
  for (int trial = 0; trial < 20000; ++trial) {
    std::string text;
    for (int i = fuzzer.below(40); i >= 0; --i) text += static_cast<char>(fuzzer.below(256));
    (void)accepted(text);
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
