#include "sgdyn/theory/dmft/order_parameters.hpp"

#include <algorithm>
#include <cmath>

namespace sgdyn::dmft {

namespace {

// Smooth trajectories make M nearly singular: late forces are extrapolations of the first few, with coefficients so
// large that their squares times the rounding of M pass the forces themselves where these grow (gradient descent on
// three clusters: relative pivots down to -20 and a norm 10 % too large at 1e-10; at 1e-8 and above all are positive).
// A pivot this small carries less than 1e-8 of the variance at its time, so its direction is left empty; what it would
// have carried later shows up in later pivots.
constexpr double negligible_pivot = 1e-8;

// Index of the first of `count` entries that is not negligible against the largest; `count` if all are zero.
int first_relevant(const double* entries, int count) {
  double largest = 0.0;
  for (int i = 0; i < count; ++i) largest = std::max(largest, std::fabs(entries[i]));
  int first = 0;
  while (first < count && std::fabs(entries[first]) <= OrderParameters::negligible * largest) ++first;
  return first;
}

}  // namespace

OrderParameters::OrderParameters(const Problem& problem)
    : ridge_(problem.loss.ridge),
      dt_(problem.algorithm.learning_rate),
      noise_(problem.data.noise),
      alpha_(problem.data.alpha) {
  const Eigen::Index T = problem.algorithm.steps;
  m_ = Eigen::VectorXd::Zero(T + 1);
  R_ = RowMatrix::Zero(T + 1, T);
  G_ = RowMatrix::Zero(T + 1, T + 1);
  L_ = RowMatrix::Zero(T, T);
  m_[0] = problem.initial.overlap;
  G_(0, 0) = std::sqrt(problem.initial.variance);  // R(0,init) = 1
}

void OrderParameters::find_starts(int t) {
  response_start_ = t < persistence ? 0 : t;
  for (int k = t; t >= persistence && k > t - persistence; --k) {
    response_start_ = std::min(response_start_, first_relevant(R_.row(k).data(), k));
  }
  noise_start_ = first_relevant(G_.row(t).data() + 1, t);
}

double OrderParameters::q(int t, int u) const {
  const Eigen::Index common = std::min(t, u) + 1;
  return G_.row(t).head(common).dot(G_.row(u).head(common));
}

bool OrderParameters::advance(int t, const Averages& averages) {
  append_factor_row(t, averages.M);
  m_[t + 1] = (1.0 - ridge_ * dt_) * m_[t] - dt_ * averages.A;
  propagate_response(t, averages);
  find_starts(t + 1);
  constexpr double limit = 1e37;  // what the single-precision stores of the ensemble hold
  return std::fabs(m_[t + 1]) < limit && R_.row(t + 1).cwiseAbs().maxCoeff() < limit &&
         G_.row(t + 1).cwiseAbs().maxCoeff() < limit;
}

// Row t of the Cholesky factor of the Gram matrix M.
void OrderParameters::append_factor_row(int t, const Eigen::VectorXd& M) {
  const double smallest = negligible_pivot * M[t];
  double remaining = M[t];
  for (Eigen::Index v = 0; v < t; ++v) {
    if (L_(v, v) == 0.0) continue;
    const double entry = (M[v] - L_.row(t).head(v).dot(L_.row(v).head(v))) / L_(v, v);
    L_(t, v) = entry;
    remaining -= entry * entry;
  }
  if (M[t] > 0.0) smallest_pivot_ = std::min(smallest_pivot_, remaining / M[t]);
  L_(t, t) = remaining > smallest ? std::sqrt(remaining) : 0.0;
  has_empty_direction_ = has_empty_direction_ || L_(t, t) == 0.0;
}

// The R and q lines of eq. 8; q follows from G (dmft.E7), which obeys the line of R with the new noise as its source.
void OrderParameters::propagate_response(int t, const Averages& averages) {
  const double decay = 1.0 - ridge_ * dt_;
  const double coupling = dt_ * noise_ * alpha_;
  const bool by_parts = averages.KG.size() > 0;
  Eigen::RowVectorXd KG, KR;
  if (by_parts) {
    KG = averages.KG.transpose();
    KR = response_feedback(t, KG);
  } else {
    // K vanishes before the window of the tangents: rows of G and R that nothing multiplies are not read.
    Eigen::Index first = 0;
    while (first < t && averages.K[first] == 0.0) ++first;
    const auto K = averages.K.tail(t + 1 - first).transpose();
    KG = K * G_.block(first, 0, t + 1 - first, t + 1);
    KR = K * R_.block(first, 0, t + 1 - first, t);
  }
  R_.row(t + 1).head(t) = decay * R_.row(t).head(t) - coupling * KR;
  R_(t + 1, t) = 1.0;
  G_.row(t + 1).head(t + 1) = decay * G_.row(t).head(t + 1) - coupling * KG;
  G_.row(t + 1).segment(1, t + 1) -= dt_ * std::sqrt(noise_) * L_.row(t).head(t + 1);
}

// sum_k K(t,k) R(k,u) from K G: since G(k,v+1) = -dt sqrt(Delta) sum_u R(k,u) L(u,v), a triangular solve with L. An
// empty noise direction (zero pivot) carries no information and gets no weight.
Eigen::RowVectorXd OrderParameters::response_feedback(int t, const Eigen::RowVectorXd& KG) const {
  Eigen::RowVectorXd KR = Eigen::RowVectorXd::Zero(t);
  const double scale = -1.0 / (dt_ * std::sqrt(noise_));
  for (Eigen::Index u = t - 1; u >= 0; --u) {
    if (L_(u, u) == 0.0) continue;
    const Eigen::Index later = t - 1 - u;
    const double known = KR.tail(later).dot(L_.col(u).segment(u + 1, later));
    KR[u] = (scale * KG[u + 1] - known) / L_(u, u);
  }
  return KR;
}

}  // namespace sgdyn::dmft
