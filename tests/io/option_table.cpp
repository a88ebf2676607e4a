// Option tables: typed reading, defaults, and refusals that name file, line and key.
#include "sgdyn/io/option_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "support/problem_text.hpp"

namespace sgdyn {
namespace {

// Keys of the method begin on line 12.
const std::string problem = std::string(testing_support::smallest_problem) + "[method]\n";

OptionTable method(const std::string& keys) {
  const std::vector<std::string> tables{"method"};
  return parse_problem_file(problem + keys, "test.toml", {}, tables).table("method");
}

std::string refusal(const std::string& keys, const std::function<void(OptionTable&)>& read) {
  OptionTable table = method(keys);
  try {
    read(table);
  } catch (const InputError& error) {
    EXPECT_TRUE(error.placed());
    return error.what();
  }
  ADD_FAILURE() << keys << " was accepted";
  return {};
}

const std::vector<std::string> colours{"red", "green"};

TEST(OptionTable, ReadsEachType) {
  OptionTable table = method("count = 3\nratio = 2\nfine = true\ncolour = \"green\"\nsizes = [1, 5]\nsize = 7\n");
  EXPECT_EQ(table.integer("count", 0, 0, 10), 3);
  EXPECT_EQ(table.number("ratio", 0.5, Range::positive()), 2.0);
  EXPECT_TRUE(table.flag("fine", false));
  EXPECT_EQ(table.word("colour", "red", colours), "green");
  EXPECT_EQ(table.integers("sizes", {}, 1, 9), (std::vector<long>{1, 5}));
  EXPECT_EQ(table.integers("size", {}, 1, 9), (std::vector<long>{7}));
  EXPECT_TRUE(table.has("count"));
  EXPECT_FALSE(table.has("counts"));
  EXPECT_NO_THROW(table.finish());
}

TEST(OptionTable, AbsentKeysTakeTheirFallback) {
  for (OptionTable table : {method(""), OptionTable("method")}) {
    EXPECT_EQ(table.integer("count", 4, 0, 10), 4);
    EXPECT_EQ(table.number("ratio", 0.5, Range::positive()), 0.5);
    EXPECT_TRUE(table.flag("fine", true));
    EXPECT_EQ(table.word("colour", "red", colours), "red");
    EXPECT_EQ(table.integers("sizes", {2, 3}, 1, 9), (std::vector<long>{2, 3}));
    EXPECT_FALSE(table.has("count"));
    EXPECT_NO_THROW(table.finish());
  }
}

TEST(OptionTable, AbsentTablesAreEmpty) {
  OptionTable table =
      parse_problem_file(std::string(problem).substr(0, std::string(problem).find("[method]")), "test.toml")
          .table("method");
  EXPECT_EQ(table.integer("count", 4, 0, 10), 4);
  EXPECT_EQ(table.place("count"), "test.toml");
}

TEST(OptionTable, AProblemFileThatWasNeverReadHasEmptyTables) {
  EXPECT_EQ(ProblemFile().table("method").integer("count", 4, 0, 10), 4);
}

TEST(OptionTable, KnowsThePlaceOfItsKeys) {
  const OptionTable table = method("count = 3\nratio = 2\n");
  EXPECT_EQ(table.place("ratio"), "test.toml:13");
  EXPECT_EQ(table.place("absent"), "test.toml:11");
  EXPECT_EQ(OptionTable("method").place("count"), "[method]");
}

TEST(OptionTable, RefusesValuesOutOfRange) {
  EXPECT_EQ(refusal("count = 11", [](OptionTable& t) { (void)t.integer("count", 0, 0, 10); }),
            "test.toml:12: method.count: 11 is out of range; allowed is 0 <= count <= 10");
  EXPECT_EQ(refusal("ratio = 0", [](OptionTable& t) { (void)t.number("ratio", 1, Range::positive()); }),
            "test.toml:12: method.ratio: 0 is out of range; allowed is 0 < ratio");
  EXPECT_EQ(refusal("ratio = nan", [](OptionTable& t) { (void)t.number("ratio", 1, Range{}); }),
            "test.toml:12: method.ratio: nan is not finite; allowed is a finite number");
  EXPECT_EQ(refusal("colour = \"rad\"", [](OptionTable& t) { (void)t.word("colour", "red", colours); }),
            "test.toml:12: method.colour: \"rad\" is not known (did you mean \"red\"?); allowed is one of red, green");
  EXPECT_EQ(refusal("sizes = [1, 10]", [](OptionTable& t) { (void)t.integers("sizes", {}, 1, 9); }),
            "test.toml:12: method.sizes: 10 is out of range; allowed is 1 <= sizes <= 9");
  EXPECT_EQ(refusal("sizes = []", [](OptionTable& t) { (void)t.integers("sizes", {}, 1, 9); }),
            "test.toml:12: method.sizes: the list is empty; allowed is an integer or a list of integers");
}

TEST(OptionTable, RefusesWrongTypes) {
  EXPECT_EQ(refusal("count = 1e4", [](OptionTable& t) { (void)t.integer("count", 0, 0, 100000); }),
            "test.toml:12: method.count: 10000.0 is a floating-point number; allowed is an integer (write 10000)");
  EXPECT_EQ(refusal("count = 1.5", [](OptionTable& t) { (void)t.integer("count", 0, 0, 10); }),
            "test.toml:12: method.count: 1.5 is a floating-point number; allowed is an integer");
  EXPECT_EQ(refusal("ratio = \"1\"", [](OptionTable& t) { (void)t.number("ratio", 1, Range{}); }),
            "test.toml:12: method.ratio: \"1\" is a string; allowed is a number");
  EXPECT_EQ(refusal("fine = 1", [](OptionTable& t) { (void)t.flag("fine", false); }),
            "test.toml:12: method.fine: 1 is an integer; allowed is true or false");
  EXPECT_EQ(refusal("colour = true", [](OptionTable& t) { (void)t.word("colour", "red", colours); }),
            "test.toml:12: method.colour: true is a boolean; allowed is one of red, green");
  EXPECT_EQ(refusal("sizes = 2.0", [](OptionTable& t) { (void)t.integers("sizes", {}, 1, 9); }),
            "test.toml:12: method.sizes: 2.0 is a floating-point number; allowed is an integer or a list of integers");
  EXPECT_EQ(refusal("sizes = [1, \"2\"]", [](OptionTable& t) { (void)t.integers("sizes", {}, 1, 9); }),
            "test.toml:12: method.sizes: \"2\" is a string; allowed is an integer");
  EXPECT_EQ(refusal("count = { a = 1 }", [](OptionTable& t) { (void)t.integer("count", 0, 0, 10); }),
            "test.toml:12: method.count: {...} is a table; allowed is an integer");
  EXPECT_EQ(refusal("count = 1979-05-27", [](OptionTable& t) { (void)t.integer("count", 0, 0, 10); }),
            "test.toml:12: method.count: the value is a date; allowed is an integer");
}

TEST(OptionTable, FinishRefusesKeysNobodyRead) {
  EXPECT_EQ(refusal("\nsampels = 3",
                    [](OptionTable& t) {
                      (void)t.integer("samples", 0, 0, 10);
                      (void)t.integer("seed", 0, 0, 10);
                      t.finish();
                    }),
            "test.toml:13: method.sampels: unknown key (did you mean \"samples\"?); allowed is samples, seed");
}

}  // namespace
}  // namespace sgdyn
