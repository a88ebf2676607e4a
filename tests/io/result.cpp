// Result documents: the shape users read, and that no number that is not finite leaves under status "ok".
#include "sgdyn/io/result.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "io/random_problem.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn {
namespace {

using Json = nlohmann::ordered_json;

Series series(std::vector<double> mean, std::vector<double> error) {
  Series result;
  result.mean = Eigen::Map<Eigen::VectorXd>(mean.data(), static_cast<Eigen::Index>(mean.size()));
  result.standard_error = Eigen::Map<Eigen::VectorXd>(error.data(), static_cast<Eigen::Index>(error.size()));
  return result;
}

Observables sample() {
  Observables observables;
  observables.producer = "dmft";
  observables.steps = {0, 10};
  observables.time = {0.0, 2.0};
  for (const ObservableInfo& info : observable_catalogue()) {
    observables.series.emplace(info.name, series({0.1, 1.0 / 3.0}, {0.0, 1e-17}));
  }
  observables.series["support_fraction"] = Series::unavailable("the logistic loss has no margin");
  observables.diagnostics = {{"smallest_pivot", 0.25}};
  observables.settings = {{"samples", "16384"},      {"seed", "4611686018427387904"},
                          {"average_batch", "true"}, {"tolerance", "1e-06"},
                          {"draws", "sobol"},        {"runs", "16, 32"},
                          {"sizes", "a, 1"}};
  observables.assumptions = {"N -> infinity"};
  observables.runs = 4;
  return observables;
}

TEST(ResultDocument, HasTheShapeOfTheInterface) {
  const Json document = to_json(sample());
  EXPECT_EQ(document["status"], "ok");
  EXPECT_EQ(document["message"], "");
  EXPECT_TRUE(document["dimension"].is_null()) << "no number stands for N -> infinity";
  EXPECT_EQ(document["extrapolated"], false);
  EXPECT_EQ(document["runs"], 4);
  EXPECT_EQ(document["steps"], Json({0, 10}));
  EXPECT_EQ(document["time"], Json({0.0, 2.0}));
  EXPECT_EQ(document["overlap"], Json({{"mean", {0.1, 1.0 / 3.0}}, {"stderr", {0.0, 1e-17}}}));
  EXPECT_EQ(document["settings"], Json::parse(R"({"average_batch": true, "draws": "sobol", "runs": [16, 32],
      "samples": 16384, "seed": 4611686018427387904, "sizes": "a, 1", "tolerance": 1e-06})"));
  EXPECT_EQ(document["assumptions"], Json::array({"N -> infinity"}));
  EXPECT_EQ(document["diagnostics"], Json({{"smallest_pivot", 0.25}}));
  EXPECT_FALSE(document.contains("sizes"));
  for (const ObservableInfo& info : observable_catalogue()) {
    EXPECT_TRUE(document.contains(std::string(info.name))) << info.name;
  }
}

TEST(ResultDocument, WhatCannotBeGivenIsNullWithAReason) {
  Observables observables = sample();
  observables.series.erase("norm");
  observables.series["distance"] = Series::unavailable("one copy has no distance");
  const Json document = to_json(observables);
  EXPECT_EQ(document["support_fraction"],
            Json({{"mean", nullptr}, {"stderr", nullptr}, {"reason", "the logistic loss has no margin"}}));
  for (const char* name : {"norm", "distance"}) {
    EXPECT_TRUE(document[name]["mean"].is_null()) << name;
    EXPECT_TRUE(document[name]["stderr"].is_null()) << name;
    EXPECT_FALSE(document[name]["reason"].get<std::string>().empty()) << name;
  }
  EXPECT_TRUE(document["effective_temperature"]["value"].is_null());
  EXPECT_TRUE(document["effective_temperature"].at("window").is_null());
  EXPECT_FALSE(document["effective_temperature"]["reason"].get<std::string>().empty());
  EXPECT_FALSE(document.contains("at_stop")) << "nobody looked for a stop";
  observables.effective_temperature = {Estimate::unavailable("not stationary"), {1, 2, 3, 4}, 0.0};
  EXPECT_EQ(to_json(observables)["effective_temperature"],
            Json({{"value", nullptr}, {"stderr", nullptr}, {"reason", "not stationary"}, {"window", nullptr}}));
}

TEST(ResultDocument, GivesTheEffectiveTemperatureWithItsWindow) {
  Observables observables = sample();
  observables.effective_temperature = {
      {.value = 0.25, .standard_error = 0.01, .reason = ""},
      {.first_waiting = 100, .last_waiting = 150, .shortest_lag = 5, .longest_lag = 90},
      0.5};
  EXPECT_EQ(to_json(observables)["effective_temperature"],
            Json::parse(R"({"value": 0.25, "stderr": 0.01, "window": {"waiting": [100, 150], "lag": [5, 90]}})"));
  observables.effective_temperature->temperature.value = std::nan("");
  EXPECT_THROW((void)to_json(observables), std::logic_error);
}

TEST(ResultDocument, GivesWhatHoldsAtTheStop) {
  Observables observables = sample();
  observables.at_stop["step"] = {.value = 120.0, .standard_error = 2.0, .reason = ""};
  observables.at_stop["distance"] = Estimate::unavailable("one copy has no distance");
  observables.at_stop["converged_fraction"] = {.value = 1.0, .standard_error = 0.0, .reason = ""};
  EXPECT_EQ(to_json(observables)["at_stop"], Json::parse(R"({"threshold": 1e-10,
      "step": {"value": 120.0, "stderr": 2.0},
      "distance": {"value": null, "stderr": null, "reason": "one copy has no distance"},
      "converged_fraction": {"value": 1.0, "stderr": 0.0}})"));
}

TEST(ResultDocument, GivesResponsesAfterTheCatalogue) {
  Observables observables = sample();
  observables.series["response_from_20"] = series({0.0, 0.5}, {0.0, 0.1});
  observables.series["response_from_3"] = series({1.0, 0.5}, {0.0, 0.1});
  const Json document = to_json(observables);
  EXPECT_EQ(document["response_from_20"], Json({{"mean", {0.0, 0.5}}, {"stderr", {0.0, 0.1}}}));
  std::vector<std::string> keys;
  for (const auto& [key, value] : document.items()) keys.push_back(key);
  const auto at = [&](const char* key) { return std::find(keys.begin(), keys.end(), key) - keys.begin(); };
  EXPECT_LT(at("distance"), at("response_from_3"));
  EXPECT_EQ(at("response_from_3") + 1, at("response_from_20"));
}

TEST(ResultDocument, NumbersSurviveTheText) {
  const Json again = Json::parse(to_json(sample()).dump());
  EXPECT_EQ(again["norm"]["mean"][1].get<double>(), 1.0 / 3.0);
  EXPECT_EQ(again["norm"]["stderr"][1].get<double>(), 1e-17);
}

TEST(ResultDocument, SizesHaveTheSameShape) {
  Observables extrapolated = sample();
  extrapolated.sizes = {sample(), sample()};
  extrapolated.sizes[0].dimension = 500;
  extrapolated.sizes[1].dimension = 1000;
  const Json document = to_json(extrapolated);
  EXPECT_EQ(document["extrapolated"], true);
  ASSERT_EQ(document["sizes"].size(), 2U);
  EXPECT_EQ(document["sizes"][1]["extrapolated"], false);
  EXPECT_EQ(document["sizes"][1]["dimension"], 1000);
  EXPECT_EQ(document["sizes"][1]["overlap"], document["overlap"]);
}

TEST(ResultDocument, RefusesNumbersThatAreNotFiniteUnderStatusOk) {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    Observables in_mean = sample();
    in_mean.series["norm"].mean[1] = bad;
    Observables in_error = sample();
    in_error.series["norm"].standard_error[0] = bad;
    Observables in_diagnostics = sample();
    in_diagnostics.diagnostics["smallest_pivot"] = bad;
    Observables in_size = sample();
    in_size.sizes = {in_mean};
    for (const Observables& observables : {in_mean, in_error, in_diagnostics, in_size}) {
      EXPECT_THROW((void)to_json(observables), std::logic_error);
    }
    for (const Observables& observables : {in_mean, in_error, in_size}) {
      EXPECT_THROW((void)series_csv({&observables}), std::logic_error);
    }
  }
}

