// Random damage to a valid file: it is read or refused with one line, and nothing else happens.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/model/catalogue.hpp"

namespace sgdyn {
namespace {

constexpr const char* valid = R"(# a comment
[data]
model = "two-clusters"
alpha = 2.0
noise = 5e-1
fraction = 0.3
[loss]
name = 'squared-hinge'
margin = 1.0
ridge = 0.0
intercept = """none"""
[algorithm]
name = "persistent-sgd"
learning_rate = { schedule = "step", initial = 0.2, factor = 0.5, every = 100 }
batch = 0.3
persistence = 2.0
momentum = 0.5
momentum_kind = "nesterov"
steps = 300
[initial]
variance = 0.01
overlap = 0.0
[observables]
replicas = 2
times = [0, 10, 300]
response = [0, 20]
effective_temperature = true
[dmft]
samples = 16384
)";

constexpr std::array<const char*, 34> fragments{"=",
                                                "[",
                                                "]",
                                                "[[",
                                                "{",
                                                "}",
                                                ".",
                                                ",",
                                                "\"",
                                                "'",
                                                "\"\"\"",
                                                "'''",
                                                "#",
                                                "\n",
                                                "\r",
                                                "\t",
                                                "\\",
                                                "-",
                                                "1e999",
                                                "nan",
                                                "inf",
                                                "1979-05-27",
                                                "true",
                                                "0x7f",
                                                "\\u",
                                                "\xff",
                                                "\xce",
                                                "\xef",
                                                "a.b.c.d",
                                                "steps",
                                                "99999999999999999999",
                                                "[data]",
                                                "alpha = 1\n",
                                                "\x01"};

class Mutator {
 public:
  explicit Mutator(unsigned seed) : engine_(seed) {}

  std::string operator()(std::string text) {
    for (int change = below(4); change >= 0; --change) mutate(text);
    return text;
  }

 private:
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }
  std::size_t position(const std::string& text) {
    return static_cast<std::size_t>(below(static_cast<int>(text.size()) + 1));
  }

  void mutate(std::string& text) {
    const std::size_t at = position(text);
    const auto length = static_cast<std::size_t>(below(12));
    switch (below(6)) {
      case 0: text.insert(at, fragments[static_cast<std::size_t>(below(static_cast<int>(fragments.size())))]); break;
      case 1: text.erase(at, length); break;
      case 2: text.insert(at, text.substr(position(text), 10 * length)); break;
      case 3: text.resize(at); break;
      case 4:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      default: text.insert(at, std::string(30 * length, "[{.\"'a0\n"[below(8)])); break;
    }
  }

  std::mt19937 engine_;
};

TEST(Mutations, AreReadOrRefusedWithOneLine) {
  const std::vector<std::string> tables{"dmft"};
  ASSERT_NO_THROW((void)parse_problem_file(valid, "mutant.toml", {}, tables));
  Mutator mutate(2026);
  int refused = 0;
  int read = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    const std::string text = mutate(valid);
    try {
      const ProblemFile file = parse_problem_file(text, "mutant.toml", {}, tables);
      ++read;
      EXPECT_EQ(validated(file.problem()), file.problem()) << text;
    } catch (const InputError& error) {
      ++refused;
      const std::string message = error.what();
      EXPECT_EQ(message.rfind("mutant.toml", 0), 0U) << message;
      EXPECT_TRUE(std::none_of(message.begin(), message.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }))
          << message;
    }
  }
  // Both must happen often, or the mutations test nothing.
  EXPECT_GT(refused, 500);
  EXPECT_GT(read, 50);
}

TEST(Mutations, OfSettingsAreReadOrRefusedWithOneLine) {
  Mutator mutate(2027);
  for (int trial = 0; trial < 2000; ++trial) {
    const std::vector<std::string> settings{mutate("observables.times=[0, 10, 300]")};
    try {
      (void)parse_problem_file(std::string(valid).substr(0, std::string(valid).find("[dmft]")), "file.toml", settings);
    } catch (const InputError& error) {
      const std::string message = error.what();
      EXPECT_EQ(message.rfind("--set ", 0), 0U) << message;
      EXPECT_TRUE(std::none_of(message.begin(), message.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }))
          << message;
    }
  }
}

/// Deep nesting must not exhaust the stack: the TOML library recurses over dotted keys and nested values.
TEST(Mutations, DepthIsBounded) {
  std::string keys;
  std::string both;
  for (int i = 0; i < 100000; ++i) {
    keys += "a.";
    both += "[{a.b=";
  }
  for (const std::string& text :
       {keys + "b = 1", "[" + keys + "b]", "x = " + std::string(100000, '['), "x = " + both}) {
    EXPECT_THROW((void)parse_problem_file(text, "deep.toml"), InputError);
  }
}

TEST(Mutations, DepthIsNotMistakenInStringsAndComments) {
  const std::string dots(100, '.');
  const std::string brackets(100, '[');
  const std::string text = "# " + dots + brackets + "\n" + valid + "note = \"" + dots + "\\\"" + brackets + "\"\n" +
                           "other = '" + dots + brackets + "'\nlong = \"\"\"\n" + dots + brackets + "\n\"\"\"\n";
  const std::vector<std::string> tables{"dmft"};
  EXPECT_NO_THROW((void)parse_problem_file(text, "test.toml", {}, tables));
}

}  // namespace
}  // namespace sgdyn
