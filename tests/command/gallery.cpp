// What sgdyn figure keeps in its output directory: nothing stale, nothing of others, nothing it cannot stand for.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "command/fake_gnuplot.hpp"
#include "command/in_scratch.hpp"
#include "figure/tiny_recipe.hpp"
#include "support/unprivileged.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_support::Finished;
using testing_support::read_bytes;
using testing_support::tiny_recipe;
using testing_support::tiny_recipe_with;
using testing_support::Unprivileged;
using testing_support::with_gnuplot;
using testing_support::write_bytes;

class Gallery : public testing_support::InScratch {
 protected:
  void SetUp() override { write_bytes(directory_ / "tiny.toml", tiny_recipe()); }

  [[nodiscard]] std::string gallery() const { return read_bytes(directory_ / "o" / "gallery.md"); }
  [[nodiscard]] bool has_picture(const std::string& ending) const {
    return fs::exists(directory_ / "o" / "figures" / ("tiny" + ending));
  }

  void expect_no_picture(const Finished& finished) const {
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_NE(finished.err.find("no figures"), std::string::npos) << finished.err;
    EXPECT_FALSE(has_picture(".svg"));
    EXPECT_FALSE(has_picture(".png"));
    EXPECT_TRUE(has_picture(".csv"));
    EXPECT_EQ(gallery().find("tiny.svg"), std::string::npos);
    for (const auto& entry : fs::directory_iterator(directory_ / "o")) {
      EXPECT_NE(entry.path().filename().string().front(), '.') << entry.path() << " was left behind";
    }
  }

  const std::vector<std::string> tiny_{"figure", "tiny.toml", "--quick", "--out", "o", "--quiet"};
};

// gnuplot runs programs for whoever can end a string or a data block.
TEST_F(Gallery, TextOfARecipeIsNeverACommand) {
  const std::string command = R"(\nEOD\nsystem(\"touch )" + (directory_ / "pwned").string() + R"(\")\n#)";
  std::string text = tiny_recipe();
  for (const std::string title : {"A small figure", "Overlap over time", "gradient descent"}) {
    text.replace(text.find(title), title.size(), "it's" + command);
  }
  write_bytes(directory_ / "tiny.toml", text);
  const Finished finished = run(tiny_);
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_FALSE(fs::exists(directory_ / "pwned"));
  EXPECT_TRUE(has_picture(".svg")) << finished.err;
}

TEST_F(Gallery, WithoutGnuplotAnEarlierPictureDoesNotPassForANewOne) {
  ASSERT_EQ(run(tiny_).status, 0);
  ASSERT_TRUE(has_picture(".svg"));
  expect_no_picture(run(tiny_, {{"PATH", "/nonexistent"}}));
}

TEST_F(Gallery, AGnuplotThatDiesBetweenFormatsLeavesNeither) {
  ASSERT_EQ(run(tiny_).status, 0);
  expect_no_picture(run(tiny_, with_gnuplot(directory_, "echo '<svg></svg> and more' > tiny.svg\nexit 1\n")));
}

TEST_F(Gallery, APictureIsPublishedWithBothFormatsNew) {
  ASSERT_EQ(run(tiny_).status, 0);
  const std::string svg = "echo 'fifteen letters </svg>' > tiny.svg\n";
  const Finished finished =
      run(tiny_, with_gnuplot(directory_, svg + "echo 'fifteen letters IEND' > tiny.png\nexit 1\n"));
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(finished.err.find("gnuplot failed"), std::string::npos) << finished.err;
  EXPECT_EQ(read_bytes(directory_ / "o/figures/tiny.svg"), "fifteen letters </svg>\n");
  EXPECT_EQ(read_bytes(directory_ / "o/figures/tiny.png"), "fifteen letters IEND\n");
}

TEST_F(Gallery, RecordsTheCommandThatWasRunAndWhatItCost) {
  fs::create_directory(directory_ / "my recipes");
  fs::rename(directory_ / "tiny.toml", directory_ / "my recipes/tiny.toml");
  const std::vector<std::string> arguments{"figure", "my recipes/tiny.toml", "--quick", "--seed", "7",
                                           "--set",  "data.alpha=3",         "--out",   "o",      "--no-plot"};
  ASSERT_EQ(run(arguments).status, 0);
  EXPECT_NE(gallery().find("`sgdyn figure 'my recipes/tiny.toml' --quick --seed 7 --set data.alpha=3`"),
            std::string::npos)
      << gallery();
  EXPECT_NE(gallery().find("Simulation: N = 40, 8 runs, not extrapolated."), std::string::npos) << gallery();
  EXPECT_NE(gallery().find("DMFT: 512 samples in "), std::string::npos) << gallery();
}

