// Habits of the repository that a reader relies on: its layout, small files, exact arithmetic, a library that is
// silent.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

#include "source_tree.hpp"

namespace sgdyn {
namespace {

using source_tree::all_files;
using source_tree::read;
using source_tree::root;

TEST(Repository, TopLevelHoldsWhatTheLayoutSays) {
  const std::set<std::string> folders{"lib", "theory", "validation", "bench", "tools", "tests", "cmake", ".ci"};
  const std::set<std::string> files{"CMakeLists.txt",  "CMakePresets.json", "README.md",    "LICENSE",
                                    "CONTRIBUTING.md", "CHANGELOG.md",      "CITATION.cff", ".clang-format",
                                    ".clang-tidy",     ".gitignore"};
  std::set<std::string> seen;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (source_tree::ignored(name)) continue;
    EXPECT_TRUE((entry.is_directory() ? folders : files).contains(name)) << name << " does not belong at the top level";
    seen.insert(name);
  }
  for (const std::string& name : files) EXPECT_TRUE(seen.contains(name)) << name << " is missing";
  for (const std::string& name : folders) EXPECT_TRUE(seen.contains(name)) << name << " is missing";
}

TEST(Repository, FilesStaySmall) {
  for (const std::string& file : all_files()) {
    if (!source_tree::is_cpp(file) && !source_tree::is_cmake(file) && !file.ends_with(".md")) continue;
    EXPECT_LE(source_tree::lines(read(root / file)).size(), 700U) << file << " has grown too long: split it";
  }
}

TEST(Repository, SourcesAreTextWithLfOnly) {
  for (const std::string& file : all_files()) {
    if (file.starts_with("tests/negative/") || file.ends_with(".png")) continue;  // broken on purpose; figures
    const std::string text = read(root / file);
    EXPECT_EQ(text.find('\0'), std::string::npos) << file << " is binary";
    EXPECT_EQ(text.find('\r'), std::string::npos) << file << " has carriage returns";
  }
}

// Flags that let the compiler change results: reassociation, flush to zero, no infinities.
TEST(Repository, NoFlagChangesTheArithmetic) {
  for (const std::string& file : all_files()) {
    if (!source_tree::is_cmake(file)) continue;
    for (std::string line : source_tree::lines(read(root / file))) {
      line = line.substr(0, line.find('#'));
      for (const char* flag : {"fast-math", "-Ofast", "-funsafe-math", "-fassociative-math", "-ffinite-math"}) {
        EXPECT_EQ(line.find(flag), std::string::npos) << file << ": " << line;
      }
    }
  }
}

TEST(Repository, TheLibraryNeverPrintsExitsOrAborts) {
  const std::regex pattern(
      R"(std::(cout|cerr|clog|exit|abort|quick_exit|terminate)\b|\b(printf|fprintf|puts|perror|abort|exit|_exit|assert)\s*\()");
  for (const std::string& file : source_tree::sources({"lib/", "theory/", "validation/"})) {
    for (std::string line : source_tree::lines(read(root / file))) {
      line = line.substr(0, line.find("//"));
      EXPECT_FALSE(std::regex_search(line, pattern)) << file << ": " << line;
    }
  }
}

// The words are split so that this file does not accuse itself.
TEST(Repository, NothingIsLeftForLater) {
  for (const std::string& file : all_files()) {
    if (!source_tree::is_cpp(file) && !source_tree::is_cmake(file) && !file.ends_with(".md")) continue;
    const std::string text = read(root / file);
    for (const char* word : {"TO"
                             "DO",
                             "FIX"
                             "ME",
                             "XX"
                             "X:",
                             "not imple"
                             "mented"}) {
      EXPECT_EQ(text.find(word), std::string::npos) << file << " contains " << word;
    }
  }
}

TEST(Repository, NoPathsOfSomebodysMachine) {
  for (const std::string& file : all_files()) {
    if (file.starts_with("tests/negative/")) continue;
    const std::string text = read(root / file);
    for (const char* path : {"/ho"
                             "me/",
                             "/ro"
                             "ot/",
                             "/wo"
                             "rk/",
                             "/Us"
                             "ers/"}) {
      EXPECT_EQ(text.find(path), std::string::npos) << file << " contains " << path;
    }
  }
}

TEST(Repository, HeadersGuardThemselves) {
  for (const std::string& file : all_files()) {
    if (!file.ends_with(".hpp")) continue;
    EXPECT_NE(read(root / file).find("#pragma once"), std::string::npos) << file;
  }
}

TEST(Repository, ScriptsAreExecutableStrictAndWellFormed) {
  for (const char* script : {"tools/run", "tools/test", "tools/lint", ".ci/run"}) {
    const auto path = root / script;
    ASSERT_TRUE(std::filesystem::exists(path)) << script;
    using std::filesystem::perms;
    EXPECT_NE(std::filesystem::status(path).permissions() & perms::owner_exec, perms::none) << script;
    const std::string text = read(path);
    EXPECT_TRUE(text.starts_with("#!/usr/bin/env bash\n")) << script;
    EXPECT_NE(text.find("\nset -euo pipefail\n"), std::string::npos) << script;
    EXPECT_EQ(text.find("|| true"), std::string::npos) << script << " hides a failure";
    EXPECT_EQ(std::system(("bash -n '" + path.string() + "'").c_str()), 0) << script;
  }
}

TEST(Repository, EveryPackageSaysWhyItIsNeeded) {
  int packages = 0;
  for (const std::string& line : source_tree::lines(read(root / "tools/packages"))) {
    if (line.empty() || line.starts_with("#")) continue;
    EXPECT_TRUE(std::regex_match(line, std::regex(R"((run|test) +[a-z0-9.+-]+ +\S.*)"))) << line;
    ++packages;
  }
  EXPECT_GT(packages, 10);
}

// A machine where nothing is installed and apt-get does not work: the scripts end with the list of packages and
// reasons.
TEST(Repository, MissingPackagesAreNamedWhenTheyCannotBeInstalled) {
  const auto fake = std::filesystem::path(SGDYN_BINARY_DIR) / "fake-commands";
  std::filesystem::create_directories(fake);
  const auto command = [&](const std::string& name, const std::string& body) {
    std::ofstream(fake / name) << "#!/usr/bin/env bash\n" << body << "\n";
    std::filesystem::permissions(fake / name, std::filesystem::perms::owner_all);
  };
  command("dpkg-query", "exit 1");
  command("apt-get", "exit 100");
  command("sudo", "exec \"$@\"");
  const auto output = fake / "output";
  const std::string call = "cd '" + root.string() + "' && PATH='" + fake.string() +
                           "':\"$PATH\" bash -euo pipefail -c 'source tools/setup; ensure_packages run' >'" +
                           output.string() + "' 2>&1";
  EXPECT_NE(std::system(call.c_str()), 0);
  const std::string text = read(output);
  EXPECT_NE(text.find("Please install these packages"), std::string::npos) << text;
  EXPECT_NE(text.find("libeigen3-dev"), std::string::npos) << text;
  EXPECT_EQ(text.find("libgtest-dev"), std::string::npos) << "tools/run does not need the test tools:\n" << text;
}

// One version number: CMake's. The changelog and the citation follow it.
TEST(Repository, VersionIsTheSameEverywhere) {
  const auto version = source_tree::matches(read(root / "CMakeLists.txt"), std::regex(R"(VERSION (\d+\.\d+\.\d+))"));
  ASSERT_FALSE(version.empty());
  EXPECT_NE(read(root / "CHANGELOG.md").find("## [" + version[0] + "]"), std::string::npos) << version[0];
  EXPECT_NE(read(root / "CITATION.cff").find("version: " + version[0]), std::string::npos) << version[0];
}

}  // namespace
}  // namespace sgdyn
