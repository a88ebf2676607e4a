// Equation tags: `dmft.E7` is the equation that theory/dmft/README.md marks {dmft.E7}. Every equation has a test that
// cites it, and every citation has an equation.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "source_tree.hpp"

namespace sgdyn {
namespace {

using source_tree::root;

std::set<std::string> tags_in(const std::string& text, const std::string& theory) {
  const auto found = source_tree::matches(text, std::regex("\\b" + theory + R"(\.E[0-9]+\b)"));
  return {found.begin(), found.end()};
}

// The tags a theory's README defines: those in braces.
std::set<std::string> defined(const std::string& theory) {
  const std::string readme = source_tree::read(root / "theory" / theory / "README.md");
  const auto found = source_tree::matches(readme, std::regex(R"(\{()" + theory + R"(\.E[0-9]+)\})"));
  return {found.begin(), found.end()};
}

std::set<std::string> cited(const std::vector<std::string>& folders, const std::string& theory) {
  std::set<std::string> result;
  for (const std::string& file : source_tree::sources(folders)) {
    result.merge(tags_in(source_tree::read(root / file), theory));
  }
  return result;
}

TEST(Equations, EveryTheoryWritesDownItsEquations) {
  for (const std::string& theory : source_tree::folders_in("theory")) {
    EXPECT_FALSE(defined(theory).empty()) << "theory/" << theory << "/README.md must mark its equations {" << theory
                                          << ".E1}, {" << theory << ".E2}, ...";
  }
}

TEST(Equations, EveryEquationIsCitedByATest) {
  for (const std::string& theory : source_tree::folders_in("theory")) {
    const auto tested = cited({"tests/"}, theory);
    for (const std::string& tag : defined(theory)) {
      EXPECT_TRUE(tested.contains(tag)) << "no test cites " << tag;
    }
  }
}

TEST(Equations, EveryCitationHasItsEquation) {
  for (const std::string& theory : source_tree::folders_in("theory")) {
    const auto known = defined(theory);
    for (const std::string& tag : cited({"lib/", "theory/", "validation/", "tools/", "tests/", "bench/"}, theory)) {
      EXPECT_TRUE(known.contains(tag)) << tag << " is cited but not in theory/" << theory << "/README.md";
    }
  }
}

}  // namespace
}  // namespace sgdyn