TEST(ResultDocument, MarkedResultsShowThemAsNull) {
  Observables observables = sample();
  observables.status = Status::overflow;
  observables.message = "the weights passed 1e308 at step 10";
  observables.series["norm"].mean[1] = std::numeric_limits<double>::infinity();
  const Json document = to_json(observables);
  EXPECT_EQ(document["status"], "overflow");
  EXPECT_EQ(document["norm"]["mean"], Json({0.1, nullptr}));
  EXPECT_NE(series_csv({&observables}).find("dmft,norm,10,2,,1e-17,inf\n"), std::string::npos);
}

TEST(ResultDocument, RefusesASeriesOfTheWrongLength) {
  Observables observables = sample();
  observables.series["norm"] = series({1.0}, {0.0});
  EXPECT_THROW((void)to_json(observables), std::logic_error);
  EXPECT_THROW((void)series_csv({&observables}), std::logic_error);
}

TEST(ProblemDocument, MirrorsTheProblemFile) {
  Problem problem;
  problem.data = {{"two-clusters", {}}, 2.0, 0.5};
  problem.loss = {{"squared-hinge", {}}, 0.0};
  problem.algorithm = {{"persistent-sgd", {{"batch", 0.3}, {"persistence", 2.0}}}, 0.2, 300};
  EXPECT_EQ(to_json(problem), Json::parse(R"({
    "data": {"model": "two-clusters", "alpha": 2.0, "noise": 0.5, "fraction": 0.5},
    "loss": {"name": "squared-hinge", "margin": 1.0, "ridge": 0.0, "intercept": "none"},
    "algorithm": {"name": "persistent-sgd", "learning_rate": 0.2, "batch": 0.3, "persistence": 2.0, "momentum": 0.0,
                  "steps": 300},
    "initial": {"variance": 0.01, "overlap": 0.0},
    "observables": {"replicas": 1, "times": "all"}})"));
  problem.observables = {{0, 300}, 2, {20}, true};
  problem.algorithm.momentum = 0.9;
  problem.algorithm.momentum_kind = MomentumKind::nesterov;
  problem.algorithm.learning_rate.schedule = "inverse-sqrt";
  const Json document = to_json(problem);
  EXPECT_EQ(document["observables"],
            Json::parse(R"({"replicas": 2, "times": [0, 300], "response": [20], "effective_temperature": true})"));
  EXPECT_EQ(document["algorithm"]["learning_rate"],
            Json::parse(R"({"schedule": "inverse-sqrt", "initial": 0.2, "offset": 1.0})"));
  EXPECT_EQ(document["algorithm"]["momentum"], 0.9);
  EXPECT_EQ(document["algorithm"]["momentum_kind"], "nesterov");
}

