// Claims judged on numbers made up for the purpose: each kind holds, fails, and is left undecided.
#include "sgdyn/validation/figure/claims.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace sgdyn::figure {
namespace {

using Kind = Claim::Kind;

constexpr double many = 1000.0;  // degrees of freedom: Student's t is normal

std::vector<Measured> values(const std::vector<double>& means, double error, double degrees = many) {
  std::vector<Measured> all;
  for (const double mean : means) all.push_back({mean, error, degrees, "", {}});
  return all;
}

Evidence evidence(const std::vector<double>& means, double error, double degrees = many) {
  Evidence result;
  result.measured = values(means, error, degrees);
  for (std::size_t i = 0; i < means.size(); ++i) result.at.push_back("x" + std::to_string(i));
  return result;
}

Claim claim(Kind kind) {
  Claim result;
  result.kind = kind;
  return result;
}

Truth truth(const Claim& about, const Evidence& on) { return judge(about, on, 0.05).truth; }

TEST(Claims, Increasing) {
  EXPECT_EQ(truth(claim(Kind::increasing), evidence({1, 2, 3}, 0.1)), Truth::holds);
  EXPECT_EQ(truth(claim(Kind::increasing), evidence({1, 2, 1}, 0.1)), Truth::fails);
  EXPECT_EQ(truth(claim(Kind::increasing), evidence({1, 2, 2.1}, 0.1)), Truth::undecided);
  EXPECT_EQ(truth(claim(Kind::increasing), evidence({1, 2, 1.9}, 0.1)), Truth::undecided);
}

TEST(Claims, Decreasing) {
  EXPECT_EQ(truth(claim(Kind::decreasing), evidence({3, 2, 1}, 0.1)), Truth::holds);
  EXPECT_EQ(truth(claim(Kind::decreasing), evidence({3, 2, 3}, 0.1)), Truth::fails);
  EXPECT_EQ(truth(claim(Kind::decreasing), evidence({3, 2, 1.9}, 0.1)), Truth::undecided);
}

TEST(Claims, MaximumInside) {
  EXPECT_EQ(truth(claim(Kind::maximum_inside), evidence({1, 3, 2, 1}, 0.1)), Truth::holds);
  EXPECT_EQ(truth(claim(Kind::maximum_inside), evidence({1, 2, 3, 4}, 0.1)), Truth::fails);
  EXPECT_EQ(truth(claim(Kind::maximum_inside), evidence({4, 3, 2, 1}, 0.1)), Truth::fails);
  EXPECT_EQ(truth(claim(Kind::maximum_inside), evidence({1, 3, 2, 2.9}, 0.1)), Truth::undecided);
}

TEST(Claims, Value) {
  Claim about = claim(Kind::value);
  about.values = {1.0, 2.0};
  about.tolerance = 0.1;
  EXPECT_EQ(truth(about, evidence({1.02, 2.05}, 0.01)), Truth::holds);
  EXPECT_EQ(truth(about, evidence({1.02, 2.5}, 0.01)), Truth::fails);
  EXPECT_EQ(truth(about, evidence({1.02, 2.19}, 0.01)), Truth::undecided);
  EXPECT_EQ(truth(about, evidence({1.02, 2.05}, 0.2)), Truth::undecided);
  about.values = {0.0};
  about.absolute = 0.1;
  EXPECT_EQ(truth(about, evidence({0.01}, 0.01)), Truth::holds);
  EXPECT_EQ(truth(about, evidence({-0.3}, 0.01)), Truth::fails);
}

TEST(Claims, Equal) {
  Claim about = claim(Kind::equal);
  about.tolerance = 0.1;
  EXPECT_EQ(truth(about, evidence({1.0, 1.02, 0.99}, 0.005)), Truth::holds);
  EXPECT_EQ(truth(about, evidence({1.0, 1.3, 1.0}, 0.005)), Truth::fails);
  EXPECT_EQ(truth(about, evidence({1.0, 1.0, 1.0}, 0.1)), Truth::undecided);
}

TEST(Claims, Agrees) {
  Evidence on = evidence({1.0, 2.0}, 0.01);
  on.reference = values({1.01, 2.02}, 0.01);
  on.scale = {1.0, 2.0};
  EXPECT_EQ(truth(claim(Kind::agrees), on), Truth::holds);
  on.reference = values({1.01, 2.4}, 0.01);
  EXPECT_EQ(truth(claim(Kind::agrees), on), Truth::fails);
  on.reference = values({1.01, 2.02}, 0.2);
  EXPECT_EQ(truth(claim(Kind::agrees), on), Truth::undecided);
  // Within its bars but not surely within 1 %: bars as wide as the tolerance are enough.
  Claim strict = claim(Kind::agrees);
  strict.tolerance = 0.05;
  on.reference = values({1.02, 2.0}, 0.005);
  EXPECT_EQ(truth(strict, on), Truth::holds);
}

TEST(Claims, Approaches) {
  Evidence on = evidence({1.1, 1.3, 2.0}, 0.01);
  on.reference = values({1.0}, 0.01);
  EXPECT_EQ(truth(claim(Kind::approaches), on), Truth::holds);
  on = evidence({2.0, 1.3, 1.1}, 0.01);
  on.reference = values({1.0}, 0.01);
  EXPECT_EQ(truth(claim(Kind::approaches), on), Truth::fails);
  on = evidence({1.1, 1.3, 1.11}, 0.01);
  on.reference = values({1.0}, 0.01);
  EXPECT_EQ(truth(claim(Kind::approaches), on), Truth::undecided);
  // From the two sides of the reference.
  on = evidence({0.9, 1.0, 1.5}, 0.01);
  on.reference = values({1.0}, 0.01);
  EXPECT_EQ(truth(claim(Kind::approaches), on), Truth::holds);
}

// 1.15 and 0.9 about a reference of 1: the gaps grow by 0.05, and an error of the reference moves that by twice itself.
TEST(Claims, AReferenceBetweenThePointsCountsTwice) {
  Evidence on = evidence({0.9, 1.15}, 0.0);
  on.reference = values({1.0}, 0.009);
  EXPECT_EQ(truth(claim(Kind::approaches), on), Truth::holds);
  on.reference = values({1.0}, 0.011);
  EXPECT_EQ(truth(claim(Kind::approaches), on), Truth::undecided);
  on = evidence({1.1, 1.15}, 0.0);  // on one side it does not matter
  on.reference = values({1.0}, 0.011);
  EXPECT_EQ(truth(claim(Kind::approaches), on), Truth::holds);
}

TEST(Claims, AReferenceOfEveryPointBringsItsOwnError) {
  Evidence on = evidence({1.1, 1.2}, 0.0);
  on.reference = values({1.0, 1.0}, 0.02);
  EXPECT_EQ(truth(claim(Kind::approaches), on), Truth::holds);
  on.reference = values({1.0, 1.0}, 0.03);
  EXPECT_EQ(truth(claim(Kind::approaches), on), Truth::undecided);
}

// The same replicates move both points: their order is known better than either.
TEST(Claims, PointsFromTheSameReplicatesArePaired) {
  Evidence on = evidence({1.0, 1.1}, 0.1);
  EXPECT_EQ(truth(claim(Kind::increasing), on), Truth::undecided);
  for (Measured& one : on.measured) one.spread["the same"] = Eigen::VectorXd::Constant(100, 0.01);
  EXPECT_EQ(truth(claim(Kind::increasing), on), Truth::holds);
  on.measured[1].spread.clear();
  on.measured[1].spread["others"] = Eigen::VectorXd::Constant(100, 0.01);
  EXPECT_EQ(truth(claim(Kind::increasing), on), Truth::undecided);
}

TEST(Claims, Differs) {
  Evidence on = evidence({1.0, 2.0}, 0.01);
  on.reference = values({1.0, 2.5}, 0.01);
  EXPECT_EQ(truth(claim(Kind::differs), on), Truth::holds);
  on.reference = values({1.0, 2.0}, 0.01);
  EXPECT_EQ(truth(claim(Kind::differs), on), Truth::undecided);
  on = evidence({1.0, 2.0}, 0.0005);
  on.reference = values({1.0, 2.001}, 0.0005);
  EXPECT_EQ(truth(claim(Kind::differs), on), Truth::fails);
}

// Two replicates know their error badly: the same numbers decide nothing.
TEST(Claims, FewReplicatesDecideLess) {
  EXPECT_EQ(truth(claim(Kind::increasing), evidence({1, 1.6}, 0.1)), Truth::holds);
  EXPECT_EQ(truth(claim(Kind::increasing), evidence({1, 1.6}, 0.1, 1)), Truth::undecided);
}

TEST(Claims, WhatIsMissingLeavesThemUndecidedWithTheReason) {
  Evidence on = evidence({1, 2, 3}, 0.1);
  on.measured[1] = Measured::unavailable("not stationary");
  const Finding finding = judge(claim(Kind::increasing), on, 0.05);
  EXPECT_EQ(finding.truth, Truth::undecided);
  EXPECT_EQ(finding.numbers, "x1: not stationary");
}

TEST(Claims, ErrorsAreWrittenInUnitsOfTheLastDigit) {
  EXPECT_EQ(with_error({0.014837, 0.000118, many, "", {}}), "0.01484(12)");
  EXPECT_EQ(with_error({0.448, 0.0138, many, "", {}}), "0.448(14)");
  EXPECT_EQ(with_error({0.448, 0.0338, many, "", {}}), "0.45(3)");
  EXPECT_EQ(with_error({884.19, 13.2, many, "", {}}), "884(13)");
  EXPECT_EQ(with_error({1.0, 0.0, many, "", {}}), "1");
}

}  // namespace
}  // namespace sgdyn::figure