TEST_F(Gallery, TheDocumentSaysHowItCanBeHadAgain) {
  const Finished finished = run({"figure", "tiny.toml", "--seed", "7", "--json"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json provenance = json::parse(finished.out)["figures"][0]["provenance"];
  EXPECT_EQ("sgdyn " + provenance["version"].get<std::string>() + "\n", run({"--version"}).out);
  EXPECT_EQ(provenance["seed"], 7);
  EXPECT_EQ(provenance["seeds"]["gd"], 7);
  EXPECT_EQ(provenance["command_line"], "sgdyn figure tiny.toml --seed 7");
  EXPECT_EQ(provenance["simulation"], "N \u2192 \u221e from N = 40, 80, 16 runs at the largest");
}

TEST_F(Gallery, FiguresOfOneNameFromTwoFilesAreNotMixed) {
  for (const char* folder : {"a", "b"}) {
    fs::create_directory(directory_ / folder);
    write_bytes(directory_ / folder / "x.toml", tiny_recipe());
  }
  ASSERT_EQ(run({"figure", "a/x.toml", "--quick", "--out", "o", "--no-plot"}).status, 0);
  const std::string before = gallery();
  const Finished finished = run({"figure", "b/x.toml", "--quick", "--out", "o", "--no-plot"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_NE(
      finished.err.find("holds a figure x from the recipe ../a/x.toml, and this one is from the recipe ../b/x.toml"),
      std::string::npos)
      << finished.err;
  EXPECT_EQ(gallery(), before);
  EXPECT_EQ(run({"figure", "b/../a/x.toml", "--quick", "--out", "o", "--no-plot"}).status, 0);
}

TEST_F(Gallery, ARecipeOfTheUserDoesNotPassForAFigureOfThePapers) {
  write_bytes(directory_ / "en1.toml", tiny_recipe());
  ASSERT_EQ(run({"figure", "en1.toml", "--quick", "--out", "o", "--no-plot"}).status, 0);
  const std::string before = gallery();
  const Finished finished = run({"figure", "en1", "--quick", "--out", "o", "--no-plot"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_NE(finished.err.find("the recipe of sgdyn"), std::string::npos) << finished.err;
  EXPECT_EQ(gallery(), before);
}

TEST_F(Gallery, AGalleryThatIsNoFileIsRefused) {
  fs::create_directories(directory_ / "o/gallery.md");
  const Finished finished = run(tiny_);
  EXPECT_EQ(finished.status, 2) << finished.err;
  EXPECT_NE(finished.err.find("gallery.md\" is not a file"), std::string::npos) << finished.err;
}

TEST_F(Gallery, AGalleryThatCannotBeReadIsNotReplaced) {
  const Unprivileged nobody(directory_.path());
  fs::create_directory(directory_ / "o");
  write_bytes(directory_ / "o/gallery.md", "secret");
  fs::permissions(directory_ / "o/gallery.md", fs::perms::none);
  const Finished finished = run(tiny_);
  fs::permissions(directory_ / "o/gallery.md", fs::perms::owner_all);
  EXPECT_EQ(finished.status, 2) << finished.err;
  EXPECT_NE(finished.err.find("cannot be read"), std::string::npos) << finished.err;
  EXPECT_EQ(gallery(), "secret");
}

TEST_F(Gallery, SaysWhichPointsAreNotDrawn) {
  write_bytes(directory_ / "tiny.toml",
              tiny_recipe_with("quantity = \"final overlap\"", "quantity = \"last_slope 5 at 1\""));
  ASSERT_EQ(run(tiny_).status, 0);
  EXPECT_NE(
      gallery().find("- Overlap at the end: no T of the last 5 steps, t_w = 1 of the DMFT at b = 0.2, b = 0.4, b = "
                     "0.8; no T of the last"),
      std::string::npos)
      << gallery();
}

// gnuplot by itself labels 1 and 10 alone, and lets end points touch the frame.
TEST_F(Gallery, ALogarithmicAxisHasLabelsAndRoomAtItsEnds) {
  write_bytes(directory_ / "tiny.toml",
              tiny_recipe_with("quantity = \"final overlap\"", "quantity = \"final overlap\"\nlog_x = true"));
  (void)run(tiny_, with_gnuplot(directory_, "cp \"$2\" '" + (directory_ / "script").string() + "'\nexit 1\n"));
  const std::string script = read_bytes(directory_ / "script");
  const std::string range = script.substr(script.find("\nset logscale x\nset xrange [") + 28);
  EXPECT_LT(std::stod(range), 0.2);
  EXPECT_GT(std::stod(range.substr(range.find(':') + 1)), 0.8);
  std::istringstream lines(range);
  std::string tics;
  std::getline(lines, tics);
  std::getline(lines, tics);
  EXPECT_TRUE(tics.starts_with("set xtics (")) << tics;
  EXPECT_GE(std::count(tics.begin(), tics.end(), ','), 2 + 1) << tics;  // one belongs to the font
}

}  // namespace
}  // namespace sgdyn