TEST(ProblemDocument, RefusesAnInvalidProblem) {
  Problem problem;
  problem.data = {{"no-such-model", {}}, 2.0, 0.5};
  EXPECT_THROW((void)to_json(problem), InputError);
}

TEST(SeriesCsv, HasOneRowForEachObservableAndStep) {
  Observables theory;
  theory.producer = "dmft";
  theory.steps = {0, 10};
  theory.time = {0.0, 0.1 + 0.2};
  theory.series["overlap"] = series({0.0, 1.0 / 3.0}, {0.0, 1e-08});
  theory.series["support_fraction"] = Series::unavailable("no margin");
  Observables simulation = theory;
  simulation.producer = "simulation";
  simulation.sizes = {theory};
  simulation.sizes[0].producer = "simulation";
  simulation.sizes[0].dimension = 500;
  EXPECT_EQ(series_csv({&theory, &simulation}),
            "producer,observable,step,time,mean,stderr,dimension\n"
            "dmft,overlap,0,0,0,0,inf\n"
            "dmft,overlap,10,0.30000000000000004,0.3333333333333333,1e-08,inf\n"
            "simulation,overlap,0,0,0,0,inf\n"
            "simulation,overlap,10,0.30000000000000004,0.3333333333333333,1e-08,inf\n"
            "simulation,overlap,0,0,0,0,500\n"
            "simulation,overlap,10,0.30000000000000004,0.3333333333333333,1e-08,500\n");
}

}  // namespace
}  // namespace sgdyn
