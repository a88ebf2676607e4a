// Problems about the minimiser, and one data set of theirs.
#pragma once

#include <Eigen/Core>
#include <string>
#include <utility>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/validation/minimiser/solve.hpp"

namespace sgdyn::minimiser_problems {

struct Two {
  double alpha = 2.0;
  double noise = 1.0;
  double ridge = 0.3;
  double fraction = 0.5;
  Intercept intercept = Intercept::none;
};

/// Two clusters.
inline Problem problem(const Component& loss, const Two& two) {
  Problem asked;
  asked.question = Question::minimiser;
  asked.data = {{"two-clusters", {{"fraction", two.fraction}}}, two.alpha, two.noise};
  asked.loss = {loss, two.ridge, two.intercept};
  return validated(asked);
}

/// A data set, its minimiser, and the same numbers as dense matrices.
struct Solved {
  Solved(const Component& loss, const Two& two, long dimension, std::uint64_t seed = 1)
      : asked(problem(loss, two)),
        data(largest_sample_count(asked, dimension), dimension),
        task{make_loss(asked.loss.loss), two.ridge, two.intercept} {
    data.draw(asked, *make_data_model(asked.data.model, asked.data.noise), seed, {.size = 0, .run = 0},
              [] { return false; });
    solution = minimiser::solve(task, data, [] { return false; });
    const minimiser::Margins margins(data, two.intercept);
    A.resize(margins.samples(), margins.free_parameters());
    for (Eigen::Index mu = 0; mu < A.rows(); ++mu) {
      const auto sample = static_cast<std::size_t>(mu);
      A.row(mu).head(dimension) =
          data.labels()[sample] * Eigen::Map<const Eigen::RowVectorXf>(data.rows()[sample], dimension).cast<double>();
      if (two.intercept == Intercept::optimal) A(mu, dimension) = data.labels()[sample];
    }
    x = solution.x.head(dimension);
    if (two.intercept == Intercept::optimal) {
      x.conservativeResize(dimension + 1);
      x[dimension] = solution.x[margins.intercept_entry()];
    }
  }

  /// lambda N times the identity, without the intercept.
  [[nodiscard]] Eigen::MatrixXd penalty() const {
    Eigen::VectorXd diagonal = Eigen::VectorXd::Zero(A.cols());
    diagonal.head(static_cast<Eigen::Index>(data.dimension()))
        .setConstant(task.ridge * static_cast<double>(data.dimension()));
    return diagonal.asDiagonal();
  }

  Problem asked;
  sim::DataSet data;
  minimiser::Task task;
  minimiser::Solution solution;
  Eigen::MatrixXd A;  // margins h = A x
  Eigen::VectorXd x;
};

}  // namespace sgdyn::minimiser_problems
