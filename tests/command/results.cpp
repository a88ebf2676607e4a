// What the subcommands give back: documents, files, reports and exit statuses.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "command/in_scratch.hpp"
#include "sgdyn/io/npy.hpp"

namespace sgdyn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_support::Finished;
using testing_support::read_bytes;

class Results : public testing_support::InScratch {
 protected:
  void SetUp() override { testing_support::write_bytes(directory_ / "p.toml", testing_support::small_problem()); }

  [[nodiscard]] static json parsed(const Finished& finished) {
    const json document = json::parse(finished.out, nullptr, false);
    EXPECT_FALSE(document.is_discarded()) << "stdout is not one JSON document:\n" << finished.out << finished.err;
    return document;
  }
};

TEST_F(Results, CompareWithJsonPrintsOneDocumentAndWritesNothing) {
  const Finished finished = run({"compare", "p.toml", "--json"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const json document = parsed(finished);
  EXPECT_EQ(document["schema"], "sgdyn-result/1");
  EXPECT_EQ(document["command"], "compare");
  EXPECT_EQ(document["status"], "ok");
  EXPECT_EQ(document["verdict"], "agree");
  EXPECT_EQ(document["dmft"]["steps"].size(), 9U);
  EXPECT_EQ(document["dmft"]["overlap"]["mean"].size(), 9U);
  EXPECT_EQ(document["simulation"]["sizes"].size(), 3U);  // N/4, N/2 and N
  EXPECT_EQ(document["provenance"]["seed"], 1);
  // Six observables at nine steps: squared hinge has a margin, so none is missing.
  EXPECT_EQ(document["agreement"].size(), 54U);
  for (const char* key :
       {"observable", "step", "theory", "theory_stderr", "simulation", "simulation_stderr", "z", "relative_gap"}) {
    EXPECT_TRUE(document["agreement"][0].contains(key)) << key;
  }
  EXPECT_EQ(directory_.count(), 1);
}

TEST_F(Results, SeveralDimensionsAreTakenAsGiven) {
  const json document = parsed(run({"compare", "p.toml", "--json", "--set", "simulation.dimension=[40, 80]"}));
  ASSERT_EQ(document["simulation"]["sizes"].size(), 2U);
  EXPECT_EQ(document["simulation"]["sizes"][0]["dimension"], 40);
  EXPECT_EQ(document["simulation"]["sizes"][1]["dimension"], 80);
}

// Gradient descent (every sample, every step) is another dynamics than SGD with batch 0.4.
TEST_F(Results, TheoryOfAnotherAlgorithmDisagrees) {
  const Finished finished = run({"compare", "p.toml", "--json", "--theory-algorithm", "gd"});
  EXPECT_EQ(finished.status, 1) << finished.err;
  const json document = parsed(finished);
  EXPECT_EQ(document["verdict"], "disagree");
  EXPECT_EQ(document["problem"]["algorithm"]["name"], "sgd");
  EXPECT_EQ(document["theory_problem"]["algorithm"]["name"], "gd");
}

TEST_F(Results, WideErrorBarsAreInconclusive) {
  const Finished finished = run({"compare", "p.toml", "--json", "--set", "comparison.resolution=1e-6"});
  EXPECT_EQ(finished.status, 4) << finished.err;
  EXPECT_EQ(parsed(finished)["verdict"], "inconclusive");
}

// A square loss at a huge learning rate multiplies the weights at every step.
TEST_F(Results, OverflowIsMarkedAndWhatCameBeforeIsKept) {
  const Finished finished = run({"compare", "p.toml", "--out", "o", "--no-plot", "--set", "loss.name=square", "--set",
                                 "algorithm.learning_rate=1e9", "--set", "algorithm.steps=80"});
  EXPECT_EQ(finished.status, 3) << finished.err;
  const json document = json::parse(read_bytes(directory_ / "o/result.json"));
  EXPECT_EQ(document["status"], "overflow");
  EXPECT_EQ(document["verdict"], "inconclusive");
  EXPECT_GT(document["dmft"]["steps"].size(), 0U);
  EXPECT_LT(document["dmft"]["steps"].size(), 81U);
}

TEST_F(Results, ThreadsChangeNothingButProvenance) {
  json one = parsed(run({"compare", "p.toml", "--json", "--threads", "1"}));
  json two = parsed(run({"compare", "p.toml", "--json", "--threads", "2"}));
  EXPECT_EQ(one["provenance"]["threads"], 1);
  EXPECT_EQ(two["provenance"]["threads"], 2);
  one.erase("provenance");
  two.erase("provenance");
  EXPECT_EQ(one.dump(), two.dump());
}

TEST_F(Results, SeedReplacesTheSeedsOfAllTables) {
  const json first = parsed(run({"compare", "p.toml", "--json"}));
  const json other = parsed(run({"compare", "p.toml", "--json", "--seed", "7"}));
  EXPECT_EQ(other["provenance"]["seed"], 7);
  EXPECT_EQ(other["provenance"]["seeds"], (json{{"dmft", 7}, {"simulation", 7}}));
  EXPECT_NE(first["dmft"]["overlap"], other["dmft"]["overlap"]);
  EXPECT_NE(first["simulation"]["overlap"], other["simulation"]["overlap"]);
}

TEST_F(Results, DmftAndSimulateGiveTheirOwnBlock) {
  const json theory = parsed(run({"dmft", "p.toml", "--json"}));
  EXPECT_TRUE(theory.contains("dmft"));
  EXPECT_FALSE(theory.contains("simulation"));
  EXPECT_FALSE(theory.contains("verdict"));
  const json simulation = parsed(run({"simulate", "p.toml", "--json"}));
  EXPECT_TRUE(simulation.contains("simulation"));
  EXPECT_EQ(simulation["simulation"]["dimension"], 64);  // one N means one N
  EXPECT_FALSE(simulation["simulation"].contains("sizes"));
}

TEST_F(Results, ErrorChoosesTheSamples) {
  const Finished met = run({"dmft", "p.toml", "--json", "--error", "0.003", "--set", "dmft.samples=64"});
  EXPECT_EQ(met.status, 0) << met.err;
  const json document = parsed(met);
  EXPECT_GT(document["dmft"]["settings"]["samples"].get<long>(), 64);
  for (const char* name : {"overlap", "norm", "training_loss", "training_accuracy", "generalisation_error"}) {
    for (const double error : document["dmft"][name]["stderr"]) EXPECT_LE(error, 0.003) << name;
  }
}

TEST_F(Results, ErrorOutOfReachIsNotConverged) {
  const Finished missed = run({"dmft", "p.toml", "--json", "--error", "1e-12", "--set", "algorithm.steps=1", "--set",
                               "dmft.samples=524288", "--threads", "2"});
  EXPECT_EQ(missed.status, 3) << missed.err;
  const json document = parsed(missed);
  EXPECT_EQ(document["status"], "not-converged");
  // The sentence names the observable, its step, and what is allowed.
  const std::string message = document["message"];
  EXPECT_NE(message.find(" at step "), std::string::npos) << message;
  EXPECT_NE(message.find("524288 samples"), std::string::npos) << message;
  EXPECT_NE(message.find("16777216 samples allowed"), std::string::npos) << message;
  EXPECT_NE(missed.err.find(message), std::string::npos) << missed.err;
}

TEST_F(Results, HelpOfErrorSaysWhichObservablesAreMeantAndWhereItEnds) {
  const std::string help = run({"dmft", "--help"}).out;
  for (const char* part : {"every observable", "16777216"}) EXPECT_NE(help.find(part), std::string::npos) << help;
}

TEST_F(Results, QuantitiesThatCannotBeGivenAreNullWithAReason) {
  const json document = parsed(run({"compare", "p.toml", "--json"}));
  for (const char* producer : {"dmft", "simulation"}) {
    const json& block = document[producer];
    EXPECT_TRUE(block["dimension"].is_null()) << producer;
    EXPECT_EQ(block["extrapolated"], producer == std::string("simulation"));
    for (const char* name : {"distance", "effective_temperature", "correlation", "response"}) {
      EXPECT_GT(block[name]["reason"].get<std::string>().size(), 20U) << producer << " " << name;
    }
    EXPECT_NE(block["distance"]["reason"].get<std::string>().find("observables.replicas = 2"), std::string::npos);
    for (const char* key : {"value", "stderr", "window"}) {
      EXPECT_TRUE(block["effective_temperature"].at(key).is_null()) << producer << " " << key;
    }
  }
  EXPECT_EQ(document["simulation"]["settings"]["dimension"], (json{16, 32, 64}));
  EXPECT_EQ(document["dmft"]["settings"]["samples"], 1024);
  EXPECT_EQ(document["dmft"]["settings"]["average_batch"], true);
  EXPECT_EQ(document["dmft"]["settings"]["draws"], "sobol");
}

// At first no sample has reached the margin of the hinge loss: nothing tells how the weights respond to one push.
TEST_F(Results, WithheldResponseIsExplained) {
  const std::vector<std::string> settings{
      "dmft", "p.toml", "--set", "loss.name=hinge", "--set", "algorithm.name=gd", "--set", "dmft.samples=4096"};
  // Gradient descent takes no batch.
  std::string text = testing_support::small_problem();
  text.erase(text.find("batch = 0.4\n"), std::string("batch = 0.4\n").size());
  testing_support::write_bytes(directory_ / "p.toml", text);
  std::vector<std::string> arguments = settings;
  arguments.insert(arguments.end(), {"--out", "o"});
  const Finished finished = run(arguments);
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(finished.out.find("note: no response R(t,t') is given by DMFT"), std::string::npos) << finished.out;
  const json document = json::parse(read_bytes(directory_ / "o/result.json"));
  EXPECT_EQ(document["dmft"]["correlation"]["array"], "arrays/dmft_correlation.npy");
  EXPECT_TRUE(document["dmft"]["response"]["array"].is_null());
  EXPECT_NE(document["dmft"]["response"]["reason"].get<std::string>().find("hinge"), std::string::npos);
  EXPECT_EQ(document["notes"].size(), 1U);
  EXPECT_FALSE(fs::exists(directory_ / "o/arrays/dmft_response.npy"));
  EXPECT_NE(read_bytes(directory_ / "o/report.html").find("no response R(t,t')"), std::string::npos);
}

// A straight line in 1/N through proportions near 1 may pass 1, as the support fraction does here: the reader is told.
TEST_F(Results, ProportionsOutsideTheUnitIntervalAreExplained) {
  const json document = parsed(run({"compare", "p.toml", "--json"}));
  bool outside = false;
  for (const char* name : {"training_accuracy", "generalisation_error", "support_fraction"}) {
    for (const double value : document["simulation"][name]["mean"]) outside |= value < -1e-12 || value > 1.0 + 1e-12;
  }
  ASSERT_TRUE(outside);
  EXPECT_NE(document["notes"].dump().find("leaves [0, 1]"), std::string::npos);
  EXPECT_FALSE(parsed(run({"simulate", "p.toml", "--json"})).contains("notes")) << "one N is not extrapolated";
}

TEST_F(Results, DirectoryHoldsEverythingTheDocumentLists) {
  const Finished finished = run({"compare", "p.toml", "--out", "o"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(finished.out.find("agree"), std::string::npos);
  EXPECT_NE(finished.out.find("o/report.html"), std::string::npos);
  const json document = json::parse(read_bytes(directory_ / "o/result.json"));
  for (const std::string name : document["files"]) EXPECT_TRUE(fs::exists(directory_ / ("o/" + name))) << name;
  for (const char* name : {"series.csv", "report.html", "arrays/dmft_correlation.npy", "arrays/dmft_response.npy",
                           "arrays/simulation_correlation.npy"}) {
    EXPECT_TRUE(fs::exists(directory_ / (std::string("o/") + name))) << name;
  }
  const Eigen::MatrixXd correlation = read_npy(directory_ / "o/arrays/dmft_correlation.npy");
  ASSERT_EQ(correlation.rows(), 9);
  // The norm is the diagonal of the correlation, C(t,t) = |w|^2 / N.
  EXPECT_NEAR(correlation(8, 8), document["dmft"]["norm"]["mean"][8].get<double>(), 1e-12);
}

TEST_F(Results, DefaultDirectoryCarriesNameAndHash) {
  const Finished finished = run({"simulate", "p.toml", "--no-plot"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const json hash = parsed(run({"simulate", "p.toml", "--json"}))["provenance"]["problem_hash"];
  EXPECT_TRUE(fs::exists(directory_ / ("sgdyn-out/p-" + hash.get<std::string>() + "/result.json")));
}

TEST_F(Results, JsonWithOutPrintsTheDocumentItWrites) {
  const Finished finished = run({"simulate", "p.toml", "--json", "--out", "o", "--no-plot"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.out, read_bytes(directory_ / "o/result.json"));
}

// A later result replaces the files of the earlier one, and nobody else's.
TEST_F(Results, SecondRunReplacesTheFirstAndKeepsForeignFiles) {
  EXPECT_EQ(run({"compare", "p.toml", "--out", "o", "--no-plot"}).status, 0);
  testing_support::write_bytes(directory_ / "o/notes.txt", "mine");
  EXPECT_EQ(run({"compare", "p.toml", "--out", "o", "--no-plot", "--seed", "2"}).status, 0);
  EXPECT_EQ(json::parse(read_bytes(directory_ / "o/result.json"))["provenance"]["seed"], 2);
  EXPECT_EQ(run({"dmft", "p.toml", "--out", "o", "--no-plot"}).status, 0);
  EXPECT_TRUE(fs::exists(directory_ / "o/arrays/dmft_response.npy"));
  EXPECT_FALSE(fs::exists(directory_ / "o/arrays/simulation_correlation.npy")) << "left from the earlier result";
  EXPECT_EQ(read_bytes(directory_ / "o/notes.txt"), "mine");
  for (const auto& entry : fs::directory_iterator(directory_ / "o")) {
    EXPECT_NE(entry.path().filename().string().front(), '.') << entry.path() << " was left behind";
  }
}

TEST_F(Results, QuietSaysNothing) {
  const Finished finished = run({"simulate", "p.toml", "--json", "--quiet"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.err, "");
}

TEST_F(Results, MissingGnuplotIsAWarning) {
  const Finished finished = run({"compare", "p.toml", "--out", "o"}, {{"PATH", "/nonexistent"}});
  EXPECT_EQ(finished.status, 0);
  EXPECT_NE(finished.err.find("gnuplot is not installed"), std::string::npos) << finished.err;
  EXPECT_TRUE(fs::exists(directory_ / "o/report.html"));
  EXPECT_FALSE(fs::exists(directory_ / "o/figures/overlap.svg"));
}

bool gnuplot_exists() { return std::system("gnuplot --version > /dev/null 2>&1") == 0; }

TEST_F(Results, ReportIsOneFileThatRefersToNothingOutside) {
  ASSERT_TRUE(gnuplot_exists()) << "tools/packages lists gnuplot";
  EXPECT_EQ(run({"compare", "p.toml", "--out", "o"}).status, 0);
  const std::string report = read_bytes(directory_ / "o/report.html");
  EXPECT_TRUE(report.starts_with("<!DOCTYPE html>"));
  EXPECT_NE(report.find("</html>"), std::string::npos);
  for (const char* part : {"http://", "https://", "src=", "<link", "<script", "@import"}) {
    EXPECT_EQ(report.find(part), std::string::npos) << part;
  }
  for (const char* part : {"<svg", "finite-size shift", "squared-hinge", "Assumptions", "sgdyn "}) {
    EXPECT_NE(report.find(part), std::string::npos) << part;
  }
  EXPECT_NE(report.find("\u03b5<sub>gen</sub>"), std::string::npos);
  for (const char* name : {"overlap", "norm", "training_loss", "agreement", "dmft_correlation", "dmft_response"}) {
    for (const char* extension : {".svg", ".png"}) {
      const fs::path file = directory_ / ("o/figures/" + std::string(name) + extension);
      ASSERT_TRUE(fs::exists(file)) << file;
      EXPECT_GT(fs::file_size(file), 1000U) << file;
    }
  }
}

// Points that are left out, so that error bars stay readable, are announced in the picture itself.
TEST_F(Results, FigureSaysHowManyPointsItShows) {
  ASSERT_TRUE(gnuplot_exists()) << "tools/packages lists gnuplot";
  EXPECT_EQ(run({"simulate", "p.toml", "--out", "o", "--set", "algorithm.steps=60"}).status, 0);
  EXPECT_NE(read_bytes(directory_ / "o/figures/overlap.svg").find("1 point in 2"), std::string::npos);
  EXPECT_EQ(run({"simulate", "p.toml", "--out", "o"}).status, 0);
  EXPECT_EQ(read_bytes(directory_ / "o/figures/overlap.svg").find("1 point in"), std::string::npos);
}

TEST_F(Results, FluctuationDissipationPlotGivesTheTemperatureOfTheSimulation) {
  ASSERT_TRUE(gnuplot_exists()) << "tools/packages lists gnuplot";
  const std::string problem = SGDYN_SOURCE_DIR "/validation/cases/effective_temperature.toml";
  const Finished finished = run({"simulate", problem, "--out", "o", "--set", "simulation.dimension=60", "--set",
                                 "simulation.runs=16", "--quiet"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const std::string picture = read_bytes(directory_ / "o/figures/fluctuation_dissipation.svg");
  EXPECT_NE(picture.find("<title>simulation, bars \u00b1 1 s.e., Teff = 0.01"), std::string::npos);
  EXPECT_EQ(picture.find("t_w"), std::string::npos);
}

TEST_F(Results, NoPlotDrawsNothing) {
  EXPECT_EQ(run({"compare", "p.toml", "--out", "o", "--no-plot"}).status, 0);
  EXPECT_FALSE(fs::exists(directory_ / "o/figures"));
}

TEST_F(Results, DemoNeedsNoFile) {
  const Finished finished = run({"demo", "--json"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(parsed(finished)["verdict"], "agree");
  EXPECT_EQ(directory_.count(), 1);
}

TEST_F(Results, DemoRefusesABadSetting) {
  const Finished finished = run({"demo", "--set", "algorithm.batch=2"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_EQ(finished.out, "");
}

// Two runs that differ have two headings.
TEST_F(Results, TheHeadingNamesWhatIsNotAtItsDefault) {
  const auto heading = [&](const std::vector<std::string>& settings) {
    std::vector<std::string> arguments{"simulate", "p.toml", "--out", "o"};
    for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
    const std::string out = run(arguments).out;
    return out.substr(0, out.find('\n'));
  };
  const std::string plain = heading({});
  for (const char* word : {"momentum", "R = ", "m(0)", "fraction", "("}) {
    EXPECT_EQ(plain.find(word), std::string::npos) << plain;
  }
  const std::string full =
      heading({"algorithm.momentum=0.5", "algorithm.momentum_kind=\"nesterov\"", "initial.variance=2",
               "initial.overlap=0.3", "data.fraction=0.25", "loss.name=\"formula\"", "loss.formula=\"(1-h)^2/2\"",
               "algorithm.learning_rate={schedule=\"cosine\", initial=0.1, final=0.05}"});
  for (const char* part : {"loss (1-h)^2/2", "momentum = 0.5 (nesterov)", "R = 2", "m(0) = 0.3", "fraction = 0.25",
                           "dt = 0.1 (cosine, final = 0.05, over = "}) {
    EXPECT_NE(full.find(part), std::string::npos) << part << " in " << full;
  }
}

// What --set changes shows in the problem of the document, and in its hash.
TEST_F(Results, SetChangesTheProblem) {
  const json plain = parsed(run({"simulate", "p.toml", "--json"}));
  const json changed =
      parsed(run({"simulate", "p.toml", "--json", "--set", "data.alpha=3", "--set", "loss.ridge=0.2"}));
  EXPECT_EQ(changed["problem"]["data"]["alpha"], 3.0);
  EXPECT_EQ(changed["problem"]["loss"]["ridge"], 0.2);
  EXPECT_NE(plain["provenance"]["problem_hash"], changed["provenance"]["problem_hash"]);
}

}  // namespace
}  // namespace sgdyn
