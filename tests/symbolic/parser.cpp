// What a formula may be, what it means, and how everything else is refused.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "sgdyn/core/error.hpp"
#include "symbolic/formulas.hpp"

namespace sgdyn {
namespace {

using testing_support::Compiled;
using testing_support::parsed;

struct Meaning {
  const char* formula;
  double at;
  double value;
};

void PrintTo(const Meaning& tested, std::ostream* out) { testing_support::print_name(tested.formula, out); }

class Accepted : public testing::TestWithParam<Meaning> {};

TEST_P(Accepted, HasTheMeaningItHasOnPaper) {
  const auto& [formula, at, value] = GetParam();
  const Compiled compiled(formula);
  EXPECT_NEAR(compiled(at)[0], value, 4e-16 * std::fabs(value)) << formula;
  EXPECT_NEAR(static_cast<double>(compiled.exact(at)), value, 4e-16 * std::fabs(value)) << formula;
}

INSTANTIATE_TEST_SUITE_P(
    Formulas, Accepted,
    testing::Values(Meaning{"h", 3, 3}, Meaning{" 1 +\th\n", 2, 3}, Meaning{".5*h", 4, 2}, Meaning{"1e-3*h", 2, 2e-3},
                    Meaning{"1.E2+h", 1, 101}, Meaning{"2-h-1", 5, -4}, Meaning{"8/h/2", 2, 2}, Meaning{"-h^2", 3, -9},
                    Meaning{"(-h)^2", 3, 9}, Meaning{"2^3^2+0*h", 1, 512}, Meaning{"2**h", 3, 8},
                    Meaning{"2^-h", 1, 0.5}, Meaning{"--h", 2, 2}, Meaning{"+h", 2, 2}, Meaning{"h*-2", 3, -6},
                    Meaning{"pi*h", 1, std::numbers::pi}, Meaning{"e^h", 1, std::numbers::e},
                    Meaning{"ln(h)", 2, std::numbers::ln2}, Meaning{"log(h)", 2, std::numbers::ln2},
                    Meaning{"sqrt(h)", 9, 3}, Meaning{"abs(-h)", 2, 2}, Meaning{"max(1,h,2)", 5, 5},
                    Meaning{"max(1,h,2)", 0, 2}, Meaning{"min(h,4)", 5, 4}, Meaning{"step(h)", 2, 1},
                    Meaning{"step(h)", -2, 0}, Meaning{"sign(h)", -2, -1}, Meaning{"piecewise(h<1,5,h<2,6,7)", 0, 5},
                    Meaning{"piecewise(h<1,5,h<2,6,7)", 1, 6}, Meaning{"piecewise(h<1,5,h<2,6,7)", 2, 7},
                    Meaning{"piecewise(h<=1,5,7)", 1, 5}, Meaning{"piecewise(h>1,5,7)", 1, 7},
                    Meaning{"piecewise(h>=1,5,7)", 1, 5}, Meaning{"sigmoid(h)", 0, 0.5}, Meaning{"logistic(h)", 0, 0.5},
                    Meaning{"softplus(h)", 0, std::numbers::ln2}, Meaning{"h^0.5", 4, 2}, Meaning{"h^-2", 2, 0.25},
                    Meaning{"h^-0.5", 4, 0.5}, Meaning{"h^100", 1, 1}, Meaning{"(-2)^3*h", 1, -8},
                    Meaning{"(-2)^(3+h-h)*h", 1, -8}, Meaning{"0.5^h", 2, 0.25}, Meaning{"step(1-h)/h", 2, 0},
                    Meaning{"erf(h)", 0, 0}, Meaning{"cos(h)+sin(h)", 0, 1},
                    Meaning{"(exp(h)-1)*expm1(h)", std::numbers::ln2, 1}, Meaning{"log1p(h-1)", 1, 0}));

struct Mistake {
  const char* formula;
  const char* part;  // of the sentence
  int caret;         // column, -1 where there is none
};

void PrintTo(const Mistake& tested, std::ostream* out) { testing_support::print_name(tested.formula, out); }

class Refused : public testing::TestWithParam<Mistake> {};

TEST_P(Refused, WithASentenceAndACaret) {
  const auto& [formula, part, caret] = GetParam();
  try {
    const Compiled compiled(formula);
    FAIL() << formula << " was accepted";
  } catch (const InputError& error) {
    const std::string& message = error.message();
    EXPECT_EQ(error.key(), "loss.formula");
    EXPECT_NE(message.find(part), std::string::npos) << message;
    const std::size_t shown = message.find("\n  ");
    if (caret < 0) {
      EXPECT_EQ(shown, std::string::npos) << message;
      return;
    }
    ASSERT_NE(shown, std::string::npos) << message;
    EXPECT_EQ(message.substr(message.rfind('\n')), "\n  " + std::string(static_cast<std::size_t>(caret), ' ') + "^")
        << message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formulas, Refused,
    testing::Values(
        Mistake{"", "is empty", -1}, Mistake{" \t", "is empty", -1},
        Mistake{"lgo(1+exp(-h))", "did you mean \"log\"", 0},
        Mistake{"1-x", "unknown name \"x\" (did you mean \"h\"", 2},
        Mistake{"1+margin*h", "unknown name \"margin\"", 2},
        Mistake{"h(1)", "\"h\" is a number, not a function; write h*(...)", 0},
        Mistake{"log", "needs its arguments", 0}, Mistake{"1+log*h", "needs its arguments", 2},
        Mistake{"log()", "takes 1 argument, not 0", 0}, Mistake{"1+exp(h,2)", "takes 1 argument, not 2", 2},
        Mistake{"max(h)", "at least 2 arguments, not 1", 0}, Mistake{"max()", "at least 2 arguments, not 0", 0},
        Mistake{"piecewise(h<1,2)", "conditions, each", 0}, Mistake{"piecewise(h,1,2)", "is a condition", 10},
        Mistake{"piecewise(h<1,2,h>2,3)", "conditions, each", 0}, Mistake{"h<1", "only as a condition", 1},
        Mistake{"(h<1)", "only as a condition", 2}, Mistake{"max(h<1,2)", "only as a condition", 5},
        Mistake{"piecewise(h<1<2,1,2)", "only as a condition", 13}, Mistake{"1+", "formula ends where", 2},
        Mistake{"h*", "formula ends where", 2}, Mistake{"-", "formula ends where", 1},
        Mistake{"2^", "formula ends where", 2}, Mistake{"(", "formula ends where", 1},
        Mistake{"*h", "\"*\" stands where", 0}, Mistake{"1+*h", "\"*\" stands where", 2},
        Mistake{"()", "\")\" stands where", 1}, Mistake{"max(1,)", "\")\" stands where", 6},
        Mistake{"max(,1)", "\",\" stands where", 4}, Mistake{"(1-h", "not closed", 0},
        Mistake{"exp((h)", "not closed", 3}, Mistake{"1-h)", "closes none", 3}, Mistake{"h,1", "operator such as", 1},
        Mistake{"2 h", "operator such as", 2}, Mistake{"(h)(h)", "operator such as", 3},
        Mistake{"(h h)", "operator or \")\"", 3}, Mistake{"2h", "malformed number", 0},
        Mistake{"1.2.3", "malformed number", 0}, Mistake{"1e", "malformed number", 0},
        Mistake{"0x1", "malformed number", 0}, Mistake{"h+1e999", "too large", 2}, Mistake{"1e-999*h", "too small", 0},
        Mistake{"h=1", "no '='", 1}, Mistake{"h==1", "no '='", 1}, Mistake{"h!", "'!' has no meaning", 1},
        Mistake{"h%2", "'%' has no meaning", 1}, Mistake{"\"h\"", "'\"' has no", 0}, Mistake{"\xce\xb1*h", "ASCII", 0},
        Mistake{"h*\xce\xb1", "ASCII", 2}, Mistake{"h\x01", "control", 1}, Mistake{"h/0", "division by zero", 1},
        Mistake{"h+1/(2-2)", "division by zero", 3}, Mistake{"h+0^-1", "no finite value", 3},
        Mistake{"h*log(0)", "no finite value", 2}, Mistake{"h+log(-1)", "no finite value", 2},
        Mistake{"h+sqrt(-2)", "no finite value", 2}, Mistake{"h+10^999", "no finite value", 4},
        Mistake{"h+2^100000000", "exponent 1e+08", 4}, Mistake{"h^1001", "exponent 1001", 2},
        Mistake{"h^-99999", "exponent -99999", 2}, Mistake{"1e300*h*1e300", "no finite value", 7},
        Mistake{"h+exp(1000)", "no finite value", 2}, Mistake{"(-2)^h", "the base -2 has no power", 4},
        Mistake{"0^h", "the base 0 has no power", 1}, Mistake{"h+(1-3)**(2*h)", "the base -2 has no power", 7}));

TEST(Parser, DepthAndLengthAreBounded) {
  const auto repeated = [](const std::string& text, int count) {
    std::string result;
    for (int i = 0; i < count; ++i) result += text;
    return result;
  };
  const auto refused = [](const std::string& formula, const std::string& part) {
    try {
      (void)parsed(formula);
      ADD_FAILURE() << "accepted: " << formula.substr(0, 40);
    } catch (const InputError& error) {
      EXPECT_NE(error.message().find(part), std::string::npos) << error.message();
      EXPECT_LT(error.message().size(), 600U);
    }
  };
  refused(repeated("(", 1900) + "h", "nested too deeply");
  refused(repeated("-", 1900) + "h", "nested too deeply");
  refused(repeated("+", 1900) + "h", "nested too deeply");
  refused(repeated("h^", 900) + "h", "nested too deeply");
  refused(repeated("exp(", 390) + "h" + repeated(")", 390), "nested too deeply");
  refused(repeated("(", 2000000), "2000000 characters; allowed are at most 2000");
  refused(std::string(1000000, 'x'), "characters; allowed");
  EXPECT_NO_THROW((void)parsed(repeated("(", 90) + "h" + repeated(")", 90)));
  EXPECT_NO_THROW(Compiled(repeated("h+", 900) + "h"));
}

TEST(Parser, ALongFormulaIsShownAroundTheMistake) {
  const std::string blank(300, ' ');
  try {
    (void)parsed("h+" + blank + "oops" + blank + "+h");
    FAIL();
  } catch (const InputError& error) {
    const std::string& message = error.message();
    EXPECT_LT(message.size(), 500U);
    const std::string line = message.substr(message.find("\n  ") + 3);
    EXPECT_EQ(line.find("oops"), line.find('^') - line.find('\n') - 3);
  }
}

TEST(Parser, CanonicalTextIsBlindToSpellingOnly) {
  const auto canonical = [](const std::string& formula) { return symbolic::canonical_text(parsed(formula)); };
  const std::string expected = "log(+(1,exp(-(h))))";
  for (const char* same : {"log(1+exp(-h))", " ln ( 1.0 + exp( -h ) )", "log((1+(exp(-(h)))))", "log(1e0+exp(-h))"}) {
    EXPECT_EQ(canonical(same), expected) << same;
  }
  EXPECT_EQ(canonical("h**2"), canonical("h^2"));
  EXPECT_EQ(canonical("logistic(h)"), canonical("sigmoid(h)"));
  for (const char* other : {"log(exp(-h)+1)", "log(1+exp(h))", "softplus(-h)"}) EXPECT_NE(canonical(other), expected);
  EXPECT_NE(canonical("1-(2-h)"), canonical("1-2-h"));
  EXPECT_NE(canonical("-h^2"), canonical("(-h)^2"));
}

TEST(Parser, VariablesAreThoseItIsGiven) {
  const std::vector<std::string> two{"x", "e"};
  const symbolic::SyntaxTree tree = symbolic::parse("x-2*e", two, "potential");
  symbolic::Graph graph;
  const symbolic::NodeId value = symbolic::lower(tree, graph, "potential");
  const std::array<symbolic::NodeId, 3> outputs{value, symbolic::derivative(graph, value, 0),
                                                symbolic::derivative(graph, value, 1)};
  const symbolic::Program program(graph, outputs, 2);
  const double x = 5.0;
  const double e = 1.5;  // the variable, not Euler's number
  const std::array<const double*, 2> inputs{&x, &e};
  std::array<double, 3> results{};
  const std::array<double*, 3> out{&results[0], &results[1], &results[2]};
  program.evaluate(inputs, out, 1);
  EXPECT_EQ(results, (std::array<double, 3>{2.0, 1.0, -2.0}));
  EXPECT_THROW((void)symbolic::parse("h", two, "potential"), InputError);
}

}  // namespace
}  // namespace sgdyn
