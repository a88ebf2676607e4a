#include "sgdyn/theory/dmft/square_closure.hpp"

#include <Eigen/Dense>
#include <cmath>

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

// Eqs. dmft.E12 step by step. x = r - y is Lambda' of the square loss, a = s x.
class Closure {
 public:
  explicit Closure(const Problem& problem)
      : T_(problem.algorithm.steps),
        dt_(problem.algorithm.learning_rate.at(0)),
        alpha_(problem.data.alpha),
        noise_(problem.data.noise),
        decay_(1.0 - problem.loss.ridge * dt_) {
    const auto data = make_data_model(problem.data.model, problem.data.noise);
    const auto sampling = make_sampling_scheme(problem.algorithm.sampling, dt_);
    cc_ = data->mean_square_projection();
    cy_ = data->mean_signed_projection();
    b_ = sampling->mean();
    b2_ = sampling->variance() + b_ * b_;
    m = VectorXd::Zero(T_ + 1);
    loss = VectorXd::Zero(T_ + 1);
    R = q = MatrixXd::Zero(T_ + 1, T_ + 1);
    K_ = M_ = aw_ = MatrixXd::Zero(T_ + 1, T_ + 1);
    ca_ = ya_ = VectorXd::Zero(T_ + 1);
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

 private:
  // Moments of the field at time t, given everything before.
  void average(Index t) {
    const VectorXd memory = noise_ * dt_ * R.row(t).head(t).transpose();  // weights of a(k) in r(t)
    const double cx = cc_ * m[t] - cy_ - memory.dot(ca_.head(t));
    const double yx = cy_ * m[t] - 1.0 - memory.dot(ya_.head(t));
    ca_[t] = b_ * cx;
    ya_[t] = b_ * yx;
    // K = b (1 + b Delta dt R)^-1, row by row: K(t,.) = b (e_t - Delta dt sum_k R(t,k) K(k,.)).
    K_.row(t).head(t) = -b_ * (memory.transpose() * K_.topLeftCorner(t, t));
    K_(t, t) = b_;
    // E[omega(t) a(u)] by integration by parts, u < t.
    const double root = std::sqrt(noise_);
    for (Index u = 0; u < t; ++u) aw_(t, u) = root * K_.row(u).head(u + 1).dot(q.col(t).head(u + 1));
    VectorXd xa(t);  // E[x(t) a(u)]
    for (Index u = 0; u < t; ++u) {
      xa[u] = m[t] * ca_[u] - ya_[u] + root * aw_(t, u) - memory.dot(M_.col(u).head(t)) / alpha_;
    }
    const double wx = root * q(t, t) - memory.dot(aw_.row(t).head(t).transpose());
    const double xx = m[t] * cx - yx + root * wx - memory.dot(xa);
    for (Index u = 0; u < t; ++u) M_(t, u) = M_(u, t) = alpha_ * b_ * xa[u];
    M_(t, t) = alpha_ * b2_ * xx;
    loss[t] = 0.5 * alpha_ * xx;
  }

  // Eq. 8.
  void advance(Index t) {
    const double coupling = dt_ * noise_ * alpha_;
    const auto K = K_.row(t).head(t + 1);
    m[t + 1] = decay_ * m[t] - dt_ * alpha_ * ca_[t];
    R.row(t + 1).head(t) = decay_ * R.row(t).head(t) - coupling * (K * R.topLeftCorner(t + 1, t));
    R(t + 1, t) = 1.0;
    for (Index u = 0; u <= t; ++u) {
      q(t + 1, u) = decay_ * q(t, u) - coupling * K.dot(q.col(u).head(t + 1)) +
                    dt_ * dt_ * noise_ * R.row(u).head(u).dot(M_.row(t).head(u));
      q(u, t + 1) = q(t + 1, u);
    }
    q(t + 1, t + 1) = decay_ * q(t, t + 1) - coupling * K.dot(q.col(t + 1).head(t + 1)) +
                      dt_ * dt_ * noise_ * R.row(t + 1).head(t + 1).dot(M_.row(t).head(t + 1));
  }

  Index T_;
  double dt_, alpha_, noise_, decay_;
  double cc_, cy_;    // E[c^2], E[c y]
  double b_, b2_;     // E[s], E[s^2]
  VectorXd ca_, ya_;  // E[c a(t)], E[y a(t)]
  MatrixXd K_, M_;
  MatrixXd aw_;  // E[omega(t) a(u)], u < t
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
  if (sampling->autocovariance(0, 1) != 0.0) {
    throw NotApplicable("the draw-free closure",
                        "the minibatches of " + problem.algorithm.sampling.name + " are not independent in time");
  }
  Closure closure(problem);
  closure.run();

  Observables result;
  result.producer = "dmft-square-closure";
  result.steps = reported_steps(problem);
  result.time = elapsed_times(problem, result.steps);
  const MatrixXd C = closure.q + closure.m * closure.m.transpose();
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
  result.two_time["correlation"] = pick(C, result.steps);
  result.two_time["response"] = pick(closure.R, result.steps);
  for (const auto& [name, series] : result.series) {
    if (series.available() && !series.mean.allFinite()) {
      result.status = Status::overflow;
      result.message = "the dynamics diverges";
    }
  }
  return result;
}

}  // namespace sgdyn::dmft
