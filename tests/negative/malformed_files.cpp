// Every file under files/ is refused with one sentence, followed by the formula and a caret where a formula is at
// fault, that names the file, the line, the key and what is allowed. The file says itself what the sentence must
// contain:
//     # expect: <part of the sentence>
//     # line: <number, or none where the mistake has no line>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "support/malformed_files.hpp"
#include "support/temporary_directory.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using testing_support::malformed_files;

struct Expectation {
  std::string part;
  std::string line;  // "7" or "none"
};

Expectation expectation(const fs::path& path) {
  std::istringstream text(testing_support::read_bytes(path));
  const auto after = [&text](const std::string& label) {
    std::string line;
    std::getline(text, line);
    return line.rfind(label, 0) == 0 ? line.substr(label.size()) : std::string();
  };
  Expectation result;
  result.part = after("# expect: ");
  result.line = after("# line: ");
  return result;
}

std::optional<InputError> error_of(const fs::path& path) {
  const std::vector<std::string> tables{"dmft", "simulation", "comparison"};
  try {
    (void)read_problem_file(path, {}, tables);
  } catch (const InputError& error) {
    return error;
  }
  return std::nullopt;
}

class MalformedFile : public testing::TestWithParam<fs::path> {};

TEST_P(MalformedFile, IsRefusedWithOneSentence) {
  const Expectation expected = expectation(GetParam());
  ASSERT_FALSE(expected.part.empty()) << "the file lacks its \"# expect: \" line";
  ASSERT_FALSE(expected.line.empty()) << "the file lacks its \"# line: \" line";

  const std::optional<InputError> error = error_of(GetParam());
  ASSERT_TRUE(error.has_value()) << "accepted";
  const std::string message = error->what();
  const std::string place = GetParam().string() + (expected.line == "none" ? "" : ":" + expected.line) + ": ";
  EXPECT_EQ(message.substr(0, place.size()), place) << message;
  EXPECT_NE(message.find(expected.part), std::string::npos) << message << "\nlacks: " << expected.part;
  EXPECT_TRUE(error->placed());
  EXPECT_NE(message.find(error->key()), std::string::npos);
  EXPECT_EQ(message, place + (error->key().empty() ? "" : error->key() + ": ") + error->message());

  // One line, of a length a person reads, with a proper end; then perhaps the formula and the caret.
  const std::string sentence = message.substr(0, message.find("\n  "));
  if (sentence != message) {
    EXPECT_EQ(error->key(), "loss.formula");
    EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 2) << message;
    EXPECT_TRUE(message.ends_with("^")) << message;
    EXPECT_LT(message.size() - sentence.size(), 230U) << message;
  }
  EXPECT_TRUE(std::none_of(sentence.begin(), sentence.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }))
      << sentence;
  EXPECT_LT(sentence.size() - place.size(), 300U);
  const unsigned char last = static_cast<unsigned char>(sentence.back());
  EXPECT_TRUE(std::isalnum(last) != 0 || last == ')' || last == ']' || last == '"') << message;
}

INSTANTIATE_TEST_SUITE_P(Files, MalformedFile, testing::ValuesIn(malformed_files()), [](const auto& file) {
  std::string name = file.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(MalformedFiles, CoverEveryKindOfMistake) { EXPECT_GE(malformed_files().size(), 100U); }

}  // namespace
}  // namespace sgdyn
