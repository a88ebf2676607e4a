#include "sgdyn/theory/dmft/square_closure.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <string>

#include "sgdyn/core/error.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::dmft {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Eqs. dmft.E12 step by step. x = r - y is Lambda' of the square loss where the gradient is taken, a = s x. Given label
// and noise, the mean of a over the minibatches is that of gradient descent with s = b, linear in f = c m - y +
// sqrt(Delta) omega; what is left of a has the covariance S.
class Closure {
 public:
  explicit Closure(const Problem& problem)
      : T_(problem.algorithm.steps),
        alpha_(problem.data.alpha),
        noise_(problem.data.noise),
        ridge_(problem.loss.ridge),
        momentum_(problem.algorithm.momentum) {
    const auto data = make_data_model(problem.data.model, problem.data.noise);
    const auto sampling = make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate);
    cc_ = data->mean_square_projection();
    cy_ = data->mean_signed_projection();
    b_ = sampling->mean();
    variance_ = sampling->variance();
    const double ahead = problem.algorithm.momentum_kind == MomentumKind::nesterov ? momentum_ : 0.0;
    dt_.resize(T_ + 1);
    for (Index t = 0; t <= T_; ++t) dt_[t] = problem.algorithm.learning_rate.at(static_cast<int>(t));
    ahead_ = MatrixXd::Identity(T_ + 1, T_ + 1);
    for (Index t = 1; t <= T_; ++t) {
      ahead_(t, t) += ahead;
      ahead_(t, t - 1) = -ahead;
    }
    m = m_ahead_ = loss = VectorXd::Zero(T_ + 1);
    R = q = d = MatrixXd::Zero(T_ + 1, T_ + 1);
    K_ = K_mean_ = S_ = F_ = mean_ = MatrixXd::Zero(T_ + 1, T_ + 1);
    m[0] = problem.initial.overlap;
    q(0, 0) = problem.initial.variance;
  }

  void run() {
    for (Index t = 0; t <= T_; ++t) {
      average(t);
      if (t < T_) advance(t);
    }
  }

  VectorXd m, loss;
  MatrixXd R, q;
  MatrixXd d;  // q - q_12, where the replicas differ

 private:
  // E[f f'] for two states with overlaps m and m' and covariance q of their noises.
  [[nodiscard]] double field_covariance(double one, double other, double covariance) const {
    return cc_ * one * other - cy_ * (one + other) + 1.0 + noise_ * covariance;
  }

  // Delta dt(u) R(t,u): weights of a(u) in the field of the state whose rows are `row` of the states at the weights.
  [[nodiscard]] VectorXd memory_of(const VectorXd& row, Index t) const {
    return noise_ * dt_.head(t).cwiseProduct((row.transpose() * R.leftCols(t)).transpose());
  }

  // E[(r - y)^2] at a state: f has covariances `with` with the f of earlier steps, and variance `own`.
  [[nodiscard]] double square(const VectorXd& memory, const VectorXd& with, double own) const {
    const Index t = memory.size();
    const VectorXd of_fields = K_.topLeftCorner(t, t).transpose() * memory;
    return own - 2.0 * of_fields.dot(with.head(t)) +
           memory.dot((mean_.topLeftCorner(t, t) + S_.topLeftCorner(t, t)) * memory);
  }

  // All averages at step t, given those before.
  void average(Index t) {
    const VectorXd here = VectorXd::Unit(T_ + 1, t);
    const VectorXd row = ahead_.row(t).transpose();
    m_ahead_[t] = row.dot(m);
    const VectorXd memory = memory_of(row, t);
    // K = b (1 + b Delta dt R)^-1, row by row: K(t,.) = b (e_t - Delta sum_k dt(k) R(t,k) K(k,.)).
    K_.row(t).head(t) = -b_ * (memory.transpose() * K_.topLeftCorner(t, t));
    K_(t, t) = b_;
    K_mean_.row(t) = K_.row(t) * ahead_;
    const VectorXd q_ahead = ahead_ * (q * row);
    const VectorXd q_here = ahead_ * q.col(t);
    VectorXd at_weights(t + 1);
    for (Index u = 0; u <= t; ++u) {
      F_(t, u) = F_(u, t) = field_covariance(m_ahead_[t], m_ahead_[u], q_ahead[u]);
      at_weights[u] = field_covariance(m[t], m_ahead_[u], q_here[u]);
    }
    const double xx = square(memory, F_.col(t).head(t + 1), F_(t, t));
    loss[t] = 0.5 * alpha_ * square(memory_of(here, t), at_weights, field_covariance(m[t], m[t], q(t, t)));
    const Index n = t + 1;
    const VectorXd KF = F_.topLeftCorner(n, n) * K_.row(t).head(n).transpose();
    mean_.row(t).head(n) = K_.topLeftCorner(n, n) * KF;
    mean_.col(t) = mean_.row(t).transpose();
    const VectorXd of_memory = S_.topLeftCorner(t, t) * memory;
    S_.row(t).head(t) = -b_ * of_memory.transpose();
    S_.col(t).head(t) = S_.row(t).head(t).transpose();
    S_(t, t) = variance_ * xx + b_ * b_ * memory.dot(of_memory);
  }

  // alpha E[a(t) a(u)] of one replica less that of two, u <= t.
  [[nodiscard]] VectorXd difference_noise(Index t) const {
    const Index n = t + 1;
    const VectorXd Kd = noise_ * (d.topLeftCorner(n, n) * K_mean_.row(t).head(n).transpose());
    return alpha_ * (K_mean_.topLeftCorner(n, n) * Kd + S_.row(t).head(n).transpose());
  }

  // Eq. 8.
  void advance(Index t) {
    const Index n = t + 1;
    double force = 0.0;  // E[c a(t)]
    for (Index u = 0; u <= t; ++u) force += K_(t, u) * (cc_ * m_ahead_[u] - cy_);
    const double gradient = ridge_ * m_ahead_[t] + alpha_ * force;
    const double before = t > 0 ? m[t - 1] : m[t];
    m[t + 1] = m[t] + momentum_ * (m[t] - before) - dt_[t] * gradient;
    // Weights of X(0 ... t) in X(t+1) for X = R(.,u) and q(.,u).
    VectorXd weights =
        -dt_[t] * (ridge_ * ahead_.row(t).head(n) + noise_ * alpha_ * K_mean_.row(t).head(n)).transpose();
    weights[t] += 1.0;
    if (t > 0) {
      weights[t] += momentum_;
      weights[t - 1] -= momentum_;
    }
    R.row(t + 1).head(t) = weights.transpose() * R.topLeftCorner(n, t);
    R(t + 1, t) = 1.0;
    advance_covariance(q, t, weights, alpha_ * (mean_ + S_).row(t).head(n).transpose());
    advance_covariance(d, t, weights, difference_noise(t));
  }

  void advance_covariance(MatrixXd& X, Index t, const VectorXd& weights, const VectorXd& M) const {
    const Index n = t + 1;
    const VectorXd noise = dt_[t] * noise_ * dt_.head(n).cwiseProduct(M);
    for (Index u = 0; u <= n; ++u) {  // the last is X(t+1, t+1), which needs the others
      X(n, u) = weights.dot(X.col(u).head(n)) + R.row(u).head(u).dot(noise.head(u));
      X(u, n) = X(n, u);
    }
  }

  Index T_;
  double alpha_, noise_, ridge_, momentum_;
  VectorXd dt_;
  double cc_ = 0, cy_ = 0;       // E[c^2], E[c y]
  double b_ = 0, variance_ = 0;  // of s
  MatrixXd ahead_;               // takes X at the weights to X where the gradient is taken
  VectorXd m_ahead_;
  MatrixXd K_, K_mean_;  // K, and K on X at the weights
  MatrixXd F_, mean_;    // E[f f], and E of the products of the means of a over minibatches
  MatrixXd S_;
};

