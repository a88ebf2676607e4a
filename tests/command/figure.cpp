// sgdyn figure, as a user runs it.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "command/in_scratch.hpp"
#include "figure/tiny_recipe.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_support::Finished;
using testing_support::read_bytes;
using testing_support::tiny_recipe;
using testing_support::tiny_recipe_with;

class FigureCommand : public testing_support::InScratch {
 protected:
  void SetUp() override { testing_support::write_bytes(directory_ / "tiny.toml", tiny_recipe()); }
};

TEST_F(FigureCommand, ListNamesEveryFigureWithItsTitle) {
  const Finished text = run({"figure", "list"});
  EXPECT_EQ(text.status, 0) << text.err;
  for (const char* name : {"en1", "en2", "en3", "en4", "en5", "en6", "en7", "en8", "reshuffling", "sl-two-clusters"}) {
    EXPECT_NE(text.out.find(name), std::string::npos) << name;
  }
  const json document = json::parse(run({"figure", "list", "--json"}).out);
  EXPECT_EQ(document["figures"].size(), static_cast<std::size_t>(testing_support::count_lines(text.out)));
  EXPECT_FALSE(document["figures"][0]["sentence"].get<std::string>().empty());
  EXPECT_EQ(directory_.count(), 1);
}

TEST_F(FigureCommand, AMistypedNameIsAnsweredWithTheNearest) {
  const Finished finished = run({"figure", "en11"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_NE(finished.err.find("did you mean \"en1\""), std::string::npos) << finished.err;
  EXPECT_EQ(run({"figure"}).status, 2);
  EXPECT_EQ(run({"figure", "missing.toml"}).status, 2);
  EXPECT_EQ(directory_.count(), 1);
}

TEST_F(FigureCommand, WritesPictureDataAndGallery) {
  const Finished finished = run({"figure", "tiny.toml", "--quick", "--out", "o"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(finished.out.find("holds      Larger batches learn faster."), std::string::npos) << finished.out;
  EXPECT_NE(finished.out.find("gallery: o/gallery.md"), std::string::npos);
  for (const char* file : {"tiny.csv", "tiny.svg", "tiny.png"}) {
    EXPECT_TRUE(fs::exists(directory_ / "o" / "figures" / file)) << file;
  }
  const std::string gallery = read_bytes(directory_ / "o" / "gallery.md");
  for (const char* text :
       {"## tiny: A small figure", "It shows how a recipe looks.", "`sgdyn figure tiny.toml --quick`",
        "(figures/tiny.svg)", "(figures/tiny.csv)", "**holds**: Larger batches learn faster."}) {
    EXPECT_NE(gallery.find(text), std::string::npos) << text;
  }
}

TEST_F(FigureCommand, HelpNamesTheDirectoryItWritesTo) {
  EXPECT_NE(run({"figure", "--help"}).out.find("(default sgdyn-out)"), std::string::npos);
  EXPECT_NE(run({"compare", "--help"}).out.find("(default sgdyn-out/<name>-<hash>)"), std::string::npos);
}

// gnuplot takes hyphens in file names, but not in the name of an SVG.
TEST_F(FigureCommand, AHyphenInTheNameIsDrawnToo) {
  testing_support::write_bytes(directory_ / "my-figure.toml", tiny_recipe());
  const Finished finished = run({"figure", "my-figure.toml", "--quick", "--out", "o", "--quiet"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  EXPECT_TRUE(fs::exists(directory_ / "o" / "figures" / "my-figure.svg"));
}

TEST_F(FigureCommand, AFigureComputedAgainTakesItsOwnPlaceInTheGallery) {
  testing_support::write_bytes(directory_ / "other.toml", tiny_recipe());
  ASSERT_EQ(run({"figure", "tiny.toml", "--quick", "--out", "o", "--no-plot"}).status, 0);
  ASSERT_EQ(run({"figure", "other.toml", "--quick", "--out", "o", "--no-plot"}).status, 0);
  ASSERT_EQ(run({"figure", "tiny.toml", "--quick", "--out", "o", "--no-plot", "--seed", "5"}).status, 0);
  const std::string gallery = read_bytes(directory_ / "o" / "gallery.md");
  const std::size_t other = gallery.find("## other");
  const std::size_t tiny = gallery.find("## tiny");
  EXPECT_LT(other, tiny);
  EXPECT_NE(tiny, std::string::npos);
  EXPECT_EQ(gallery.find("## tiny", tiny + 1), std::string::npos);
  EXPECT_FALSE(fs::exists(directory_ / "o" / "figures" / "tiny.svg"));
}

TEST_F(FigureCommand, WithJsonItPrintsOneDocumentAndWritesNothing) {
  const Finished finished = run({"figure", "tiny.toml", "--quick", "--json"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const json document = json::parse(finished.out);
  EXPECT_EQ(document["schema"], "sgdyn-figures/1");
  EXPECT_EQ(document["size"], "quick");
  EXPECT_EQ(document["status"], "ok");
  const json& figure = document["figures"][0];
  EXPECT_EQ(figure["name"], "tiny");
  EXPECT_EQ(figure["claims"][0]["verdict"], "holds");
  EXPECT_EQ(figure["claims"][0]["findings"][0]["producer"], "theory");
  EXPECT_EQ(figure["panels"][0]["curves"][0]["x"].size(), 9U);
  EXPECT_EQ(directory_.count(), 1);
}

TEST_F(FigureCommand, SeedAndThreadsDoWhatTheySay) {
  const auto curves = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"figure", "tiny.toml", "--quick", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json::parse(run(arguments).out)["figures"][0]["panels"];
  };
  const json one = curves({"--threads", "1"});
  EXPECT_EQ(one, curves({"--threads", "2"}));
  EXPECT_NE(one, curves({"--seed", "9"}));
}

TEST_F(FigureCommand, DisagreementIsTheExitStatus) {
  testing_support::write_bytes(
      directory_ / "wrong.toml",
      tiny_recipe_with("dimension = 40\nruns = 8\nresolution = 0.5", "dimension = 2\nruns = 400\nresolution = 1e-6"));
  const Finished finished = run({"figure", "wrong.toml", "--quick", "--json"});
  EXPECT_EQ(finished.status, 1) << finished.err;
  EXPECT_EQ(json::parse(finished.out)["status"], "ok");
}

// A learning rate at which the weights grow without bound.
TEST_F(FigureCommand, ANumericalFailureIsTheExitStatus) {
  testing_support::write_bytes(directory_ / "wild.toml",
                               tiny_recipe_with("learning_rate = 0.2", "learning_rate = 1000.0"));
  const Finished finished = run({"figure", "wild.toml", "--quick", "--json", "--set", "algorithm.steps=40"});
  EXPECT_EQ(finished.status, 3) << finished.err;
  const json document = json::parse(finished.out);
  EXPECT_EQ(document["status"], "overflow");
  EXPECT_EQ(document["figures"][0]["status"], "overflow");
}

TEST_F(FigureCommand, ForeignFilesAreNotOverwritten) {
  fs::create_directory(directory_ / "o");
  testing_support::write_bytes(directory_ / "o" / "gallery.md", "my own pictures\n");
  const Finished finished = run({"figure", "tiny.toml", "--quick", "--out", "o"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_EQ(read_bytes(directory_ / "o" / "gallery.md"), "my own pictures\n");
}

TEST_F(FigureCommand, AnInterruptKeepsFinishedFigures) {
  const fs::path first = directory_ / "o" / "figures" / "en1.csv";
  const Finished finished = testing_support::run(
      {.arguments = {"figure", "all", "--quick", "--out", "o", "--no-plot", "--set", "algorithm.steps=8", "--set",
                     "quick.samples=256", "--set", "quick.runs=4", "--set", "quick.dimension=40"},
       .directory = directory_.path(),
       .interrupt_when = [&] { return fs::exists(first); }});
  EXPECT_EQ(finished.status, 130) << finished.err;
  EXPECT_NE(finished.err.find("finished figures were kept"), std::string::npos) << finished.err;
  EXPECT_TRUE(fs::exists(first));
  EXPECT_FALSE(fs::exists(directory_ / "o" / "figures" / "sl-two-clusters.csv"));
}

class FigureCommandSlow : public FigureCommand {};

// By chance alone theory and simulation would be called apart in at most 1 % of seeds for each of the two claims.
TEST_F(FigureCommandSlow, AFigureOfThePapersAgrees) {
  const Finished finished = run({"figure", "sl-two-clusters", "--quick", "--out", "o"});
  EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
  EXPECT_EQ(finished.out.find("fails"), std::string::npos) << finished.out;
  EXPECT_TRUE(fs::exists(directory_ / "o" / "figures" / "sl-two-clusters.svg"));
}

}  // namespace
}  // namespace sgdyn
