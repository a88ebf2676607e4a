#include "sgdyn/validation/minimiser/objective.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace sgdyn::minimiser {

Objective::Objective(const Margins& margins, Terms& terms, double ridge)
    : margins_(margins),
      terms_(terms),
      ridge_(ridge),
      h_(static_cast<std::size_t>(margins.samples())),
      slope_(h_.size()),
      curvature_(h_.size()) {}

double Objective::evaluate(const double* x, Unknowns& gradient) {
  ++evaluations_;
  margins_.apply(x, h_);
  separated_ = separated_ || std::all_of(h_.begin(), h_.end(), [](double h) { return h > 0.0; });
  const double sum = terms_.evaluate(h_, slope_);
  const auto weights = Eigen::Map<const Unknowns>(x, margins_.dimension());
  gradient.setZero(margins_.zero().size());
  gradient.head(margins_.dimension()) = ridge_ * weights;
  margins_.add_transposed(slope_, gradient);
  return sum + 0.5 * ridge_ * weights.squaredNorm();
}

void Objective::hessian(Eigen::MatrixXd& out) {
  out.setZero(margins_.free_parameters(), margins_.free_parameters());
  out.diagonal().head(margins_.dimension()).setConstant(ridge_);
  terms_.curvature(curvature_);
  margins_.add_gram(curvature_, out);
}

Line Objective::line(const Unknowns& x, const Unknowns& direction) const { return {*this, terms_, x, direction}; }

const std::vector<double>& Objective::curvatures() {
  terms_.curvature(curvature_);
  return curvature_;
}

DualRepair balance_intercept(Objective& objective, Unknowns& gradient) {
  const Margins& margins = objective.margins();
  const double of_intercept = margins.has_intercept() ? gradient[margins.intercept_entry()] : 0.0;
  if (of_intercept == 0.0) return {};
  const std::vector<double>& curvatures = objective.curvatures();
  const double total = std::accumulate(curvatures.begin(), curvatures.end(), 0.0);
  if (!(total > 0.0)) return {.change = {}, .cost = std::numeric_limits<double>::infinity()};
  DualRepair repair{.change = curvatures, .cost = of_intercept * of_intercept / (2.0 * total)};
  const Eigen::VectorXd labels = margins.labels();
  for (std::size_t mu = 0; mu < curvatures.size(); ++mu) {
    repair.change[mu] *= -of_intercept / total * labels[static_cast<Eigen::Index>(mu)];
  }
  margins.add_transposed(repair.change, gradient);
  gradient[margins.intercept_entry()] = 0.0;
  return repair;
}

double gap_of_gradient(Objective& objective, const Unknowns& x) {
  Unknowns gradient;
  objective.evaluate(x, gradient);
  const double cost = balance_intercept(objective, gradient).cost;
  return cost + gradient.head(objective.margins().dimension()).squaredNorm() / (2.0 * objective.ridge());
}

Line::Line(const Objective& objective, Terms& terms, const Unknowns& x, const Unknowns& direction)
    : terms_(terms),
      h_(static_cast<std::size_t>(objective.margins().samples())),
      change_(h_.size()),
      moved_(h_.size()),
      slope_(h_.size()) {
  const Margins& margins = objective.margins();
  margins.apply(x.data(), h_);
  margins.apply(direction.data(), change_);
  const auto along = direction.head(margins.dimension());
  ridge_slope_ = objective.ridge() * x.head(margins.dimension()).dot(along);
  ridge_curvature_ = objective.ridge() * along.squaredNorm();
}

double Line::derivative(double s) {
  for (std::size_t i = 0; i < h_.size(); ++i) moved_[i] = h_[i] + s * change_[i];
  terms_.evaluate(moved_, slope_);
  double sum = ridge_slope_ + s * ridge_curvature_;
  for (std::size_t i = 0; i < h_.size(); ++i) sum += slope_[i] * change_[i];
  return sum;
}

}  // namespace sgdyn::minimiser
