// Eq. 2 as one would write it on a blackboard: w in double precision, full matrices, one sample after the other. Fed
// with the same random numbers as the simulator it must give the same trajectories up to rounding.
#pragma once

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sgdyn/core/problem.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/model/sampling_scheme.hpp"
#include "sgdyn/random/stream.hpp"

namespace sgdyn::testing_support {

class Textbook {
  static long drawn_count(const Problem& problem, long dimension, std::uint64_t seed, std::uint32_t id) {
    double u = 0.0;
    Stream(seed, Purpose::sample_count, id).uniforms({&u, 1});
    return sample_count(problem, dimension, u);
  }

 public:
  Textbook(const Problem& problem, long dimension, std::uint64_t seed, std::uint32_t data_id)
      : problem_(validated(problem)),
        model_(make_data_model(problem_.data.model, problem_.data.noise)),
        loss_(make_loss(problem_.loss.loss)),
        scheme_(make_sampling_scheme(problem_.algorithm.sampling, problem_.algorithm.learning_rate)),
        dimension_(dimension),
        samples_(drawn_count(problem_, dimension, seed, data_id)),
        inputs_(samples_, dimension),
        seed_(seed) {
    draw_data(data_id);
  }

  /// Columns: the states w(0), w(1), ... of one realisation.
  [[nodiscard]] Eigen::MatrixXd trajectory(std::uint32_t id) const {
    return trajectory(id, Stream(seed_, Purpose::sampling, id));
  }

  /// The same with minibatches from a stream of one's own.
  [[nodiscard]] Eigen::MatrixXd trajectory(std::uint32_t id, Stream minibatches) const {
    const int steps = problem_.algorithm.steps;
    Eigen::MatrixXd states(dimension_, steps + 1);
    states.col(0) = initial_weights(id);
    std::vector<double> memory(static_cast<std::size_t>(samples_), 0.0);
    std::vector<double> s(memory.size());
    for (int t = 0; t < steps; ++t) {
      scheme_->draw_batch(t, minibatches, memory, s);
      const Eigen::VectorXd w = states.col(t);
      const Eigen::VectorXd moved = with_momentum(states, t);
      const Eigen::VectorXd point = gradient_point(states, t);
      Eigen::VectorXd gradient = problem_.loss.ridge * point;
      for (Eigen::Index mu = 0; mu < samples_; ++mu) {
        gradient += s[static_cast<std::size_t>(mu)] * field_slope(mu, point) / root_n() * inputs_.row(mu).transpose();
      }
      states.col(t + 1) = moved - problem_.algorithm.learning_rate.at(t) * gradient;
    }
    return states;
  }

  /// Columns: the derivative of w(t) with respect to eps, where eps * direction is added at the end of step `from` (a
  /// kick), or dt(u) eps * direction at the end of every step u >= from (a field). The linearised equation of motion.
  [[nodiscard]] Eigen::MatrixXd tangent(std::uint32_t id, const Eigen::VectorXd& direction, int from,
                                        bool field) const {
    const int steps = problem_.algorithm.steps;
    const Eigen::MatrixXd states = trajectory(id);
    Eigen::MatrixXd change = Eigen::MatrixXd::Zero(dimension_, steps + 1);
    Stream minibatches(seed_, Purpose::sampling, id);
    std::vector<double> memory(static_cast<std::size_t>(samples_), 0.0);
    std::vector<double> s(memory.size());
    for (int t = 0; t < steps; ++t) {
      scheme_->draw_batch(t, minibatches, memory, s);
      const double dt = problem_.algorithm.learning_rate.at(t);
      const Eigen::VectorXd point = gradient_point(states, t);
      const Eigen::VectorXd shift = gradient_point(change, t);
      Eigen::VectorXd force = problem_.loss.ridge * shift;
      for (Eigen::Index mu = 0; mu < samples_; ++mu) {
        const double stiffness = s[static_cast<std::size_t>(mu)] * field_curvature(mu, point);
        force += stiffness * inputs_.row(mu).dot(shift) / static_cast<double>(dimension_) * inputs_.row(mu).transpose();
      }
      change.col(t + 1) = with_momentum(change, t) - dt * force;
      if (field && t >= from) change.col(t + 1) += dt * direction;
      if (!field && t == from) change.col(t + 1) += direction;
    }
    return change;
  }

