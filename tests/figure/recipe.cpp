// Recipes: what is read, what is refused, and that every shipped one is sound.
#include "sgdyn/validation/figure/recipe.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "figure/tiny_recipe.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/validation/figure/shipped.hpp"

namespace sgdyn::figure {
namespace {

using testing_support::replaced;
using testing_support::tiny_recipe;
using testing_support::tiny_recipe_with;

constexpr ReadOptions quick{.size = Size::quick, .seed = {}, .settings = {}};

TEST(Recipe, HoldsWhatTheFileSays) {
  const Recipe recipe = parse_recipe(tiny_recipe(), "tiny.toml", quick);
  EXPECT_EQ(recipe.name, "tiny");
  EXPECT_EQ(recipe.sentence, "It shows how a recipe looks.");
  ASSERT_EQ(recipe.choices.size(), 1U);
  ASSERT_EQ(recipe.sweeps.size(), 2U);
  ASSERT_EQ(recipe.sweeps[0].points.size(), 3U);
  EXPECT_EQ(recipe.sweeps[0].points[1].label, "b = 0.4");
  EXPECT_EQ(recipe.sweeps[0].points[1].x, 0.4);
  EXPECT_EQ(recipe.sweeps[0].points[1].problem.algorithm.sampling.parameters.at("batch"), 0.4);
  EXPECT_EQ(recipe.sweeps[1].points.front().label, "gradient descent");
  EXPECT_EQ(recipe.panels[0].sweeps, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(recipe.claims[0].kind, Claim::Kind::increasing);
  EXPECT_EQ(recipe.claims[0].quantities.front().time, 0.8);
  EXPECT_EQ(recipe.claims[1].series, "overlap");
}

TEST(Recipe, AnOddFileNameGivesASafeOne) {
  EXPECT_EQ(parse_recipe(tiny_recipe(), "a/it's <new>.toml", quick).name, "it_s__new_");
}

TEST(Recipe, TheTwoSizesDiffer) {
  const Recipe small = parse_recipe(tiny_recipe(), "tiny.toml", quick);
  const Recipe large = parse_recipe(tiny_recipe(), "tiny.toml", {});
  const Effort& few = small.sweeps[0].points[0].effort;
  const Effort& many = large.sweeps[0].points[0].effort;
  EXPECT_EQ(few.theory.samples, 512);
  EXPECT_EQ(many.theory.samples, 1024);
  EXPECT_EQ(few.simulation.dimension.values(), std::vector<long>{40});
  EXPECT_EQ(many.simulation.dimension.values(), (std::vector<long>{40, 80}));
  EXPECT_EQ(few.resolution, 0.5);
}

TEST(Recipe, ASweepMayCostSomethingElse) {
  const std::string text = tiny_recipe_with(
      "settings = [\"algorithm.batch=1\"]",
      "settings = [\"algorithm.batch=1\"]\nquick = {runs = 3, settings = [\"algorithm.steps=5\"]}\nfull = {runs = 4}");
  const Recipe recipe = parse_recipe(text, "t.toml", quick);
  EXPECT_EQ(recipe.sweeps[0].points[0].effort.simulation.runs, 8);
  EXPECT_EQ(recipe.sweeps[0].points[0].problem.algorithm.steps, 8);
  EXPECT_EQ(recipe.sweeps[1].points[0].effort.simulation.runs, 3);
  EXPECT_EQ(recipe.sweeps[1].points[0].problem.algorithm.steps, 5);
  EXPECT_EQ(parse_recipe(text, "t.toml", {}).sweeps[1].points[0].effort.simulation.runs, 4);
}

std::string lasting_recipe() {
  return tiny_recipe_with("vary = \"algorithm.batch\"\nvalues = [0.2, 0.4, 0.8]",
                          "vary = \"algorithm.learning_rate\"\nvalues = [0.1, 0.2, 0.4]\nduration = 2");
}

TEST(Recipe, DurationFollowsTheLearningRate) {
  const Recipe recipe = parse_recipe(lasting_recipe(), "t.toml", quick);
  EXPECT_EQ(recipe.sweeps[0].points[0].problem.algorithm.steps, 20);
  EXPECT_EQ(recipe.sweeps[0].points[2].problem.algorithm.steps, 5);
}

TEST(Recipe, SettingsOfTheUserWinOverTheDuration) {
  const ReadOptions options{.size = Size::quick, .seed = {}, .settings = {"algorithm.steps=3"}};
  const Recipe recipe = parse_recipe(lasting_recipe(), "t.toml", options);
  for (const Point& point : recipe.sweeps[0].points) EXPECT_EQ(point.problem.algorithm.steps, 3);
}

TEST(Recipe, PointsOfAClaimKeepItsOrder) {
  const Recipe recipe = parse_recipe(
      tiny_recipe_with("kind = \"increasing\"", "kind = \"increasing\"\nat = [0.8, 0.2]"), "t.toml", quick);
  EXPECT_EQ(chosen_points(recipe.claims[0], recipe.sweeps[0]), (std::vector<std::size_t>{2, 0}));
  EXPECT_EQ(chosen_points(recipe.claims[1], recipe.sweeps[0]), (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Recipe, SettingsOfTheUserWin) {
  const ReadOptions options{
      .size = Size::quick, .seed = 7, .settings = {"algorithm.steps=3", "quick.samples=64", "full.samples=99"}};
  const Recipe recipe = parse_recipe(tiny_recipe(), "t.toml", options);
  for (const Sweep& sweep : recipe.sweeps) {
    for (const Point& point : sweep.points) {
      EXPECT_EQ(point.problem.algorithm.steps, 3);
      EXPECT_EQ(point.effort.theory.samples, 64);
      EXPECT_EQ(point.effort.theory.seed, 7U);
      EXPECT_EQ(point.effort.simulation.seed, 7U);
    }
  }
}

struct Refusal {
  std::string from, to, said;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.to; }

class RecipeRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(RecipeRefusal, SaysWhatAndWhere) {
  const Refusal& refusal = GetParam();
  try {
    (void)parse_recipe(tiny_recipe_with(refusal.from, refusal.to), "tiny.toml", quick);
    FAIL() << "accepted: " << refusal.to;
  } catch (const InputError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("tiny.toml"), std::string::npos) << message;
    EXPECT_NE(message.find(refusal.said), std::string::npos) << message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Recipes, RecipeRefusal,
    testing::Values(
        Refusal{"sentence = ", "sentense = ", "sentence: is missing"},
        Refusal{"choices = ", "choises = ", "did you mean \"choices\""},
        Refusal{"title = \"A small figure\"", "title = \"\"", "is empty"},
        Refusal{"title = \"A small figure\"", "title = 3", "a text"}, Refusal{"[quick]", "[fast]", "quick: is missing"},
        Refusal{"samples = 512", "sampels = 512", "did you mean \"samples\""},
        Refusal{"runs = 8", "runs = 1", "out of range"},
        Refusal{"kind = \"increasing\"", "kind = \"increesing\"", "did you mean \"increasing\""},
        Refusal{"kind = \"increasing\"", "kind = \"value\"", "claim.value: is missing"},
        Refusal{"kind = \"increasing\"", "kind = \"value\"\nvalue = [1]\ntolerance = 0.1", "1 numbers"},
        Refusal{"kind = \"increasing\"", "kind = \"value\"\nvalue = [1, 2, 3]", "claim.tolerance: is missing"},
        Refusal{"kind = \"increasing\"", "kind = \"differs\"", "claim.other: is missing"},
        Refusal{"kind = \"increasing\"", "kind = \"increasing\"\nat = [0.3]", "no value of the sweep b"},
        Refusal{"kind = \"increasing\"", "kind = \"maximum-inside\"\nat = [0.2, 0.4]", "has no inside"},
        Refusal{"kind = \"agrees\"", "kind = \"increasing\"", "applies to agrees alone"},
        Refusal{"quantity = \"overlap at 0.8\"", "quantity = \"overlapp at 0.8\"", "did you mean \"overlap\""},
        Refusal{"quantity = \"overlap at 0.8\"", "quantity = \"overlap at noon\"", "is no time"},
        Refusal{"quantity = \"overlap at 0.8\"", "quantity = \"\"", "is empty"},
        Refusal{"quantity = \"final overlap\"", "observable = \"overlap\"", "panel.quantity: is missing"},
        Refusal{"plot = \"series\"", "plot = \"line\"", "allowed is one of fdt"},
        Refusal{"observable = \"overlap\"", "observable = \"overlaps\"", "did you mean \"overlap\""},
        Refusal{"sweep = [\"b\", \"gd\"]", "sweep = [\"b\", \"gdd\"]", "did you mean \"gd\""},
        Refusal{"name = \"gd\"", "name = \"b\"", "is the name of another sweep"},
        Refusal{"quantity = \"overlap at 0.8\"", "quantity = [\"final overlap\", \"final norm\"]", "is a list"},
        Refusal{"vary = \"algorithm.batch\"", "vary = \"algorithm.bach\"", "did you mean \"batch\""},
        Refusal{"values = [0.2, 0.4, 0.8]", "values = [0.2, 0.4, 1.8]", "out of range"},
        Refusal{"values = [0.2, 0.4, 0.8]", "values = []", "not empty"},
        Refusal{"vary = \"algorithm.batch\"\n", "", "sweep.vary: is missing"},
        Refusal{"alpha = 2.0", "alpha = -2.0", "data.alpha"},
        Refusal{"[[claim]]", "[claim]", "\"claim\" is given twice"},
        Refusal{"kind = \"increasing\"", "kind = \"increasing\"\nat = [0.4, 0.4]", "\"0.4\" is there twice"},
        Refusal{"kind = \"agrees\"\nsweep = \"b\"", "kind = \"agrees\"\nsweep = \"gd\"\nat = [1]", "has one point"},
        Refusal{"values = [0.2, 0.4, 0.8]", "values = [0.2, 0.4, 0.2]", "sweep.values: \"0.2\" is there twice"},
        Refusal{"runs = 16", "runs = 0", "full.runs: 0 is out of range"},
        Refusal{"runs = 16", "settings = [\"algorithm.bach=1\"]", "did you mean \"batch\""},
        Refusal{"name = \"gd\"", "name = \"gd\"\nfull = {runs = 0}", "sweep.full.runs: 0 is out of range"},
        Refusal{"name = \"gd\"", "name = \"gd\"\nsymbol = \"b\"", "symbol: unknown key"},
        Refusal{"plot = \"series\"", "plot = \"series\"\nsizes = true", "sizes: unknown key"},
        Refusal{"plot = \"series\"\nsweep = [\"b\", \"gd\"]\nobservable = \"overlap\"",
                "plot = \"last-slopes\"\nsweep = \"gd\"\nwaiting = [1]", "waiting: unknown key"},
        Refusal{"kind = \"agrees\"", "kind = \"agrees\"\nof = \"theory\"", "claim.of: does not apply to agrees"},
        Refusal{"kind = \"agrees\"", "kind = \"agrees\"\nabsolute = 0.1", "claim.absolute: does not apply to agrees"},
        Refusal{"kind = \"increasing\"", "kind = \"increasing\"\nabsolute = 0.1", "claim.absolute: applies to value"},
        Refusal{"kind = \"increasing\"", "kind = \"equal\"\ntolerance = 0.1\nabsolute = 0.1", "one of the two"},
        Refusal{"kind = \"increasing\"", "kind = \"differs\"\nother = [\"gd\", \"b\"]", "claim.other: is a list"},
        Refusal{"kind = \"increasing\"", "kind = \"value\"\nvalue = [1, 0, 2]\ntolerance = 0.1",
                "allowed with it is absolute"},
        Refusal{"quantity = \"overlap at 0.8\"", "quantity = \"last_slope 2.7 at 1\"", "an integer from 2"},
        Refusal{"values = [0.2, 0.4, 0.8]\n", "values = [0.2, 0.4, 0.8]\nduration = 0.01\n", "algorithm.steps"},
        Refusal{"vary = \"algorithm.batch\"\nvalues = [0.2, 0.4, 0.8]",
                "vary = \"algorithm.steps\"\nvalues = [2, 4, 8]\nduration = 2", "sweep.duration: 2 fixes the steps"}));

TEST(Recipe, ADurationNeedsAConstantLearningRate) {
  const std::string text =
      replaced(tiny_recipe_with("learning_rate = 0.2", "learning_rate = {schedule = \"cosine\", initial = 0.2}"),
               "name = \"gd\"", "name = \"gd\"\nduration = 2");
  try {
    (void)parse_recipe(text, "tiny.toml", quick);
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("sweep.duration: 2 takes a constant learning rate"), std::string::npos)
        << error.what();
  }
}

TEST(Recipe, WithoutClaimsItIsRefused) {
  std::string text = tiny_recipe();
  text.resize(text.find("[[claim]]"));
  EXPECT_THROW((void)parse_recipe(text, "tiny.toml", quick), InputError);
}

class ShippedRecipes : public testing::TestWithParam<Size> {};

TEST_P(ShippedRecipes, AreReadWithEveryProblemChecked) {
  ASSERT_GE(shipped_recipes().size(), 11U);
  for (const ShippedRecipe& shipped : shipped_recipes()) {
    const ReadOptions options{.size = GetParam(), .seed = {}, .settings = {}};
    Recipe recipe;
    ASSERT_NO_THROW(recipe = parse_recipe(shipped.text, std::string(shipped.name) + ".toml", options)) << shipped.name;
    EXPECT_EQ(recipe.name, shipped.name);
    const bool compared = std::any_of(recipe.claims.begin(), recipe.claims.end(),
                                      [](const Claim& claim) { return claim.kind == Claim::Kind::agrees; });
    EXPECT_TRUE(compared) << shipped.name << " never puts theory beside simulation";
    for (const Panel& panel : recipe.panels) EXPECT_FALSE(panel.title.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ShippedRecipes, testing::Values(Size::quick, Size::full),
                         [](const auto& size) { return std::string(size.param == Size::quick ? "quick" : "full"); });

TEST(Shipped, NamesAreFoundAndMistypedOnesAnswered) {
  EXPECT_EQ(find_recipe("en1").name, "en1");
  try {
    (void)find_recipe("reshufling");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean \"reshuffling\""), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace sgdyn::figure
