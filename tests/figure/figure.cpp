// A figure computed from a recipe to its curves.
#include "sgdyn/validation/figure/figure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>
#include <utility>

#include "figure/tiny_recipe.hpp"
#include "sgdyn/validation/figure/curves.hpp"
#include "sgdyn/validation/figure/difference_rows.hpp"

namespace sgdyn::figure {
namespace {

using testing_support::tiny_recipe;
using testing_support::tiny_recipe_with;

Recipe tiny(const std::string& text = tiny_recipe()) {
  return parse_recipe(text, "tiny.toml", {.size = Size::quick, .seed = {}, .settings = {}});
}

TEST(Figure, IsComputedByBothAndDrawn) {
  const Recipe recipe = tiny();
  Workshop workshop({recipe}, {});
  const Result result = workshop.compute(recipe);
  EXPECT_EQ(result.status, Status::ok);
  ASSERT_EQ(result.points.size(), 2U);
  ASSERT_EQ(result.points[0].size(), 3U);
  EXPECT_EQ(result.points[0][0].theory->producer, "dmft");
  EXPECT_EQ(result.points[0][0].simulation->producer, "simulation");
  ASSERT_EQ(result.claims.size(), 2U);
  EXPECT_EQ(result.claims[0].truth, Truth::holds) << result.claims[0].findings[0].second.numbers;
  EXPECT_EQ(result.claims[0].findings.size(), 2U);
  EXPECT_NE(result.claims[1].truth, Truth::fails) << result.claims[1].findings[0].second.numbers;
  EXPECT_FALSE(result.disagrees());

  const std::vector<PanelData> panels = panel_data(result);
  ASSERT_EQ(panels.size(), 2U);
  EXPECT_EQ(panels[0].curves.size(), 8U);  // four points, two producers
  EXPECT_EQ(panels[1].curves.size(), 2U);
  const Curve& swept = panels[1].curves[0];
  ASSERT_EQ(swept.dots.size(), 3U);
  EXPECT_EQ(swept.dots[2].x, 0.8);
  EXPECT_EQ(swept.dots[2].y, result.points[0][2].theory->at("overlap").mean[8]);
  const std::string csv = curves_csv(panels);
  EXPECT_TRUE(csv.starts_with("panel,curve,producer,x,x_error,y,y_error\n"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 8 * 9 + 2 * 3);
}

// The same theory for both, but a simulation of two weights: what agrees at N -> infinity cannot agree here.
TEST(Figure, ADisagreementIsNoticed) {
  std::string text =
      tiny_recipe_with("dimension = 40\nruns = 8\nresolution = 0.5", "dimension = 2\nruns = 400\nresolution = 1e-6");
  const Recipe recipe = tiny(text);
  Workshop workshop({recipe}, {});
  const Result result = workshop.compute(recipe);
  EXPECT_EQ(result.claims[1].truth, Truth::fails) << result.claims[1].findings[0].second.numbers;
  EXPECT_TRUE(result.disagrees());
}

TEST(Figure, PointsThatFiguresShareAreComputedOnce) {
  const Recipe recipe = tiny();
  double total = 0.0, last = 0.0;
  std::atomic<int> calls{0};
  Execution execution;
  execution.progress = [&](const Progress& progress) {
    ++calls;
    EXPECT_GE(progress.done, last);  // never backwards, over all figures
    last = progress.done;
    total = progress.total;
  };
  Workshop workshop({recipe, recipe}, execution);
  const Result first = workshop.compute(recipe);
  const int calls_of_first = calls;
  const Result second = workshop.compute(recipe);
  EXPECT_EQ(calls, calls_of_first);
  EXPECT_LE(last, total * (1.0 + 1e-12));
  EXPECT_EQ(first.points[0][0].theory, second.points[0][0].theory);
}

TEST(Figure, AStopLeavesAnInterruptedResult) {
  const Recipe recipe = tiny();
  const std::atomic<bool> stop{true};
  Workshop workshop({recipe}, {.threads = 1, .progress = {}, .stop_requested = &stop});
  EXPECT_EQ(workshop.compute(recipe).status, Status::interrupted);
}

TEST(Figure, ATheoryAloneIsNotASimulation) {
  const Recipe recipe = tiny(tiny_recipe_with("samples = 512", "simulate = false\nsamples = 512"));
  Workshop workshop({recipe}, {});
  const Result result = workshop.compute(recipe);
  EXPECT_EQ(result.points[0][0].simulation, nullptr);
  EXPECT_EQ(result.claims[0].findings.size(), 1U);
  EXPECT_EQ(result.claims[1].truth, Truth::undecided);
}

// The overlap is ten times the batch size, so that a claim judged on another point is seen.
PointResult made_up(const Point& point) {
  auto theory = std::make_shared<Observables>();
  theory->steps = {0, 8};
  theory->time = {0.0, 1.6};
  theory->runs = 8;
  theory->series["overlap"].mean = Eigen::VectorXd::Constant(2, 10.0 * point.x);
  theory->series["overlap"].standard_error = Eigen::VectorXd::Constant(2, 0.01);
  return {.theory = theory, .simulation = nullptr};
}

TEST(Figure, ClaimsAboutSomePointsAreJudgedOnThose) {
  for (const auto& [values, truth] : {std::pair("[8, 2]", Truth::holds), std::pair("[2, 8]", Truth::fails)}) {
    const Recipe recipe =
        tiny(tiny_recipe_with("kind = \"increasing\"", std::string("kind = \"value\"\nat = [0.8, 0.2]\nvalue = ") +
                                                           values + "\ntolerance = 0.1"));
    std::vector<std::vector<PointResult>> points(recipe.sweeps.size());
    for (const Point& point : recipe.sweeps[0].points) points[0].push_back(made_up(point));
    const ClaimResult result = judge_claims(recipe, points).front();
    EXPECT_EQ(result.truth, truth) << result.findings.front().second.numbers;
  }
}

// Points of a sweep are simulated on the same data sets; by theory they have the same draws.
TEST(Figure, DifferencesArePaired) {
  const Recipe recipe =
      tiny(tiny_recipe() + "[[table]]\ntitle = \"b\"\nsweep = \"b\"\ntimes = [1.6]\nobservables = [\"norm\"]\n");
  Workshop workshop({recipe}, {});
  const Result result = workshop.compute(recipe);
  const DifferenceRow row = difference_rows(result, recipe.tables.front()).front();
  const auto paired = [&](auto producer) {
    const Eigen::VectorXd last = (result.points[0][2].*producer)->at("norm").replicates.col(8);
    return Estimate::from_replicates(last - (result.points[0][0].*producer)->at("norm").replicates.col(8));
  };
  EXPECT_NEAR(row.theory.error, paired(&PointResult::theory).standard_error, 1e-12);
  EXPECT_NEAR(row.simulation.error, paired(&PointResult::simulation).standard_error, 1e-12);
  EXPECT_EQ(row.simulation.degrees, 7.0);
}

TEST(Figure, CurvesOfSeveralPointsAndWaitingTimesHaveColoursOfTheirOwn) {
  const std::string text = tiny_recipe_with("plot = \"series\"\nsweep = [\"b\", \"gd\"]\nobservable = \"overlap\"",
                                            "plot = \"fdt\"\nsweep = \"b\"\nwaiting = [0.4, 0.8]");
  const Recipe recipe = tiny(text);
  Workshop workshop({recipe}, {});
  std::set<std::size_t> colours;
  std::size_t curves = 0;
  for (const Curve& curve : panel_data(workshop.compute(recipe)).front().curves) {
    if (!curve.theory) continue;
    colours.insert(curve.colour);
    ++curves;
  }
  EXPECT_EQ(curves, 6U);
  EXPECT_EQ(colours.size(), curves);
}

TEST(Figure, DifferencesAreThoseOfTheLastPointFromTheFirst) {
  const Recipe recipe = tiny(
      tiny_recipe() + "[[table]]\ntitle = \"b\"\nsweep = \"b\"\ntimes = [0.8, 1.6]\nobservables = [\"overlap\"]\n");
  Workshop workshop({recipe}, {});
  const Result result = workshop.compute(recipe);
  const std::vector<DifferenceRow> rows = difference_rows(result, recipe.tables.front());
  ASSERT_EQ(rows.size(), 2U);
  const auto overlap = [&](std::size_t point) { return result.points[0][point].theory->at("overlap").mean[8]; };
  EXPECT_DOUBLE_EQ(rows[1].theory.value, overlap(2) - overlap(0));
  EXPECT_DOUBLE_EQ(rows[1].first.value, overlap(0));
  EXPECT_GT(rows[1].simulation.error, 0.0);
}

}  // namespace
}  // namespace sgdyn::figure