  /// |gradient on the minibatch|^2/(bN) of each update, from what the update did.
  [[nodiscard]] Eigen::VectorXd scaled_gradients(const Eigen::MatrixXd& states) const {
    Eigen::VectorXd result(states.cols() - 1);
    for (Eigen::Index t = 0; t < result.size(); ++t) {
      const int step = static_cast<int>(t);
      const double dt = problem_.algorithm.learning_rate.at(step);
      result[t] = (with_momentum(states, step) - states.col(t + 1)).squaredNorm() /
                  (dt * dt * scheme_->mean() * static_cast<double>(dimension_));
    }
    return result;
  }

  /// |gradient averaged over minibatches|^2/(bN) at each state.
  [[nodiscard]] Eigen::VectorXd mean_gradients(const Eigen::MatrixXd& states) const {
    Eigen::VectorXd result(states.cols() - 1);
    for (Eigen::Index t = 0; t < result.size(); ++t) {
      const Eigen::VectorXd w = states.col(t);
      Eigen::VectorXd gradient = problem_.loss.ridge * w;
      for (Eigen::Index mu = 0; mu < samples_; ++mu) {
        gradient += scheme_->mean() * field_slope(mu, w) / root_n() * inputs_.row(mu).transpose();
      }
      result[t] = gradient.squaredNorm() / (scheme_->mean() * static_cast<double>(dimension_));
    }
    return result;
  }

  /// The random signs of a realisation's perturbations, zero along v.
  [[nodiscard]] Eigen::VectorXd signs(std::uint32_t id) const {
    Eigen::VectorXd sigma(dimension_);
    sigma[0] = 0.0;
    const std::span<double> others(sigma.data() + 1, static_cast<std::size_t>(dimension_) - 1);
    Stream(seed_, Purpose::perturbation, id).uniforms(others);
    for (double& value : others) value = value < 0.5 ? -1.0 : 1.0;
    return sigma;
  }

  /// overlap, norm, training_loss, training_accuracy, generalisation_error, support_fraction; zero for the distance
  [[nodiscard]] Eigen::VectorXd observables(const Eigen::VectorXd& w) const {
    double loss = 0.0;
    double correct = 0.0;
    double support = 0.0;
    for (Eigen::Index mu = 0; mu < samples_; ++mu) {
      const double h = margin(mu, w);
      loss += of(&Loss::value, h);
      correct += h > 0.0 ? 1.0 : 0.0;
      support += loss_->margin() && h < *loss_->margin() ? 1.0 : 0.0;
    }
    const double m = w[0] / root_n();
    const double norm = w.squaredNorm() / static_cast<double>(dimension_);
    const auto samples = static_cast<double>(samples_);
    Eigen::VectorXd result(7);
    result << m, norm, loss / static_cast<double>(dimension_), correct / samples, model_->generalisation_error(m, norm),
        support / samples, 0.0;
    return result;
  }

 private:
  // x = (c, sqrt(Delta) z) in single precision, labels; the order of the draws is the simulator's.
  void draw_data(std::uint32_t id) {
    const auto count = static_cast<std::size_t>(samples_);
    Stream stream(seed_, Purpose::data, id);
    std::vector<double> u(count), v(count), c(count);
    labels_.resize(count);
    stream.uniforms(u);
    stream.uniforms(v);
    model_->latent(u, v, labels_, c);
    std::vector<float> z(static_cast<std::size_t>(dimension_ - 1));
    for (Eigen::Index mu = 0; mu < samples_; ++mu) {
      stream.normals(z);
      inputs_(mu, 0) = static_cast<double>(static_cast<float>(c[static_cast<std::size_t>(mu)]));
      for (Eigen::Index i = 1; i < dimension_; ++i) {
        inputs_(mu, i) = static_cast<double>(z[static_cast<std::size_t>(i - 1)] *
                                             static_cast<float>(std::sqrt(problem_.data.noise)));
      }
    }
  }

