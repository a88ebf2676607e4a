// The record every producer hands out: means with errors, unavailable quantities, truncation, status names.
#include "sgdyn/core/observables.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <stdexcept>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/status.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn {
namespace {

TEST(Series, MeanAndStandardErrorInClosedForm) {
  Eigen::MatrixXd rows(4, 2);
  rows << 1, 10, 2, 10, 3, 10, 6, 14;
  const Series series = Series::from_replicates(rows);
  EXPECT_DOUBLE_EQ(series.mean[0], 3.0);
  EXPECT_DOUBLE_EQ(series.mean[1], 11.0);
  EXPECT_DOUBLE_EQ(series.standard_error[0], std::sqrt((4 + 1 + 0 + 9) / (4.0 * 3.0)));
  EXPECT_DOUBLE_EQ(series.standard_error[1], std::sqrt((1 + 1 + 1 + 9) / (4.0 * 3.0)));
  EXPECT_EQ(series.replicates, rows);
  EXPECT_TRUE(series.available());
}

// A constant such as 0.1 is not the sum of its copies divided by their number; its error must still be exactly zero.
TEST(Series, ReplicatesThatAgreeHaveNoErrorAtAll) {
  std::mt19937_64 engine(1);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  for (Eigen::Index count = 2; count < 60; ++count) {
    const double constant = uniform(engine);
    const Series series = Series::from_replicates(Eigen::MatrixXd::Constant(count, 3, constant));
    for (Eigen::Index j = 0; j < 3; ++j) {
      EXPECT_EQ(series.mean[j], constant);
      EXPECT_EQ(series.standard_error[j], 0.0);
    }
  }
}

// Shifting by a large constant must not swamp the error: the mean is subtracted before squaring.
TEST(Series, ErrorsSurviveALargeOffset) {
  Eigen::MatrixXd rows(3, 1);
  rows << 1e8 + 1, 1e8 + 2, 1e8 + 3;
  EXPECT_NEAR(Series::from_replicates(rows).standard_error[0], 1.0 / std::sqrt(3.0), 1e-9);
}

TEST(Series, FewerThanTwoReplicatesAreRefused) {
  EXPECT_THROW((void)Series::from_replicates(Eigen::MatrixXd::Ones(1, 3)), std::invalid_argument);
  EXPECT_THROW((void)Series::from_replicates(Eigen::MatrixXd(0, 3)), std::invalid_argument);
}

TEST(Series, UnavailableCarriesItsReason) {
  const Series series = Series::unavailable("the loss has no margin");
  EXPECT_FALSE(series.available());
  EXPECT_EQ(series.reason, "the loss has no margin");
  EXPECT_EQ(series.mean.size(), 0);
}

Observables example() {
  Observables result;
  result.steps = {0, 2, 5, 9};
  result.time = {0.0, 0.4, 1.0, 1.8};
  result.series["overlap"] = Series::from_replicates(Eigen::MatrixXd::Random(3, 4));
  result.series["support_fraction"] = Series::unavailable("none");
  result.two_time["correlation"] = {Eigen::MatrixXd::Random(4, 4), Eigen::MatrixXd::Random(4, 4)};
  return result;
}

TEST(Truncate, KeepsTheFirstStepsOfEverything) {
  const Observables whole = example();
  Observables part = whole;
  truncate(part, 2);
  EXPECT_EQ(part.steps, (std::vector<int>{0, 2}));
  EXPECT_EQ(part.time, (std::vector<double>{0.0, 0.4}));
  EXPECT_EQ(part.at("overlap").mean, whole.at("overlap").mean.head(2));
  EXPECT_EQ(part.at("overlap").standard_error, whole.at("overlap").standard_error.head(2));
  EXPECT_EQ(part.at("overlap").replicates, whole.at("overlap").replicates.leftCols(2));
  EXPECT_EQ(part.at("support_fraction").reason, "none");
  EXPECT_EQ(part.two_time.at("correlation").mean, whole.two_time.at("correlation").mean.topLeftCorner(2, 2));
  EXPECT_EQ(part.two_time.at("correlation").standard_error,
            whole.two_time.at("correlation").standard_error.topLeftCorner(2, 2));
}

TEST(Truncate, ToMoreThanThereIsChangesNothing) {
  Observables result = example();
  truncate(result, 4);
  truncate(result, 400);
  EXPECT_EQ(result.steps.size(), 4U);
  EXPECT_EQ(result.at("overlap").mean.size(), 4);
}

TEST(Truncate, ToNothingLeavesEmptySeries) {
  Observables result = example();
  truncate(result, 0);
  EXPECT_TRUE(result.steps.empty());
  EXPECT_EQ(result.at("overlap").mean.size(), 0);
  EXPECT_EQ(result.two_time.at("correlation").mean.size(), 0);
}

TEST(Observables, UnknownNamesAreRefused) { EXPECT_THROW((void)example().at("overlapp"), std::out_of_range); }

TEST(Status, NamesOfResultDocumentsWithASentenceEach) {
  EXPECT_EQ(to_string(Status::ok), "ok");
  EXPECT_EQ(to_string(Status::not_converged), "not-converged");
  EXPECT_EQ(to_string(Status::overflow), "overflow");
  EXPECT_EQ(to_string(Status::not_stationary), "not-stationary");
  EXPECT_EQ(to_string(Status::interrupted), "interrupted");
  EXPECT_EQ(to_string(Status::not_applicable), "not-applicable");
  std::set<std::string_view> sentences;
  for (const Status status : {Status::ok, Status::not_converged, Status::overflow, Status::not_stationary,
                              Status::interrupted, Status::not_applicable}) {
    EXPECT_GT(explain(status).size(), 20U);
    sentences.insert(explain(status));
  }
  EXPECT_EQ(sentences.size(), 6U);
}

TEST(Catalogue, EveryObservableIsDefinedOnce) {
  std::set<std::string_view> names;
  for (const ObservableInfo& info : observable_catalogue()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.symbol.empty()) << info.name;
    EXPECT_FALSE(info.definition.empty()) << info.name;
    EXPECT_EQ(&observable_info(info.name), &info);
  }
  for (const std::string_view name :
       {"overlap", "norm", "training_loss", "training_accuracy", "generalisation_error", "support_fraction"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  EXPECT_THROW((void)observable_info("overlapp"), std::out_of_range);
}

TEST(Execution, ThreadsAndStopping) {
  Execution execution;
  EXPECT_GE(execution.thread_count(), 1);
  EXPECT_FALSE(execution.stopped());
  execution.threads = 3;
  EXPECT_EQ(execution.thread_count(), 3);
  std::atomic<bool> stop{false};
  execution.stop_requested = &stop;
  EXPECT_FALSE(execution.stopped());
  stop = true;
  EXPECT_TRUE(execution.stopped());
}

}  // namespace
}  // namespace sgdyn