Series exact(const VectorXd& values) {
  Series series;
  series.mean = values;
  series.standard_error = VectorXd::Zero(values.size());
  return series;
}

VectorXd pick(const VectorXd& values, const std::vector<int>& steps) {
  VectorXd result(static_cast<Index>(steps.size()));
  for (std::size_t i = 0; i < steps.size(); ++i) result[static_cast<Index>(i)] = values[steps[i]];
  return result;
}

TwoTime pick(const MatrixXd& values, const std::vector<int>& steps) {
  const auto count = static_cast<Index>(steps.size());
  TwoTime result{MatrixXd(count, count), MatrixXd::Zero(count, count)};
  for (Index i = 0; i < count; ++i) {
    for (Index j = 0; j < count; ++j) {
      result.mean(i, j) = values(steps[static_cast<std::size_t>(i)], steps[static_cast<std::size_t>(j)]);
    }
  }
  return result;
}

// Cuts a diverging run before the first step with a number that is not finite.
void keep_finite(Observables& result) {
  const auto finite_at = [&result](Index step) {
    return std::all_of(result.series.begin(), result.series.end(), [step](const auto& named) {
      return !named.second.available() || std::isfinite(named.second.mean[step]);
    });
  };
  Index kept = 0;
  while (kept < static_cast<Index>(result.steps.size()) && finite_at(kept)) ++kept;
  if (kept == static_cast<Index>(result.steps.size())) return;
  result.status = Status::overflow;
  result.message = "the dynamics diverges: numbers stop being finite at step " +
                   std::to_string(result.steps[static_cast<std::size_t>(kept)]);
  truncate(result, static_cast<std::size_t>(kept));
}

}  // namespace