  [[nodiscard]] Eigen::VectorXd initial_weights(std::uint32_t id) const {
    std::vector<double> z(static_cast<std::size_t>(dimension_ - 1));
    Stream(seed_, Purpose::initial_weights, id).normals(z);
    Eigen::VectorXd w(dimension_);
    w[0] = root_n() * problem_.initial.overlap;
    for (Eigen::Index i = 1; i < dimension_; ++i) {
      w[i] = std::sqrt(problem_.initial.variance) * z[static_cast<std::size_t>(i - 1)];
    }
    return w;
  }

  // w(t) + mu (w(t) - w(t-1)) with w(-1) = w(0).
  [[nodiscard]] Eigen::VectorXd with_momentum(const Eigen::MatrixXd& states, int t) const {
    return states.col(t) + problem_.algorithm.momentum * (states.col(t) - states.col(std::max(0, t - 1)));
  }
  [[nodiscard]] Eigen::VectorXd gradient_point(const Eigen::MatrixXd& states, int t) const {
    if (problem_.algorithm.momentum_kind == MomentumKind::heavy_ball) return states.col(t);
    return with_momentum(states, t);
  }

  [[nodiscard]] double root_n() const { return std::sqrt(static_cast<double>(dimension_)); }
  [[nodiscard]] double field(Eigen::Index mu, const Eigen::VectorXd& w) const {
    return inputs_.row(mu).dot(w) / root_n();
  }

  [[nodiscard]] double margin(Eigen::Index mu, const Eigen::VectorXd& w) const {
    const std::vector<double> y{labels_[static_cast<std::size_t>(mu)]};
    const std::vector<double> r{field(mu, w)};
    std::vector<double> h(1);
    model_->margin(y, r, h);
    return h[0];
  }

  // Lambda'(y, r) = l'(h) dh/dr
  [[nodiscard]] double field_slope(Eigen::Index mu, const Eigen::VectorXd& w) const {
    const std::vector<double> y{labels_[static_cast<std::size_t>(mu)]};
    const std::vector<double> r{field(mu, w)};
    std::vector<double> first(1), second(1);
    model_->margin_derivatives(y, r, first, second);
    return of(&Loss::d1, margin(mu, w)) * first[0];
  }

  // Lambda''(y, r) = l''(h) (dh/dr)^2 + l'(h) d2h/dr2
  [[nodiscard]] double field_curvature(Eigen::Index mu, const Eigen::VectorXd& w) const {
    const std::vector<double> y{labels_[static_cast<std::size_t>(mu)]};
    const std::vector<double> r{field(mu, w)};
    std::vector<double> first(1), second(1);
    model_->margin_derivatives(y, r, first, second);
    const double h = margin(mu, w);
    return of(&Loss::d2, h) * first[0] * first[0] + of(&Loss::d1, h) * second[0];
  }

  double of(void (Loss::*function)(std::span<const double>, std::span<double>) const, double h) const {
    const std::vector<double> in{h};
    std::vector<double> out(1);
    (loss_.get()->*function)(in, out);
    return out[0];
  }

  Problem problem_;
  std::shared_ptr<const DataModel> model_;
  std::shared_ptr<const Loss> loss_;
  std::shared_ptr<const SamplingScheme> scheme_;
  long dimension_;
  long samples_;
  Eigen::MatrixXd inputs_;
  std::vector<double> labels_;
  std::uint64_t seed_;
};

}  // namespace sgdyn::testing_support
