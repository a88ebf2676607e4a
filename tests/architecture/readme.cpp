// The README is run. Fenced blocks marked `sh` are executed in order, in one shell, in a scratch copy of the sources,
// with the built `sgdyn` first on PATH. Commands that would fetch, configure or build again (git clone, cd into the
// clone, cmake, ctest, tools/...) are checked instead: the script exists and parses, the preset exists. Blocks marked
// otherwise
// (`text`, `console`, `toml`) are output or data and not run; a `cpp` block is the program tests/consumer builds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "source_tree.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using source_tree::read;
using source_tree::root;

struct Block {
  std::string language;
  std::vector<std::string> lines;
};

std::vector<Block> fenced_blocks(const std::string& markdown) {
  std::vector<Block> blocks;
  bool inside = false;
  for (const std::string& line : source_tree::lines(markdown)) {
    if (line.starts_with("```")) {
      if (!inside) blocks.push_back({line.substr(3), {}});
      inside = !inside;
    } else if (inside) {
      blocks.back().lines.push_back(line);
    }
  }
  return blocks;
}

bool begins_with(const std::string& line, const std::string& word) {
  return line == word || line.starts_with(word + " ");
}

// Lines joined where they end in a backslash, without comments and empty lines.
std::vector<std::string> commands_of(const Block& block) {
  std::vector<std::string> commands;
  bool continued = false;
  for (const std::string& line : block.lines) {
    const std::size_t start = line.find_first_not_of(' ');
    if (start == std::string::npos || line[start] == '#') continue;
    if (continued) {
      commands.back() += "\n" + line;
    } else {
      commands.push_back(line.substr(start));
    }
    continued = line.ends_with('\\');
  }
  return commands;
}

// True for commands that are looked at rather than run; what is wrong with them is an ADD_FAILURE.
bool checked_instead(const std::string& command) {
  if (begins_with(command, "git") || begins_with(command, "cd") || begins_with(command, "ctest")) return true;
  if (begins_with(command, "cmake")) {
    const auto presets = source_tree::matches(command, std::regex(R"(--preset[= ](\S+))"));
    for (const std::string& preset : presets) {
      EXPECT_NE(read(root / "CMakePresets.json").find("\"name\": \"" + preset + "\""), std::string::npos) << command;
    }
    return true;
  }
  if (command.starts_with("tools/") || command.starts_with("./tools/") || command.starts_with(".ci/")) {
    const fs::path script = root / command.substr(0, command.find(' '));
    EXPECT_TRUE(fs::exists(script)) << command;
    EXPECT_EQ(std::system(("bash -n '" + script.string() + "'").c_str()), 0) << command;
    return true;
  }
  return false;
}

fs::path scratch_copy() {
  fs::path scratch = fs::path(SGDYN_BINARY_DIR) / "readme-scratch";
  fs::remove_all(scratch);
  for (const std::string& file : source_tree::all_files()) {
    fs::create_directories((scratch / file).parent_path());
    fs::copy_file(root / file, scratch / file);
  }
  return scratch;
}

TEST(Readme, IsThereAndMarksItsBlocks) {
  const std::string readme = read(root / "README.md");
  ASSERT_FALSE(readme.empty());
  for (const Block& block : fenced_blocks(readme)) {
    EXPECT_FALSE(block.language.empty()) << "mark the block (sh, text, toml, cpp): " << block.lines.front();
  }
}

// The text between the fenced blocks.
std::string prose(const std::string& markdown) {
  std::string text;
  bool inside = false;
  for (const std::string& line : source_tree::lines(markdown)) {
    if (line.starts_with("```")) inside = !inside;
    if (!inside) text += line + "\n";
  }
  return text;
}

TEST(Readme, LinksToFilesThatExist) {
  for (const char* file : {"README.md", "CONTRIBUTING.md"}) {
    const std::string text = prose(read(root / file));
    for (const std::string& target : source_tree::matches(text, std::regex(R"(\]\(([^)#]+)\))"))) {
      if (target.starts_with("http")) continue;
      EXPECT_TRUE(fs::exists(root / target)) << file << " links to " << target;
    }
  }
}

TEST(Readme, CppProgramIsTheOneTheConsumerTestBuilds) {
  const auto consumer = source_tree::lines(read(root / "tests/consumer/main.cpp"));
  for (const Block& block : fenced_blocks(read(root / "README.md"))) {
    if (block.language != "cpp") continue;
    for (const std::string& line : block.lines) {
      EXPECT_NE(std::find(consumer.begin(), consumer.end(), line), consumer.end())
          << "README line not in tests/consumer/main.cpp: " << line;
    }
  }
}

TEST(ReadmeSlow, EveryCommandRuns) {
  std::string script =
      "set -euo pipefail\nexport PATH='" + fs::path(SGDYN_COMMAND).parent_path().string() + "':\"$PATH\"\n";
  int run = 0;
  for (const Block& block : fenced_blocks(read(root / "README.md"))) {
    if (block.language != "sh") continue;
    for (const std::string& command : commands_of(block)) {
      if (checked_instead(command)) continue;
      script += "printf '%s\\n' '--- command " + std::to_string(++run) + "'\n" + command + "\n";
    }
  }
  EXPECT_GT(run, 0) << "the README shows no command of sgdyn";
  const fs::path scratch = scratch_copy();
  const fs::path file = scratch / "readme-commands";
  std::ofstream(file) << script;
  EXPECT_EQ(std::system(("cd '" + scratch.string() + "' && bash readme-commands").c_str()), 0) << script;
}

}  // namespace
}  // namespace sgdyn