Observables solve_square_loss(const Problem& given) {
  const Problem problem = validated(given);
  const auto sampling = make_sampling_scheme(problem.algorithm.sampling, problem.algorithm.learning_rate);
  if (problem.loss.loss.name != "square") throw NotApplicable("the draw-free closure", "the loss is not square");
  const auto data = make_data_model(problem.data.model, problem.data.noise);
  if (!margin_is_linear(*data)) {  // the closure is linear in r
    throw NotApplicable("the draw-free closure", "the margin of " + problem.data.model.name + " is not y r");
  }
  if (!std::isfinite(sampling->variance())) {
    throw NotApplicable("the draw-free closure",
                        "the weights of " + problem.algorithm.sampling.name + " have no finite variance");
  }
  if (has_memory(*sampling, problem.algorithm.steps)) {
    throw NotApplicable("the draw-free closure",
                        "the minibatches of " + problem.algorithm.sampling.name + " are not independent in time");
  }
  Closure closure(problem);
  closure.run();

  Observables result;
  result.producer = "dmft-square-closure";
  result.steps = reported_steps(problem);
  result.time = elapsed_times(problem, result.steps);
  const MatrixXd mm = closure.m * closure.m.transpose();
  const MatrixXd C = closure.q + mm;
  result.series["overlap"] = exact(pick(closure.m, result.steps));
  result.series["norm"] = exact(pick(VectorXd(C.diagonal()), result.steps));
  result.series["training_loss"] = exact(pick(closure.loss, result.steps));
  VectorXd error(closure.m.size());
  for (Index t = 0; t < error.size(); ++t) error[t] = data->generalisation_error(closure.m[t], C(t, t));
  result.series["generalisation_error"] = exact(pick(error, result.steps));
  result.series["training_accuracy"] = Series::unavailable("moments alone do not give the law of the field");
  const auto loss = make_loss(problem.loss.loss);
  for (const ObservableInfo& info : observable_catalogue()) {
    const auto reason = why_undefined(info, {loss->name(), loss->margin(), problem.observables.replicas});
    if (reason) result.series[std::string(info.name)] = Series::unavailable(*reason);
  }
  for (const int step : problem.observables.response) {
    result.series[response_name(step)] = exact(pick(VectorXd(closure.R.col(step)), result.steps));
  }
  if (problem.observables.replicas > 1) {
    const VectorXd squared = 2.0 * closure.d.diagonal().cwiseMax(0.0);
    result.series["distance"] = exact(pick(VectorXd(squared.cwiseSqrt()), result.steps));
    result.two_time["replica_correlation"] = pick(MatrixXd(C - closure.d), result.steps);
  }
  result.two_time["correlation"] = pick(C, result.steps);
  result.two_time["response"] = pick(closure.R, result.steps);
  keep_finite(result);
  return result;
}

}  // namespace sgdyn::dmft
