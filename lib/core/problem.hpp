// What is asked: the learning problem of eqs. 1 and 2. Everything here changes the true answer; what changes only the
// error of a method (draws, runs, seeds, N) is an option of that method. N -> infinity is an assumption of a theory,
// never a field of Problem.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/core/learning_rate.hpp"
#include "sgdyn/core/parameters.hpp"

namespace sgdyn {

struct DataSpec {
  Component model;     ///< "two-clusters", ... with its own parameters (fraction, ...)
  double alpha = 1.0;  ///< samples per weight, M / N
  double noise = 1.0;  ///< Delta, variance of the inputs orthogonal to the signal direction v

  friend bool operator==(const DataSpec&, const DataSpec&) = default;
};

/// Whether a bias B, which the ridge leaves alone, is fitted beside the weights: the field is then r + B.
enum class Intercept { none, optimal };

/// The names in problem files ("none", "optimal"), in the order of Intercept.
[[nodiscard]] const std::vector<std::string>& intercept_kinds();

struct LossSpec {
  Component loss;                         ///< "logistic", ... with its own parameters (margin, ...)
  double ridge = 0.0;                     ///< lambda of eq. 1
  Intercept intercept = Intercept::none;  ///< of the minimiser alone: no training by eq. 2 has one

  friend bool operator==(const LossSpec&, const LossSpec&) = default;
};

/// Where the gradient and the ridge of a step with momentum are taken: at w(t), or at w(t) + momentum (w(t) - w(t-1)).
enum class MomentumKind { heavy_ball, nesterov };

/// The names in problem files ("heavy-ball", "nesterov"), in the order of MomentumKind.
[[nodiscard]] const std::vector<std::string>& momentum_kinds();

struct AlgorithmSpec {
  Component sampling;          ///< "sgd", ... with its own parameters (batch, persistence)
  LearningRate learning_rate;  ///< dt of eq. 2
  int steps = 100;             ///< updates; n steps record the n + 1 states k = 0 ... n
  double momentum = 0.0;       ///< mu: every update also gains mu (w(t) - w(t-1)), with w(-1) = w(0)
  MomentumKind momentum_kind = MomentumKind::heavy_ball;

  friend bool operator==(const AlgorithmSpec&, const AlgorithmSpec&) = default;
};

struct InitialSpec {
  double variance = 0.01;  ///< R of the input file, q0 of eq. 8: the components of w(0) orthogonal to v are N(0, R)
  double overlap = 0.0;    ///< m(0) = v.w(0)/sqrt(N), fixed exactly

  friend bool operator==(const InitialSpec&, const InitialSpec&) = default;
};

struct ObservablesSpec {
  std::vector<int> times;     ///< steps reported, increasing; empty means every step
  int replicas = 1;           ///< 2: two copies on the same data from the same start, with independent minibatches
  std::vector<int> response;  ///< steps t', increasing, after which R(t, t') is followed as an observable of t
  bool effective_temperature = false;  ///< measure T_eff in simulations too, which costs further copies

  friend bool operator==(const ObservablesSpec&, const ObservablesSpec&) = default;
};

/// What is asked about: training by eq. 2; the minimiser of eq. 1, to which no algorithm, start or time belongs; or up
/// to which alpha the data can be separated, to which no loss, ridge or alpha belongs.
enum class Question { trajectory, minimiser, separability };

struct Problem {
  DataSpec data;
  LossSpec loss;
  AlgorithmSpec algorithm;
  InitialSpec initial;
  ObservablesSpec observables;
  /// What does not belong to it means nothing, and is set to its default by validated().
  Question question = Question::trajectory;

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// The steps at which both theory and simulation report, increasing.
[[nodiscard]] std::vector<int> reported_steps(const Problem& problem);

/// t = sum of dt(u) over the steps u < k, for each k of an increasing list.
[[nodiscard]] std::vector<double> elapsed_times(const Problem& problem, const std::vector<int>& steps);

/// M = alpha N rounded at random: floor(alpha N + u), whose mean is alpha N for u uniform on (0, 1). Rounding to the
/// nearest integer instead would shift alpha by order 1/N, differently at every N, and spoil any comparison in N.
[[nodiscard]] long sample_count(const Problem& problem, long dimension, double u);

/// The largest M that sample_count gives.
[[nodiscard]] long largest_sample_count(const Problem& problem, long dimension);

/// Number of updates accepted at most: a two-time array of doubles would otherwise pass 80 GB.
inline constexpr int max_steps = 100000;

}  // namespace sgdyn
