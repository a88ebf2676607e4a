// What is no readable text file at all: the file system, and bytes that are not text.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "support/problem_text.hpp"
#include "support/temporary_directory.hpp"
#include "support/unprivileged.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using testing_support::TemporaryDirectory;
using testing_support::write_bytes;

constexpr const char* valid = testing_support::smallest_problem;

std::string refusal(const fs::path& path) {
  try {
    (void)read_problem_file(path);
  } catch (const InputError& error) {
    EXPECT_TRUE(error.placed());
    return error.what();
  }
  ADD_FAILURE() << path << " was accepted";
  return {};
}

/// The sentence about a file of these bytes, without the directory.
std::string refusal_of_bytes(const std::string& bytes) {
  const TemporaryDirectory folder;
  write_bytes(folder / "problem.toml", bytes);
  const std::string message = refusal(folder / "problem.toml");
  const std::string prefix = folder.path().string() + "/";
  EXPECT_EQ(message.substr(0, prefix.size()), prefix);
  return message.substr(std::min(prefix.size(), message.size()));
}

TEST(UnreadableFile, Missing) {
  const TemporaryDirectory folder;
  EXPECT_EQ(refusal(folder / "problem.toml"), (folder / "problem.toml").string() + ": no such file");
  write_bytes(folder / "problem.toml", valid);
  write_bytes(folder / "problem.txt", valid);
  EXPECT_EQ(refusal(folder / "problm.toml"),
            (folder / "problm.toml").string() + ": no such file (did you mean \"problem.toml\"?)");
  EXPECT_EQ(refusal(folder / "absent/problem.toml"), (folder / "absent/problem.toml").string() + ": no such file");
  EXPECT_EQ(refusal(folder / "problem.toml/inside.toml"),
            (folder / "problem.toml/inside.toml").string() + ": no such file");
}

TEST(UnreadableFile, EmptyName) { EXPECT_NE(refusal("").find("the name of the file is empty"), std::string::npos); }

TEST(UnreadableFile, NameTooLongForTheFileSystem) {
  const std::string message = refusal(std::string(5000, 'x') + ".toml");
  EXPECT_NE(message.find("cannot be read"), std::string::npos) << message;
}

TEST(UnreadableFile, NameThatIsNotText) {
  const TemporaryDirectory folder;
  const std::string message = refusal(folder / "a\nb\xff.toml");
  EXPECT_EQ(message, folder.path().string() + "/a\\x0ab\\xff.toml: no such file");
}

TEST(UnreadableFile, Directory) {
  const TemporaryDirectory folder;
  EXPECT_EQ(refusal(folder.path()), folder.path().string() + ": is a directory; allowed is a TOML file");
}

TEST(UnreadableFile, DanglingLink) {
  const TemporaryDirectory folder;
  fs::create_symlink(folder / "nowhere", folder / "link.toml");
  EXPECT_NE(refusal(folder / "link.toml").find("no such file"), std::string::npos);
}

TEST(UnreadableFile, WithoutPermission) {
  const TemporaryDirectory folder;
  write_bytes(folder / "problem.toml", valid);
  fs::permissions(folder / "problem.toml", fs::perms::none);
  const testing_support::Unprivileged nobody(folder.path());
  EXPECT_EQ(refusal(folder / "problem.toml"),
            (folder / "problem.toml").string() + ": cannot be read: Permission denied");
}

TEST(UnreadableFile, LargerThanAMebibyte) {
  const std::string comment(1U << 20U, '#');
  EXPECT_EQ(refusal_of_bytes(comment + "\n" + valid),
            "problem.toml: is larger than 1 MiB, so it is no problem file; allowed is a TOML file");
}

TEST(UnreadableFile, ExactlyAMebibyteIsFine) {
  const TemporaryDirectory folder;
  std::string text = valid;
  text += "#" + std::string((1U << 20U) - text.size() - 1, 'x');
  write_bytes(folder / "problem.toml", text);
  EXPECT_NO_THROW((void)read_problem_file(folder / "problem.toml"));
}

TEST(UnreadableFile, ADeviceWithoutEnd) {
  const std::string message = refusal("/dev/zero");
  EXPECT_NE(message.find("larger than 1 MiB"), std::string::npos) << message;
}

TEST(UnreadableFile, OfNoBytes) {
  EXPECT_EQ(refusal_of_bytes(""),
            "problem.toml: data: the table [data] is missing; a problem needs [data], [loss], [algorithm]");
}

TEST(UnreadableFile, NulBytes) {
  EXPECT_EQ(refusal_of_bytes(std::string("[data]\nmodel = \"two\0clusters\"\n", 29)),
            "problem.toml:2: a NUL byte is not text; allowed is TOML in UTF-8");
  EXPECT_EQ(refusal_of_bytes(std::string(4096, '\0')),
            "problem.toml:1: a NUL byte is not text; allowed is TOML in UTF-8");
}

TEST(UnreadableFile, NotUtf8) {
  EXPECT_EQ(refusal_of_bytes("# caf\xe9\n" + std::string(valid)),
            "problem.toml:1: the byte \\xe9 is not text; allowed is TOML in UTF-8");
  EXPECT_EQ(refusal_of_bytes("\n\nx = \"\xed\xa0\x80\"\n"),
            "problem.toml:3: the byte \\xed is not text; allowed is TOML in UTF-8");
  EXPECT_EQ(refusal_of_bytes("x = \"\xc0\xaf\"\n"),
            "problem.toml:1: the byte \\xc0 is not text; allowed is TOML in UTF-8");
  EXPECT_EQ(refusal_of_bytes(std::string("\xff\xfe[\0d\0", 6)),
            "problem.toml:1: the byte \\xff is not text; allowed is TOML in UTF-8");
  EXPECT_EQ(refusal_of_bytes("x = \"\xf0\x9f"), "problem.toml:1: the byte \\xf0 is not text; allowed is TOML in UTF-8");
}

TEST(UnreadableFile, Utf8InCommentsIsFine) {
  EXPECT_NO_THROW((void)parse_problem_file(std::string("# \xce\x94 = 0.5, \xf0\x9f\x8e\x89\n") + valid, "test.toml"));
}

TEST(UnreadableFile, BinaryWithMagicNumbers) {
  EXPECT_EQ(refusal_of_bytes("\x7f"
                             "ELF\x02\x01\x01"),
            "problem.toml:1: \"\\x7fELF\\x02\\x01\\x01\" cannot be read: a line must start with a key, a [table] or a "
            "comment; allowed is key = value, [table] or # comment");
}

/// Cut anywhere, the file must be refused or (cut behind the last required key) read; never anything else.
TEST(UnreadableFile, TruncatedAnywhere) {
  const std::string text = valid;
  int refused = 0;
  for (std::size_t length = 0; length < text.size(); ++length) {
    try {
      (void)parse_problem_file(text.substr(0, length), "cut.toml");
    } catch (const InputError& error) {
      ++refused;
      EXPECT_EQ(std::string(error.what()).rfind("cut.toml", 0), 0U) << error.what();
    }
  }
  // "steps = 3", "steps = 30", "steps = 300" and the last line feed are whole files.
  EXPECT_EQ(refused, static_cast<int>(text.size()) - 3);
}

}  // namespace
}  // namespace sgdyn
