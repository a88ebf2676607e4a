// Who may include whom: theory and simulation share no code that computes the prediction, so that their agreement is
// evidence; and the arrows between folders all point one way.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "source_tree.hpp"

namespace sgdyn {
namespace {

using source_tree::root;

struct Layer {
  std::string files;                 // path prefix; the longest that fits counts
  std::vector<std::string> allowed;  // prefixes of what its files may include
};

const std::vector<std::string> shared{"sgdyn/core/",   "sgdyn/observable/", "sgdyn/model/",   "sgdyn/numerics/",
                                      "sgdyn/random/", "sgdyn/io/",         "sgdyn/symbolic/"};

std::vector<std::string> with(std::vector<std::string> base, const std::vector<std::string>& more) {
  base.insert(base.end(), more.begin(), more.end());
  return base;
}

std::vector<Layer> layers() {
  std::vector<Layer> table{
      {"lib/core/", {"sgdyn/core/"}},
      {"lib/observable/", {"sgdyn/observable/", "sgdyn/core/"}},
      {"lib/symbolic/", {"sgdyn/symbolic/", "sgdyn/core/", "sgdyn/numerics/"}},
      {"lib/numerics/", {"sgdyn/numerics/", "sgdyn/core/"}},
      // Box-Muller needs the vectorised functions of numerics, which itself knows nothing of random numbers.
      {"lib/random/", {"sgdyn/random/", "sgdyn/numerics/", "sgdyn/core/"}},
      {"lib/model/", {"sgdyn/model/", "sgdyn/core/", "sgdyn/numerics/", "sgdyn/random/", "sgdyn/symbolic/"}},
      {"lib/model/registry.cpp",
       {"sgdyn/model/", "sgdyn/core/", "sgdyn/numerics/", "sgdyn/random/", "sgdyn/generated/components.hpp"}},
      {"lib/io/", {"sgdyn/io/", "sgdyn/core/", "sgdyn/model/", "sgdyn/observable/", "sgdyn/symbolic/"}},
      {"lib/noise/", {"sgdyn/noise/", "sgdyn/core/", "sgdyn/numerics/", "sgdyn/random/"}},
      {"lib/sde/", {"sgdyn/sde/", "sgdyn/core/", "sgdyn/numerics/", "sgdyn/random/", "sgdyn/noise/"}},
      {"lib/sim/", with(shared, {"sgdyn/sim/"})},
      {"theory/", with(shared, {"sgdyn/theory/theory.hpp", "sgdyn/sde/"})},
      {"theory/theories.cpp", {"sgdyn/theory/theory.hpp", "sgdyn/generated/theories.hpp", "sgdyn/core/"}},
      {"validation/", {"sgdyn/"}},
      {"bench/", {"sgdyn/", "bench/"}},
      {"tools/", {"sgdyn/", "tools/"}},
      {"tests/", {"sgdyn/", "tests/", "tools/", "bench/"}},
  };
  for (const char* kind : {"loss", "data", "update"}) {  // one file a component
    const std::string own = std::string(kind) + "/";
    table.push_back(
        {"lib/" + own, {"sgdyn/model/", "sgdyn/core/", "sgdyn/numerics/", "sgdyn/random/", "sgdyn/symbolic/"}});
  }
  table.push_back(
      {"lib/sampling/", {"sgdyn/model/", "sgdyn/core/", "sgdyn/numerics/", "sgdyn/random/", "sgdyn/noise/"}});
  for (const std::string& name : source_tree::folders_in("theory")) {
    table.push_back({"theory/" + name + "/",
                     with(shared, {"sgdyn/theory/theory.hpp", "sgdyn/theory/" + name + "/", "sgdyn/sde/"})});
  }
  return table;
}

const Layer* layer_of(const std::vector<Layer>& table, const std::string& file) {
  const Layer* best = nullptr;
  for (const Layer& layer : table) {
    if (file.starts_with(layer.files) && (best == nullptr || layer.files.size() > best->files.size())) best = &layer;
  }
  return best;
}

// "sgdyn/..." as it stands; anything else is looked for beside the file, below its area and below the root, and
// returned relative to the root.
std::string resolve(const std::string& file, const std::string& included) {
  if (included.starts_with("sgdyn/")) return included;
  const std::string area = file.substr(0, file.find('/'));
  for (const auto& base :
       {std::filesystem::path(file).parent_path().generic_string(), area, std::string("."), std::string("bench")}) {
    const auto candidate = (std::filesystem::path(base) / included).lexically_normal();
    if (std::filesystem::exists(root / candidate)) return candidate.generic_string();
  }
  return "unresolved " + included;
}

std::vector<std::string> includes_of(const std::string& text) {
  static const std::regex pattern(R"(#\s*include\s*"([^"]+)\")");
  return source_tree::matches(text, pattern);
}

bool allowed(const Layer& layer, const std::string& included) {
  return std::any_of(layer.allowed.begin(), layer.allowed.end(),
                     [&](const std::string& prefix) { return included.starts_with(prefix); });
}

TEST(Layers, EveryIncludePointsDownwards) {
  const auto table = layers();
  int checked = 0;
  for (const std::string& file :
       source_tree::sources({"lib/", "theory/", "validation/", "bench/", "tools/", "tests/"})) {
    const Layer* layer = layer_of(table, file);
    ASSERT_NE(layer, nullptr) << file << " is in no folder of the layout (tests/architecture/layers.cpp)";
    for (const std::string& included : includes_of(source_tree::read(root / file))) {
      EXPECT_TRUE(allowed(*layer, resolve(file, included))) << file << " may not include \"" << included << "\"";
      ++checked;
    }
  }
  EXPECT_GT(checked, 100);  // the pattern still finds includes
}

// The rules themselves, on includes that must be refused: the check can fail.
TEST(Layers, ForbiddenIncludesAreNoticed) {
  const auto table = layers();
  const auto refused = [&](const std::string& file, const std::string& included) {
    return !allowed(*layer_of(table, file), included);
  };
  EXPECT_TRUE(refused("theory/dmft/dmft.cpp", "sgdyn/sim/simulate.hpp"));
  EXPECT_TRUE(refused("theory/dmft/dmft.cpp", "sgdyn/theory/replica/replica.hpp"));
  EXPECT_TRUE(refused("theory/dmft/dmft.cpp", "sgdyn/validation/compare.hpp"));
  EXPECT_TRUE(refused("lib/sim/simulate.cpp", "sgdyn/theory/dmft/dmft.hpp"));
  EXPECT_TRUE(refused("lib/sim/simulate.cpp", "sgdyn/sde/euler.hpp"));
  EXPECT_TRUE(refused("lib/core/problem.cpp", "sgdyn/model/loss.hpp"));
  EXPECT_TRUE(refused("lib/loss/hinge.hpp", "sgdyn/loss/square.hpp"));
  EXPECT_TRUE(refused("validation/compare.cpp", "tests/support/statistics.hpp"));
  EXPECT_TRUE(refused("tools/main.cpp", "tests/support/statistics.hpp"));
  EXPECT_FALSE(refused("validation/compare.cpp", "sgdyn/sim/simulate.hpp"));
}

// Link targets enforce the same: sgdyn_theory never links the simulator, nor the other way round.
TEST(Layers, LinkTargetsKeepTheoryAndSimulationApart) {
  const std::string theory = source_tree::read(root / "theory/CMakeLists.txt");
  const std::string lib = source_tree::read(root / "lib/CMakeLists.txt");
  EXPECT_EQ(theory.find("sgdyn_sim"), std::string::npos);
  EXPECT_EQ(theory.find("sgdyn_validation"), std::string::npos);
  EXPECT_EQ(lib.find("sgdyn_theory"), std::string::npos);
  EXPECT_EQ(lib.find("sgdyn_validation"), std::string::npos);
}

}  // namespace
}  // namespace sgdyn
