// sgdyn replica: the fixed point, its threshold, sweeps, and what is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/replica_fixture.hpp"

namespace sgdyn {
namespace {

using nlohmann::json;
using testing_support::expect_reasons;
using testing_support::Finished;
using testing_support::Replica;

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
  // There is no ridge to vary.
  EXPECT_TRUE(result.contains("sensitivities") && result["sensitivities"].is_null());
  EXPECT_NE(result["reasons"]["sensitivities"].get<std::string>().find("max-margin"), std::string::npos);
  const json collapsed = document({"--set", "loss.name=\"hinge\"", "--set", "data.noise=40", "--set", "data.alpha=50"});
  EXPECT_EQ(collapsed["replica"]["settings"]["regime"], "zero-weights");
  EXPECT_EQ(collapsed["replica"]["norm"].get<double>(), 0.0);
  expect_reasons(collapsed["replica"]);
  EXPECT_TRUE(collapsed["sensitivities"].is_null());
  EXPECT_NE(collapsed["reasons"]["sensitivities"].get<std::string>().find("kink"), std::string::npos);
  EXPECT_FALSE(document({}).contains("reasons"));
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

TEST_F(Replica, OptimiseFindsTheRidgeOfLeastError) {
  const json result = document({"--optimise", "ridge"});
  const double ridge = result["optimum"]["value"].get<double>();
  const double least = result["replica"]["generalisation_error"].get<double>();
  EXPECT_GT(ridge, 0.0);
  EXPECT_EQ(result["problem"]["loss"]["ridge"].get<double>(), ridge);
  const json alone = document({});
  EXPECT_EQ(result["optimum"]["given"]["value"], 0.1);
  EXPECT_EQ(result["optimum"]["given"]["generalisation_error"], alone["replica"]["generalisation_error"]);
  for (const double factor : {0.5, 0.9, 1.1, 2.0}) {
    const json other = document({"--set", "loss.ridge=" + json(ridge * factor).dump()});
    EXPECT_GT(other["replica"]["generalisation_error"].get<double>(), least) << factor;
  }
  const json even = document({"--optimise", "ridge", "--set", "data.fraction=0.5"});
  EXPECT_TRUE(even["optimum"]["value"].is_null());
  EXPECT_NE(even["optimum"]["reason"].get<std::string>().find("large"), std::string::npos);
}

TEST_F(Replica, WhatTheBestRidgeGainsIsSaid) {
  const Finished finished = replica({"--optimise", "ridge", "--set", "loss.ridge=3", "--out", "o", "--no-plot"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  for (const char* text : {"(optimal)", "the generalisation error is least at ridge = 0.09",
                           "at the ridge given, 3, it is 0.29", " % more"}) {
    EXPECT_NE(finished.out.find(text), std::string::npos) << text << "\n" << finished.out;
  }
  const json without = document({"--optimise", "ridge", "--set", "loss.ridge=0"});
  EXPECT_GT(without["optimum"]["value"].get<double>(), 0.0);
  EXPECT_TRUE(without["optimum"]["given"]["generalisation_error"].is_null());
  EXPECT_NE(without["optimum"]["given"]["reason"].get<std::string>().find("alpha*"), std::string::npos);
}

// So little noise is hidden by rounding at every ridge.
TEST_F(Replica, WithoutASolutionAtAnyRidgeTheOptimumSaysWhy) {
  const Finished finished = replica(
      {"--optimise", "ridge", "--set", "data.noise=1e-300", "--set", "loss.name=square", "--out", "o", "--no-plot"});
  EXPECT_EQ(finished.status, 3);
  const json result = json::parse(testing_support::read_bytes(directory_ / "o/result.json"));
  EXPECT_EQ(result["status"], "not-converged");
  EXPECT_TRUE(result["optimum"]["value"].is_null());
  EXPECT_EQ(result["optimum"]["reason"], result["message"]);
  EXPECT_NE(finished.out.find("no ridge of least generalisation error was found: "), std::string::npos) << finished.out;
}

TEST_F(Replica, TheReportExplainsWhatItShows) {
  ASSERT_EQ(replica({"--out", "o", "--no-plot"}).status, 0);
  std::string report = testing_support::read_bytes(directory_ / "o/report.html");
  for (const std::string name : {"response", "proximal width", "ridge times response", "stability", "objective",
                                 "residual", "regime", "bayes error", "intercept", "iterations"}) {
    EXPECT_NE(report.find("<tr><td>" + name + "</td><td class=\"left\">"), std::string::npos) << name;
  }
  EXPECT_NE(report.find("The numbers are in result.json, series.csv."), std::string::npos);
  ASSERT_EQ(replica({"--separability", "--out", "o", "--no-plot"}).status, 0);
  report = testing_support::read_bytes(directory_ / "o/report.html");
  for (const std::string row : {"<tr><td>alpha star</td><td>7.37377646199", "<tr><td>overlap</td><td>0.",
                                "<tr><td>intercept</td><td>-0.155171461", "samples a weight up to which"}) {
    EXPECT_NE(report.find(row), std::string::npos) << row;
  }
  EXPECT_EQ(report.find("<tbody>\n</tbody>"), std::string::npos) << "an empty table";
}

// Fewer data sets would give error bars of their own that nobody could trust.
TEST_F(Replica, RaisedRunsAreNoted) {
  const auto compare = [&](const std::string& runs) {
    return run({"compare", "p.toml", "--theory", "replica", "--set", "simulation.dimension=16", "--set",
                "simulation.runs=" + runs, "--set", "comparison.resolution=5", "--no-plot", "--out", "o"});
  };
  const std::string note = "simulation.runs = 8 was raised to 64";
  EXPECT_NE(compare("8").out.find("note: " + note), std::string::npos);
  const json document = json::parse(testing_support::read_bytes(directory_ / "o/result.json"));
  EXPECT_EQ(document["notes"][0].get<std::string>().find(note), 0U) << document["notes"];
  EXPECT_EQ(compare("64").out.find("was raised"), std::string::npos);
}

TEST_F(Replica, MistakesAreRefusedInOneSentence) {
  expect_refused({"--optimise", "rigde"}, "did you mean \"ridge\"");
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
