// Ranges, declared parameters, spelling help, and text of doubles.
#include "sgdyn/core/parameters.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "sgdyn/core/error.hpp"

namespace sgdyn {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Range, OpenAndClosedEnds) {
  const Range half_open{.low = 0.0, .high = 1.0, .low_open = true, .high_open = false};
  EXPECT_FALSE(half_open.contains(0.0));
  EXPECT_TRUE(half_open.contains(std::numeric_limits<double>::denorm_min()));
  EXPECT_TRUE(half_open.contains(1.0));
  EXPECT_FALSE(half_open.contains(std::nextafter(1.0, 2.0)));
  EXPECT_TRUE(Range::non_negative().contains(0.0));
  EXPECT_TRUE(Range::non_negative().contains(-0.0));
  EXPECT_FALSE(Range::positive().contains(0.0));
  EXPECT_FALSE(Range::open(2.0, 3.0).contains(3.0));
  EXPECT_TRUE(Range{}.contains(-1e308));
}

TEST(Range, NothingContainsNanOrInfinity) {
  for (const Range& range : {Range{}, Range::positive(), Range::non_negative(), Range::open(-1.0, 1.0)}) {
    for (const double value : {nan, infinity, -infinity}) EXPECT_FALSE(range.contains(value));
  }
}

TEST(Range, DescribesItselfAroundTheName) {
  EXPECT_EQ((Range{.low = 0.0, .high = 1.0, .low_open = true, .high_open = false}.describe("batch")), "0 < batch <= 1");
  EXPECT_EQ(Range::non_negative().describe("ridge"), "0 <= ridge");
  EXPECT_EQ((Range{.high = 2.5}.describe("x")), "x < 2.5");
  EXPECT_EQ(Range{}.describe("overlap"), "a finite number");
}

constexpr std::array<ParameterInfo, 2> declared{{{"batch", "b, fraction", Range{0.0, 1.0, true, false}, std::nullopt},
                                                 {"margin", "kappa", Range::positive(), 1.5}}};

TEST(Complete, FillsInDefaultsAndKeepsWhatIsGiven) {
  EXPECT_EQ(complete({{"batch", 0.3}}, declared, "t", "thing"), (Parameters{{"batch", 0.3}, {"margin", 1.5}}));
  EXPECT_EQ(complete({{"batch", 1.0}, {"margin", 2.0}}, declared, "t", "thing"),
            (Parameters{{"batch", 1.0}, {"margin", 2.0}}));
}

// Runs `complete` and returns "key | message" of the refusal.
std::string refusal(const Parameters& given) {
  try {
    (void)complete(given, declared, "t", "thing");
  } catch (const InputError& error) {
    return error.key() + " | " + error.message();
  }
  return "accepted";
}

TEST(Complete, RefusesMissingUnknownAndOutOfRange) {
  EXPECT_EQ(refusal({}), "t.batch | missing; \"thing\" needs it (b, fraction), allowed is 0 < batch <= 1");
  EXPECT_EQ(refusal({{"batch", 1.2}}), "t.batch | 1.2 is out of range; allowed is 0 < batch <= 1");
  EXPECT_EQ(refusal({{"batch", nan}}), "t.batch | nan is out of range; allowed is 0 < batch <= 1");
  EXPECT_EQ(refusal({{"batch", 0.3}, {"margim", 1.0}}),
            "t.margim | does not apply to \"thing\" (did you mean \"margin\"?)");
  EXPECT_EQ(refusal({{"batch", 0.3}, {"temperature", 1.0}}), "t.temperature | does not apply to \"thing\"");
}

TEST(Nearest, FindsTheSmallestEditDistanceOrNothing) {
  const std::vector<std::string> names{"gd", "sgd", "poisson-sgd", "persistent-sgd"};
  EXPECT_EQ(nearest("sgdd", names), "sgd");
  EXPECT_EQ(nearest("persistant-sgd", names), "persistent-sgd");
  EXPECT_EQ(nearest("sgd", names), "sgd");
  EXPECT_EQ(nearest("completely-different-word", names), "");
  EXPECT_EQ(nearest("x", {}), "");
  const std::vector<std::string> keys{"name", "learning_rate", "batch", "persistence"};
  EXPECT_EQ(nearest("tau", keys), "persistence") << "a symbol of the notation";
  EXPECT_EQ(nearest("lr", keys), "learning_rate");
  EXPECT_EQ(nearest("kappa", keys), "") << "not one of these";
  EXPECT_EQ(did_you_mean("possion-sgd", names), " (did you mean \"poisson-sgd\"?)");
  EXPECT_EQ(did_you_mean("completely-different-word", names), "");
}

TEST(Shortest, IsShort) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(1.0), "1");
  EXPECT_EQ(shortest(1e-8), "1e-08");
  EXPECT_EQ(shortest(-2.5), "-2.5");
}

TEST(Shortest, ReadsBackToTheSameBits) {
  std::mt19937_64 engine(1);
  int checked = 0;
  while (checked < 100000) {
    const auto value = std::bit_cast<double>(static_cast<std::uint64_t>(engine()));
    if (!std::isfinite(value)) continue;
    const std::string text = shortest(value);
    double back = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), back);
    ASSERT_EQ(error, std::errc());
    ASSERT_EQ(end, text.data() + text.size());
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value)) << text;
    ++checked;
  }
}

}  // namespace
}  // namespace sgdyn
