// sgdyn replica: the fixed point, its threshold, sweeps, and what is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/in_scratch.hpp"

namespace sgdyn {
namespace {

using nlohmann::json;
using testing_support::Finished;

class Replica : public testing_support::InScratch {
 protected:
  static constexpr const char* clusters = "model = \"two-clusters\"\nalpha = 2.0\nnoise = 0.5\nfraction = 0.3\n";
  static constexpr const char* three_clusters =
      "model = \"three-clusters\"\nalpha = 2.0\nnoise = 0.5\nhalf_width = 0.7\n";
  static constexpr const char* logistic = "name = \"logistic\"\nridge = 0.1\nintercept = \"optimal\"\n";

  void SetUp() override { write(clusters, logistic); }

  void write(const std::string& data, const std::string& loss) const {
    testing_support::write_bytes(directory_ / "p.toml", "[data]\n" + data + "[loss]\n" + loss);
  }

  [[nodiscard]] Finished replica(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"replica", "p.toml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  [[nodiscard]] json document(std::vector<std::string> more) const {
    more.emplace_back("--json");
    const Finished finished = replica(more);
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.err, "");
    return json::parse(finished.out);
  }

  // Exit status 2, one sentence, nothing else printed or written.
  void expect_refused(const std::vector<std::string>& more, const std::string& word) const {
    const Finished finished = replica(more);
    EXPECT_EQ(finished.status, 2) << word << finished.out;
    EXPECT_EQ(finished.out, "") << word;
    EXPECT_EQ(testing_support::count_lines(finished.err), 1) << finished.err;
    EXPECT_NE(finished.err.find(word), std::string::npos) << finished.err;
    EXPECT_EQ(directory_.count(), 1);
  }
};

// Every number that is missing says why, and none is NaN (which JSON cannot hold and a reader would see as null).
void expect_reasons(const json& point) {
  for (const auto& [key, value] : point.items()) {
    if (!value.is_null() || key == "dimension") continue;
    EXPECT_TRUE(point.contains("reasons") && point["reasons"].contains(key)) << key << " is null without a reason";
  }
}

TEST_F(Replica, NeedsNoAlgorithmAndPrintsTheFixedPoint) {
  const json result = document({});
  EXPECT_EQ(result["status"], "ok");
  EXPECT_FALSE(result["problem"].contains("algorithm"));
  const json& point = result["replica"];
  // From an independent solver (tests/replica/reference.cpp).
  EXPECT_NEAR(point["overlap"].get<double>(), 1.5779160352379231, 1e-10);
  EXPECT_NEAR(point["intercept"].get<double>(), -0.79467817909975114, 1e-10);
  EXPECT_NEAR(point["generalisation_error"].get<double>(), 0.11114782061600215, 1e-11);
  EXPECT_NEAR(point["bayes_error"].get<double>(), 0.091228979599504078, 1e-12);
  EXPECT_LE(point["residual"].get<double>(), 1e-14);
  EXPECT_EQ(point["settings"]["regime"], "ridge");
  expect_reasons(point);
  EXPECT_NEAR(result["sensitivities"]["loss.ridge"]["objective"].get<double>(), 0.5 * point["norm"].get<double>(),
              1e-8);
}

TEST_F(Replica, NumbersThatGrowWithoutBoundHaveAReason) {
  const json result = document({"--set", "loss.name=\"hinge\"", "--set", "loss.ridge=0"});
  const json& point = result["replica"];
  EXPECT_EQ(point["settings"]["regime"], "max-margin");
  EXPECT_TRUE(point["response"].is_null());
  expect_reasons(point);
  EXPECT_FALSE(result.contains("sensitivities")) << "there is no ridge to vary";
  const json collapsed = document({"--set", "loss.name=\"hinge\"", "--set", "data.noise=40", "--set", "data.alpha=50"});
  EXPECT_EQ(collapsed["replica"]["settings"]["regime"], "zero-weights");
  EXPECT_EQ(collapsed["replica"]["norm"].get<double>(), 0.0);
  expect_reasons(collapsed["replica"]);
}

TEST_F(Replica, TextNamesTheNumbersAndWritesTheResult) {
  const Finished finished = replica({"--out", "results", "--no-plot"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(finished.out.find("0.1111478206"), std::string::npos) << finished.out;
  EXPECT_NE(finished.out.find("overlap"), std::string::npos) << finished.out;
  EXPECT_TRUE(std::filesystem::exists(directory_ / "results/result.json"));
}

TEST_F(Replica, SeparabilityIsTheThreshold) {
  const json result = document({"--separability"});
  EXPECT_NEAR(result["separability"]["alpha_star"].get<double>(), 7.3737764619935566, 1e-10);
  EXPECT_NEAR(result["separability"]["intercept"].get<double>(), -0.155171461679890, 1e-7);
  EXPECT_FALSE(result["problem"]["data"].contains("alpha"));
  const json without = document({"--separability", "--set", "loss.intercept=\"none\""});
  EXPECT_NEAR(without["separability"]["alpha_star"].get<double>(), 6.6628170989223972, 1e-10);
  write("model = \"perceptron\"\n", "");
  const json always = document({"--separability"});
  EXPECT_TRUE(always["separability"]["alpha_star"].is_null());
  EXPECT_NE(always["separability"]["reason"].get<std::string>().find("every alpha"), std::string::npos);
}

std::vector<double> axis(const json& result, const std::string& key) {
  std::vector<double> values;
  for (const json& point : result["sweep"]["points"]) values.push_back(point[key].get<double>());
  return values;
}

TEST_F(Replica, SweepsListsRangesAndLogarithms) {
  const json list = document({"--sweep", "loss.ridge=0.1,1,10"});
  EXPECT_EQ(axis(list, "loss.ridge"), (std::vector<double>{0.1, 1.0, 10.0}));
  EXPECT_EQ(axis(document({"--sweep", "data.alpha=1:3:5"}), "data.alpha"),
            (std::vector<double>{1.0, 1.5, 2.0, 2.5, 3.0}));
  const auto decades = axis(document({"--sweep", "loss.ridge=1e-4:100:7:log"}), "loss.ridge");
  ASSERT_EQ(decades.size(), 7U);
  EXPECT_EQ(decades.front(), 1e-4);
  EXPECT_EQ(decades.back(), 100.0);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(decades[i] / std::pow(10.0, static_cast<double>(i) - 4), 1.0, 1e-14);
  // A point of a sweep, found from its neighbour, is what the file alone gives.
  for (const json& point : list["sweep"]["points"]) {
    EXPECT_EQ(point["status"], "ok");
    expect_reasons(point);
    const json alone = document({"--set", "loss.ridge=" + point["loss.ridge"].dump()});
    EXPECT_NEAR(point["overlap"].get<double>() / alone["replica"]["overlap"].get<double>(), 1.0, 1e-13);
    EXPECT_NEAR(point["norm"].get<double>() / alone["replica"]["norm"].get<double>(), 1.0, 1e-13);
  }
}

TEST_F(Replica, CurvesAreSweepsOfASecondKey) {
  const json result = document({"--sweep", "loss.ridge=0.1,1", "--curves", "data.alpha=1:3:3"});
  EXPECT_EQ(axis(result, "loss.ridge"), (std::vector<double>{0.1, 1.0, 0.1, 1.0, 0.1, 1.0}));
  EXPECT_EQ(axis(result, "data.alpha"), (std::vector<double>{1.0, 1.0, 2.0, 2.0, 3.0, 3.0}));
  EXPECT_EQ(result["sweep"]["curves"], "data.alpha");
  const json threshold = document({"--separability", "--sweep", "data.noise=0.5,1"});
  const json& points = threshold["sweep"]["points"];
  EXPECT_NEAR(points[0]["alpha_star"].get<double>(), 7.3737764619935566, 1e-10);
  EXPECT_NEAR(points[1]["alpha_star"].get<double>(), 4.1092131080240167, 1e-10);
}

// The logistic loss has no minimiser without a ridge below 7.37: those points say so, the others stand.
TEST_F(Replica, ASweepGoesOnPastValuesWithoutAnAnswer) {
  const json result = document({"--set", "loss.ridge=0", "--sweep", "data.alpha=2,7,8,20"});
  const json& points = result["sweep"]["points"];
  ASSERT_EQ(points.size(), 4U);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(points[i]["status"], "not-applicable");
    EXPECT_NE(points[i]["message"].get<std::string>().find("alpha*"), std::string::npos);
  }
  for (const std::size_t i : {2U, 3U}) {
    EXPECT_EQ(points[i]["status"], "ok");
    expect_reasons(points[i]);
  }
}

TEST_F(Replica, ASweepWritesATable) {
  EXPECT_EQ(replica({"--sweep", "loss.ridge=0.1,1,10", "--out", "results", "--no-plot"}).status, 0);
  const std::string table = testing_support::read_bytes(directory_ / "results/sweep.csv");
  EXPECT_TRUE(table.starts_with("loss.ridge,overlap,")) << table;
  EXPECT_EQ(testing_support::count_lines(table), 4);
  EXPECT_EQ(table.find("nan"), std::string::npos);
}

TEST_F(Replica, OptimiseFindsTheRidgeOfLeastError) {
  const json result = document({"--optimise", "ridge"});
  const double ridge = result["optimum"]["value"].get<double>();
  const double least = result["replica"]["generalisation_error"].get<double>();
  EXPECT_GT(ridge, 0.0);
  EXPECT_EQ(result["problem"]["loss"]["ridge"].get<double>(), ridge);
  for (const double factor : {0.5, 0.9, 1.1, 2.0}) {
    const json other = document({"--set", "loss.ridge=" + json(ridge * factor).dump()});
    EXPECT_GT(other["replica"]["generalisation_error"].get<double>(), least) << factor;
  }
  const json even = document({"--optimise", "ridge", "--set", "data.fraction=0.5"});
  EXPECT_TRUE(even["optimum"]["value"].is_null());
  EXPECT_NE(even["optimum"]["reason"].get<std::string>().find("large"), std::string::npos);
}

TEST_F(Replica, MistakesAreRefusedInOneSentence) {
  expect_refused({"--sweep", "x"}, "KEY=FROM:TO:COUNT");
  expect_refused({"--sweep", "data.alpha=1:2"}, "KEY=FROM:TO:COUNT");
  expect_refused({"--sweep", "data.alpha=1:2:3:lin"}, "KEY=FROM:TO:COUNT");
  expect_refused({"--sweep", "data.alpha=1:2:1"}, "2 to 10000");
  expect_refused({"--sweep", "data.alpha=0:2:3:log"}, "logarithms");
  expect_refused({"--sweep", "loss.ridge=a,b"}, "\"a\"");
  expect_refused({"--sweep", "loss.ridge="}, "--sweep");
  expect_refused({"--sweep", "data.alpah=1,2"}, "\"alpha\"");
  expect_refused({"--sweep", "data.alpha=-1,2"}, "data.alpha: -1");
  expect_refused({"--sweep", "data.alpha=1,2", "--curves", "data.alpha=3,4"}, "--curves");
  expect_refused({"--curves", "data.alpha=1,2"}, "--sweep");
  expect_refused({"--optimise", "batch"}, "allowed is ridge");
  expect_refused({"--optimise", "ridge", "--separability"}, "--separability");
  expect_refused({"--optimise", "ridge", "--sweep", "loss.ridge=0.1,1"}, "ridge");
  expect_refused({"--set", "replica.samples=3"}, "samples");
}

TEST_F(Replica, WhatTheTheoryDoesNotCoverIsRefusedInOneSentence) {
  expect_refused({"--set", "loss.ridge=0"}, "alpha* = 7.37378");
  expect_refused({"--set", "loss.name=\"square\"", "--set", "loss.ridge=0", "--set", "data.alpha=1"}, "alpha = 1");
  write(three_clusters, logistic);
  expect_refused({}, "not linear");
  expect_refused({"--separability"}, "not linear");
  expect_refused({"--sweep", "data.alpha=1,2"}, "not linear");
  for (const std::string formula : {"sigmoid(-h)", "min(1,max(0,1-h))"}) {
    write(clusters, "name = \"formula\"\nformula = \"" + formula + "\"\n");
    expect_refused({}, "not convex");
    expect_refused({"--optimise", "ridge"}, "not convex");
  }
  write(clusters, "name = \"formula\"\nformula = \"h^2\"\n");
  expect_refused({}, "margin 0");
}

// The same as a document: a status, a sentence, and no numbers.
TEST_F(Replica, ARefusalIsADocumentToo) {
  const Finished finished = replica({"--set", "loss.ridge=0", "--json"});
  EXPECT_EQ(finished.status, 2);
  const json result = json::parse(finished.out);
  EXPECT_EQ(result["status"], "not-applicable");
  EXPECT_NE(result["message"].get<std::string>().find("alpha*"), std::string::npos);
  EXPECT_FALSE(result.contains("replica"));
}

// Neither eq. 2 nor eqs. 7 and 8 has an intercept.
TEST_F(Replica, TrainingHasNoIntercept) {
  for (const std::string command : {"dmft", "simulate", "compare"}) {
    const Finished finished = run({command, "p.toml", "--set", "algorithm.name=\"gd\"", "--set",
                                   "algorithm.learning_rate=0.2", "--set", "algorithm.steps=3"});
    EXPECT_EQ(finished.status, 2) << command;
    EXPECT_EQ(testing_support::count_lines(finished.err), 1) << finished.err;
    EXPECT_NE(finished.err.find("intercept"), std::string::npos) << finished.err;
    EXPECT_EQ(directory_.count(), 1) << command;
  }
}

}  // namespace
}  // namespace sgdyn
