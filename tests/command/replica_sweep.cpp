// sgdyn replica --sweep: values, tables, failures, figures, and what is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "command/fake_gnuplot.hpp"
#include "command/replica_fixture.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_support::expect_reasons;
using testing_support::Finished;
using testing_support::read_bytes;

class ReplicaSweep : public testing_support::Replica {
 protected:
  // What gnuplot is asked to draw.
  [[nodiscard]] std::string script_of(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"replica", "p.toml", "--out", "o"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto environment = testing_support::with_gnuplot(directory_, "cp \"$2\" ../../../script\n");
    fs::remove(directory_ / "script");
    const Finished finished = run(arguments, environment);
    EXPECT_NE(finished.err.find("no figures"), std::string::npos) << "gnuplot was not asked: " << finished.err;
    const fs::path script = directory_ / "script";
    return fs::exists(script) ? read_bytes(script) : "";
  }
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<double> axis(const json& result, const std::string& key) {
  std::vector<double> values;
  for (const json& point : result["sweep"]["points"]) values.push_back(point[key].get<double>());
  return values;
}

TEST_F(ReplicaSweep, SweepsListsRangesAndLogarithms) {
  const json list = document({"--sweep", "loss.ridge=0.1,1,10"});
  EXPECT_EQ(axis(list, "loss.ridge"), (std::vector<double>{0.1, 1.0, 10.0}));
  EXPECT_EQ(axis(document({"--sweep", "data.alpha=1:3:5"}), "data.alpha"),
            (std::vector<double>{1.0, 1.5, 2.0, 2.5, 3.0}));
  const auto decades = axis(document({"--sweep", "loss.ridge=1e-4:100:7:log"}), "loss.ridge");
  ASSERT_EQ(decades.size(), 7U);
  EXPECT_EQ(decades.front(), 1e-4);
  EXPECT_EQ(decades.back(), 100.0);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(decades[i] / std::pow(10.0, static_cast<double>(i) - 4), 1.0, 1e-14);
  EXPECT_EQ(axis(document({"--sweep", "loss.ridge=0.1:0.5:5"}), "loss.ridge"),
            (std::vector<double>{0.1, 0.2, 0.3, 0.4, 0.5}));
  // A point of a sweep, found from its neighbour, is what the file alone gives.
  for (const json& point : list["sweep"]["points"]) {
    EXPECT_EQ(point["status"], "ok");
    expect_reasons(point);
    const json alone = document({"--set", "loss.ridge=" + point["loss.ridge"].dump()});
    EXPECT_NEAR(point["overlap"].get<double>() / alone["replica"]["overlap"].get<double>(), 1.0, 1e-13);
    EXPECT_NEAR(point["norm"].get<double>() / alone["replica"]["norm"].get<double>(), 1.0, 1e-13);
  }
}

TEST_F(ReplicaSweep, CurvesAreSweepsOfASecondKey) {
  const json result = document({"--sweep", "loss.ridge=0.1,1", "--curves", "data.alpha=1:3:3"});
  EXPECT_EQ(axis(result, "loss.ridge"), (std::vector<double>{0.1, 1.0, 0.1, 1.0, 0.1, 1.0}));
  EXPECT_EQ(axis(result, "data.alpha"), (std::vector<double>{1.0, 1.0, 2.0, 2.0, 3.0, 3.0}));
  EXPECT_EQ(result["sweep"]["curves"], "data.alpha");
  const json threshold = document({"--separability", "--sweep", "data.noise=0.5,1"});
  const json& points = threshold["sweep"]["points"];
  EXPECT_NEAR(points[0]["alpha_star"].get<double>(), 7.3737764619935566, 1e-10);
  EXPECT_NEAR(points[1]["alpha_star"].get<double>(), 4.1092131080240167, 1e-10);
}

TEST_F(ReplicaSweep, ASweepWritesATable) {
  EXPECT_EQ(replica({"--sweep", "loss.ridge=0.1,1,10", "--out", "results", "--no-plot"}).status, 0);
  const std::string table = testing_support::read_bytes(directory_ / "results/sweep.csv");
  EXPECT_TRUE(table.starts_with("loss.ridge,overlap,")) << table;
  EXPECT_EQ(testing_support::count_lines(table), 4);
  EXPECT_EQ(table.find("nan"), std::string::npos);
}

TEST_F(ReplicaSweep, ColumnsOfTheTableAreTwoBlanksApart) {
  const Finished finished = replica({"--sweep", "data.alpha=0.01234567890123,2", "--curves",
                                     "loss.ridge=0.012663801734512,1e-7,0.5", "--out", "o", "--no-plot"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const std::vector<std::string> lines = lines_of(finished.out);
  ASSERT_EQ(lines.size(), 1U + 1U + 6U + 1U) << finished.out;
  const std::size_t columns = words_of(lines[1]).size();
  EXPECT_EQ(columns, 10U);
  const std::regex apart("(  +[^ ]+)+");
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    EXPECT_EQ(words_of(lines[i]).size(), columns) << lines[i];
    EXPECT_TRUE(std::regex_match(lines[i], apart)) << lines[i];
  }
  EXPECT_TRUE(contains(lines[2], "  0.0126638")) << lines[2];
}

// The logistic loss has no minimiser without a ridge below 7.37: those points say so, the others stand.
TEST_F(ReplicaSweep, GoesOnPastValuesWithoutAnAnswer) {
  const std::vector<std::string> asked{"--set", "loss.ridge=0", "--sweep", "data.alpha=2,7,8,20"};
  const json result = document(asked);
  const json& points = result["sweep"]["points"];
  ASSERT_EQ(points.size(), 4U);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(points[i]["status"], "not-applicable");
    EXPECT_TRUE(points[i]["overlap"].is_null());
    EXPECT_TRUE(contains(points[i]["reason"].get<std::string>(), "alpha*"));
  }
  for (const std::size_t i : {2U, 3U}) {
    EXPECT_EQ(points[i]["status"], "ok");
    EXPECT_TRUE(points[i]["overlap"].is_number());
    expect_reasons(points[i]);
  }
  std::vector<std::string> in_files = asked;
  in_files.insert(in_files.end(), {"--out", "o", "--no-plot"});
  const Finished finished = replica(in_files);
  EXPECT_EQ(finished.status, 0);
  const std::vector<std::string> lines = lines_of(finished.out);
  ASSERT_EQ(lines.size(), 8U) << finished.out;
  EXPECT_EQ(words_of(lines[2]),
            (std::vector<std::string>{"2", "-", "-", "-", "-", "-", "-", "-", "-", "not-applicable"}));
  EXPECT_TRUE(contains(lines[6], "2 of 4 points have no answer (2 not-applicable), the first at data.alpha = 2: "))
      << lines[6];
}

// Data of so little noise are separable up to an alpha beyond the largest double.
TEST_F(ReplicaSweep, ANumericalFailureIsMarkedAndIsTheExitStatus) {
  const std::vector<std::string> asked{"--separability", "--sweep", "data.noise=1e-4,0.5"};
  std::vector<std::string> in_files = asked;
  in_files.insert(in_files.end(), {"--out", "o", "--no-plot"});
  const Finished finished = replica(in_files);
  EXPECT_EQ(finished.status, 3);
  EXPECT_TRUE(contains(finished.out, "1 of 2 points has no answer (1 overflow)")) << finished.out;
  EXPECT_TRUE(contains(read_bytes(directory_ / "o/sweep.csv"), "1e-04,,,,overflow\n"));
  const json result = json::parse(read_bytes(directory_ / "o/result.json"));
  EXPECT_EQ(result["status"], "overflow");
  const json& points = result["sweep"]["points"];
  EXPECT_EQ(points[0]["status"], "overflow");
  EXPECT_TRUE(points[0]["alpha_star"].is_null());
  EXPECT_FALSE(points[0]["reason"].get<std::string>().empty());
  EXPECT_EQ(points[1]["status"], "ok");
  EXPECT_NEAR(points[1]["alpha_star"].get<double>(), 7.3737764619935566, 1e-10);
}

// The norm of the interpolator diverges at alpha = 1.
TEST_F(ReplicaSweep, FiguresHaveAGapWhereThereIsNoAnswer) {
  const std::string script = script_of({"--set", "loss.name=square", "--set", "loss.ridge=0", "--set",
                                        "loss.intercept=none", "--sweep", "data.alpha=2,1,0.5"});
  const std::size_t block = script.find("$curve0");
  ASSERT_NE(block, std::string::npos) << script;
  const std::vector<std::string> lines = lines_of(script.substr(block));
  EXPECT_TRUE(lines[1].starts_with("0.5 0.")) << lines[1];  // in the order of the axis, however typed
  EXPECT_EQ(lines[2], "1 NaN");
  EXPECT_TRUE(lines[3].starts_with("2 0.")) << lines[3];
}

// The data are separable at every alpha: an answer at every point, and a number at none.
TEST_F(ReplicaSweep, NoFigureIsDrawnOfNothing) {
  testing_support::write_bytes(directory_ / "p.toml", "[data]\nmodel = \"perceptron\"\n");
  const Finished finished = replica({"--separability", "--sweep", "data.noise=0.5,1", "--out", "o", "--quiet"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.err, "");
  EXPECT_FALSE(fs::exists(directory_ / "o/figures"));
}

// As the same problem is without --sweep, whatever the reason.
TEST_F(ReplicaSweep, WithoutASingleAnswerItIsRefused) {
  const std::string none = "no point of the sweep has an answer, the first at ";
  expect_refused({"--set", "loss.ridge=0", "--sweep", "data.alpha=2,3"}, none + "data.alpha = 2: a finite minimiser");
  const Finished finished = replica({"--set", "loss.ridge=0", "--sweep", "data.alpha=2,3", "--json"});
  EXPECT_EQ(finished.status, 2);
  const json result = json::parse(finished.out);
  EXPECT_EQ(result["status"], "not-applicable");
  EXPECT_TRUE(contains(result["message"].get<std::string>(), none)) << result["message"];
  EXPECT_FALSE(result.contains("sweep"));
  write(three_clusters, logistic);
  expect_refused({"--sweep", "data.half_width=0.5,0.7"}, none + "data.half_width = 0.5: an objective convex in w");
  expect_refused({"--separability", "--sweep", "data.half_width=0.5,0.7"}, none + "data.half_width = 0.5: ");
}

// The first point is one the theory does not apply to; the run ends as it does because of the second.
TEST_F(ReplicaSweep, TheReasonGivenIsOfTheStatusGiven) {
  const Finished finished =
      replica({"--set", "loss.ridge=0", "--sweep", "data.alpha=2,1e300,20", "--out", "o", "--no-plot"});
  EXPECT_EQ(finished.status, 3);
  const json result = json::parse(read_bytes(directory_ / "o/result.json"));
  const json& points = result["sweep"]["points"];
  EXPECT_EQ(points[0]["status"], "not-applicable");
  EXPECT_EQ(points[1]["status"], "not-converged");
  EXPECT_EQ(result["status"], "not-converged");
  EXPECT_EQ(result["message"].get<std::string>(),
            "2 of 3 points have no answer (1 not-converged, 1 not-applicable), the first not-converged at data.alpha = "
            "1e+300: " +
                points[1]["message"].get<std::string>());
}

// Even labels want a ridge without bound: what is found at the last one looked at is nobody's.
TEST_F(ReplicaSweep, WithoutABestRidgeOnlyTheErrorIsGiven) {
  const std::vector<std::string> asked{"--optimise", "ridge", "--sweep", "data.fraction=0.3,0.5"};
  const json result = document(asked);
  const json& points = result["sweep"]["points"];
  EXPECT_TRUE(points[0]["overlap"].is_number());
  EXPECT_EQ(points[0]["regime"], "ridge");
  const json& without = points[1];
  EXPECT_EQ(without["status"], "ok");
  EXPECT_TRUE(without["optimum"]["value"].is_null());
  for (const char* name : {"overlap", "norm", "response", "intercept", "training_loss", "objective", "regime"}) {
    EXPECT_TRUE(without[name].is_null()) << name;
  }
  expect_reasons(without);
  EXPECT_TRUE(contains(without["reasons"]["norm"].get<std::string>(), "however large the ridge becomes"));
  EXPECT_EQ(without["generalisation_error"], without["optimum"]["generalisation_error"]);
  EXPECT_TRUE(without["generalisation_error"].is_number());
  EXPECT_TRUE(without["bayes_error"].is_number());
  EXPECT_TRUE(contains(result["notes"][0].get<std::string>(), "1 of 2 points has no best ridge")) << result["notes"];
  std::vector<std::string> in_files = asked;
  in_files.insert(in_files.end(), {"--out", "o", "--no-plot"});
  EXPECT_TRUE(contains(replica(in_files).out, "1 of 2 points has no best ridge"));
  const std::string table = read_bytes(directory_ / "o/sweep.csv");
  EXPECT_TRUE(std::regex_search(table, std::regex("\n0\\.5,,,,,,0\\.1029[0-9]*,0\\.1029[0-9]*,,,ok\n"))) << table;
}

TEST_F(ReplicaSweep, EveryBoundHasItsOwnEntryUnlessAllCurvesShareIt) {
  const std::string own = script_of({"--sweep", "loss.ridge=1e-5:10:5:log", "--curves", "data.alpha=1,2"});
  for (const char* entry :
       {"'\u03b1 = 1'", "'\u03b1 = 2'", "'Bayes-optimal, \u03b1 = 1'", "'Bayes-optimal, \u03b1 = 2'"}) {
    EXPECT_EQ(count(own, entry), 2U) << entry;  // SVG and PNG
  }
  EXPECT_TRUE(contains(own, "'10^{-5}'")) << "powers of ten are written as such";
  const std::string shared = script_of({"--sweep", "data.alpha=1:4:5", "--curves", "loss.ridge=0.1,1"});
  EXPECT_EQ(count(shared, "Bayes-optimal"), 2U);
  EXPECT_EQ(count(shared, "lc rgb '#222222' title 'Bayes-optimal'"), 2U);
  EXPECT_TRUE(contains(script_of({"--sweep", "data.alpha=1"}), "$bound0 using 1:2 with points")) << "no line to see";
  const std::string many = script_of({"--sweep", "loss.ridge=0.1:10:5:log", "--curves", "data.alpha=1:20:20"});
  EXPECT_EQ(count(many, " title '\u03b1 = "), 2U * 6U) << "a legend of twenty lines";
  EXPECT_EQ(count(many, "title 'Bayes-optimal, same colours'"), 2U);
}

TEST_F(ReplicaSweep, ErrorsOverMoreThanADecadeAreDrawnInLogarithms) {
  EXPECT_TRUE(contains(script_of({"--sweep", "data.noise=0.05:1:5"}), "\nset logscale y\n"));
  const std::string narrow = script_of({"--sweep", "data.noise=0.5:1:5"});
  EXPECT_TRUE(contains(narrow, "unset logscale y\n"));
  EXPECT_FALSE(contains(narrow, "\nset logscale y\n"));
}

TEST_F(ReplicaSweep, WhatIsOptimisedOrSweptIsNotShownAsFixed) {
  const std::vector<std::string> asked{"--optimise",       "ridge",    "--sweep",
                                       "data.alpha=1:3:5", "--curves", "data.noise=0.5,1"};
  const std::string script = script_of(asked);
  EXPECT_TRUE(contains(script, "set title 'minimiser, logistic, two-clusters: fraction = 0.3, \u03bb optimal, "))
      << script;
  std::vector<std::string> in_files = asked;
  in_files.insert(in_files.end(), {"--out", "o", "--no-plot"});
  const Finished finished = replica(in_files);
  EXPECT_TRUE(contains(finished.out, "\u03b1 = 1 to 3, \u0394 = 0.5, 1, fraction = 0.3, \u03bb optimal"))
      << finished.out;
  EXPECT_TRUE(contains(finished.out, "best_ridge")) << finished.out;
  EXPECT_FALSE(contains(read_bytes(directory_ / "o/report.html").substr(0, 5000), "\u03bb = 0.1"));
}

TEST_F(ReplicaSweep, TheReportNamesTheTableAndExplainsItsColumns) {
  ASSERT_EQ(replica({"--sweep", "data.alpha=1,2", "--out", "o", "--no-plot"}).status, 0);
  const std::string report = read_bytes(directory_ / "o/report.html");
  EXPECT_TRUE(contains(report, "The numbers are in result.json, sweep.csv."));
  EXPECT_TRUE(contains(report, "<td>bayes error</td>"));
  ASSERT_EQ(replica({"--sweep", "data.alpha=1:3:1000", "--out", "o", "--no-plot"}).status, 0);
  EXPECT_LT(count(read_bytes(directory_ / "o/report.html"), "\n"), 700U) << "a thousand points are in sweep.csv";
}

TEST_F(ReplicaSweep, RunsAboutOneProblemKeepTheirOwnDirectories) {
  const std::vector<std::vector<std::string>> runs{
      {"--sweep", "data.noise=1,2"},
      {},
      {"--optimise", "ridge"},
      {"--separability"},
      {"--separability", "--sweep", "data.noise=1,2"},
      {"--optimise", "ridge", "--sweep", "data.noise=1,2"},
      {"--sweep", "data.noise=1,3"},
      {"--sweep", "data.noise=1,2", "--curves", "data.alpha=1,2"},
  };
  for (std::vector<std::string> more : runs) {
    more.emplace_back("--no-plot");
    EXPECT_EQ(replica(more).status, 0);
  }
  std::set<std::string> names;
  int tables = 0;
  for (const auto& entry : fs::directory_iterator(directory_ / "sgdyn-out")) {
    names.insert(entry.path().filename().string());
    tables += fs::exists(entry.path() / "sweep.csv") ? 1 : 0;
  }
  EXPECT_EQ(names.size(), runs.size());
  EXPECT_EQ(tables, 5);
  const std::regex plain("p-[0-9a-f]{16}");
  EXPECT_EQ(std::count_if(names.begin(), names.end(), [&](const auto& name) { return std::regex_match(name, plain); }),
            1);
}

TEST_F(ReplicaSweep, MistakesAreRefusedInOneSentence) {
  expect_refused({"--sweep", "x"}, "KEY=FROM:TO:COUNT");
  expect_refused({"--sweep", "data.alpha=1:2"}, "KEY=FROM:TO:COUNT");
  expect_refused({"--sweep", "data.alpha=1:2:3:lin"}, "KEY=FROM:TO:COUNT");
  expect_refused({"--sweep", "data.alpha=1:2:1"}, "2 to 10000");
  expect_refused({"--sweep", "data.alpha=0:2:3:log"}, "logarithms");
  expect_refused({"--sweep", "loss.ridge=a,b"}, "\"a\"");
  expect_refused({"--sweep", "loss.ridge="}, "--sweep");
  expect_refused({"--sweep", "data.alpah=1,2"}, "did you mean \"data.alpha\"");
  expect_refused({"--sweep", "alpha=1,2"}, "did you mean \"data.alpha\"");
  expect_refused({"--sweep", "data.alpha=-1,2"}, "data.alpha: -1");
  expect_refused({"--sweep", "data.alpha=1,2", "--curves", "data.noise=1,0"}, "--curves: data.noise: 0");
  expect_refused({"--sweep", "data.alpha=1,2", "--curves", "data.alpha=3,4"}, "--curves");
  expect_refused({"--curves", "data.alpha=1,2"}, "--sweep");
}

// Numbers that nothing would be a function of.
TEST_F(ReplicaSweep, KeysThatChangeNothingAreRefused) {
  const std::string of_minimiser = "allowed is data.alpha, data.noise, data.fraction, loss.ridge\n";
  for (const std::string key : {"dmft.samples", "algorithm.learning_rate", "loss.margin", "data.half_width"}) {
    expect_refused({"--sweep", key + "=1,2"}, "\"" + key + "\" is not a number that changes the minimiser");
    expect_refused({"--sweep", key + "=1,2"}, of_minimiser);
    expect_refused({"--sweep", "data.alpha=1,2", "--curves", key + "=1,2"}, of_minimiser);
  }
  const std::string of_threshold = "changes alpha*; allowed is data.noise, data.fraction\n";
  for (const std::string key : {"data.alpha", "loss.ridge"}) {
    expect_refused({"--separability", "--sweep", key + "=1,2"}, of_threshold);
  }
}

TEST_F(ReplicaSweep, MorePointsThanAComputerHoldsAreRefused) {
  expect_refused({"--sweep", "data.alpha=1:2:10000", "--curves", "loss.ridge=0.1:1:10000"},
                 "make 100000000 points; allowed are 100000 points in all");
  expect_refused({"--sweep", "data.alpha=1:2:317", "--curves", "loss.ridge=0.1:1:317"}, "100000 points in all");
}

}  // namespace
}  // namespace sgdyn
