// Monte Carlo checks of the facts every data model declares (THEORY 1, 7). About 40 comparisons a model at five
// standard errors: false alarm about 2e-5 for a fresh seed; the seeds are fixed.
#include "sgdyn/model/data_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sgdyn/random/stream.hpp"
#include "support/components.hpp"
#include "support/statistics.hpp"

namespace sgdyn {
namespace {

using testing_support::accepted;
using testing_support::Estimate;
using testing_support::five_sigma;
using testing_support::test_name;

constexpr std::size_t draws = 1000000;
constexpr double noise = 0.7;

struct Latent {
  std::vector<double> y;
  std::vector<double> c;
};

Latent draw(const DataModel& model) {
  std::vector<double> u_label(draws);
  std::vector<double> u_projection(draws);
  Stream(1, Purpose::testing, 1).uniforms(u_label);
  Stream(1, Purpose::testing, 2).uniforms(u_projection);
  Latent latent{std::vector<double>(draws), std::vector<double>(draws)};
  model.latent(u_label, u_projection, latent.y, latent.c);
  return latent;
}

class DataModelStatistics : public ::testing::TestWithParam<Component> {
 protected:
  std::shared_ptr<const DataModel> model_ = make_data_model(GetParam(), noise);
  Latent latent_ = draw(*model_);
};

TEST_P(DataModelStatistics, DeclaredMomentsOfThePrior) {
  Estimate square;
  Estimate signed_projection;
  Estimate positive;
  for (std::size_t i = 0; i < draws; ++i) {
    square.add(latent_.c[i] * latent_.c[i]);
    signed_projection.add(latent_.y[i] * latent_.c[i]);
    positive.add(latent_.y[i] > 0.0 ? 1.0 : 0.0);
  }
  EXPECT_LT(square.z(model_->mean_square_projection()), five_sigma) << square.mean();
  EXPECT_LT(signed_projection.z(model_->mean_signed_projection()), five_sigma) << signed_projection.mean();
  const auto fraction = GetParam().parameters.find("fraction");
  if (fraction != GetParam().parameters.end()) {
    EXPECT_LT(positive.z(fraction->second), five_sigma) << positive.mean();
  }
}

// Declared symmetry: given y, the law of y c does not depend on y, compared in its first four moments.
TEST_P(DataModelStatistics, SymmetricModelsHaveTheSameLawForBothLabels) {
  if (!model_->label_symmetric()) return;  // nothing is claimed
  for (int power = 1; power <= 4; ++power) {
    Estimate plus;
    Estimate minus;
    for (std::size_t i = 0; i < draws; ++i) {
      (latent_.y[i] > 0.0 ? plus : minus).add(std::pow(latent_.y[i] * latent_.c[i], power));
    }
    const double error = std::hypot(plus.standard_error(), minus.standard_error());
    EXPECT_LE(std::fabs(plus.mean() - minus.mean()), five_sigma * error + 1e-12) << "moment " << power;
  }
}

// Declared reflection: given y, the odd moments of c vanish.
TEST_P(DataModelStatistics, ReflectedModelsHaveNoOddMoments) {
  if (!model_->reflection_symmetric()) return;  // nothing is claimed
  for (const int power : {1, 3, 5}) {
    for (const double label : {1.0, -1.0}) {
      Estimate odd;
      for (std::size_t i = 0; i < draws; ++i) {
        if (latent_.y[i] == label) odd.add(std::pow(latent_.c[i], power));
      }
      EXPECT_LT(odd.z(0.0), five_sigma) << "moment " << power << " of label " << label;
    }
  }
}

// THEORY 7: the declared error probability against the decision h(y, r) > 0 on fresh samples, whose field is
// r = c m + sqrt(Delta (C - m^2)) xi.
TEST_P(DataModelStatistics, GeneralisationErrorIsTheRateOfWrongDecisions) {
  std::vector<double> xi(draws);
  Stream(1, Purpose::testing, 3).normals(xi);
  std::vector<double> r(draws);
  std::vector<double> h(draws);
  struct State {
    double m;
    double orthogonal;
  };
  for (const State state : {State{0.0, 1.0}, State{0.3, 0.5}, State{1.0, 0.2}, State{1.5, 3.0}, State{-0.4, 1.0}}) {
    const double width = std::sqrt(noise * state.orthogonal);
    for (std::size_t i = 0; i < draws; ++i) r[i] = latent_.c[i] * state.m + width * xi[i];
    model_->margin(latent_.y, r, h);
    Estimate wrong;
    for (const double margin : h) wrong.add(margin <= 0.0 ? 1.0 : 0.0);
    const double declared = model_->generalisation_error(state.m, state.m * state.m + state.orthogonal);
    // Ten more events of any kind: rare ones are not normal.
    const double allowed = five_sigma * std::sqrt(declared * (1.0 - declared) / draws) + 10.0 / draws;
    EXPECT_LT(std::fabs(wrong.mean() - declared), allowed)
        << "m = " << state.m << ": declared " << declared << ", " << wrong.mean();
  }
}

INSTANTIATE_TEST_SUITE_P(All, DataModelStatistics,
                         ::testing::ValuesIn(accepted(known_data_models(),
                                                      [](const Component& c) { return make_data_model(c, noise); })),
                         [](const auto& tested) { return test_name(tested.param); });

}  // namespace
}  // namespace sgdyn
