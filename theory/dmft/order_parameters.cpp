#include "sgdyn/theory/dmft/order_parameters.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sgdyn::dmft {

namespace {

// Smooth trajectories make M nearly singular: late forces are extrapolations of the first few, with coefficients so
// large that their squares times the rounding of M pass the forces themselves where these grow (gradient descent on
// three clusters: relative pivots down to -20 and a norm 10 % too large at 1e-10; at 1e-8 and above all are positive).
// A pivot this small carries less than 1e-8 of the variance at its time, so its direction is left empty; what it would
// have carried later shows up in later pivots.
constexpr double negligible_pivot = 1e-8;

constexpr double largest_number = 1e37;  // what the single-precision stores of the ensemble hold

// Index of the first of `count` entries that is not negligible against the largest; `count` if all are zero.
int first_relevant(const double* entries, int count) {
  double largest = 0.0;
  for (int i = 0; i < count; ++i) largest = std::max(largest, std::fabs(entries[i]));
  int first = 0;
  while (first < count && std::fabs(entries[first]) <= OrderParameters::negligible * largest) ++first;
  return first;
}

}  // namespace

int copies_for(int replicas) { return replicas == 1 ? 1 : 4; }

// Rows of the Hadamard matrix.
double mode_weight(int copies, std::size_t copy, std::size_t mode) {
  const double sign = std::popcount(copy & mode) % 2 == 0 ? 1.0 : -1.0;
  return sign / std::sqrt(static_cast<double>(copies));
}

OrderParameters::OrderParameters(const Problem& problem)
    : ridge_(problem.loss.ridge),
      noise_(problem.data.noise),
      alpha_(problem.data.alpha),
      momentum_(problem.algorithm.momentum),
      copies_(copies_for(problem.observables.replicas)),
      ahead_(momentum_ > 0.0 && problem.algorithm.momentum_kind == MomentumKind::nesterov) {
  const Eigen::Index T = problem.algorithm.steps;
  dt_.resize(T);
  for (Eigen::Index u = 0; u < T; ++u) dt_[u] = problem.algorithm.learning_rate.at(static_cast<int>(u));
  gradient_norm_ = Eigen::VectorXd::Zero(T);
  m_ = RowMatrix::Zero(T + 1, 1);
  R_ = RowMatrix::Zero(T + 1, T);
  m_(0, 0) = problem.initial.overlap;
  modes_.resize(copies_ > 1.0 ? 2 : 1);
  for (Mode& mode : modes_) {
    mode.L = RowMatrix::Zero(T, T);
    mode.G[0] = RowMatrix::Zero(T + 1, T + 1);
  }
  // R(0,init) = 1. Copies start at the same weights, so their differences have no start.
  modes_.front().G[0](0, 0) = std::sqrt(copies_ * problem.initial.variance);
  if (!ahead_) return;
  m_ahead_ = m_;
  R_ahead_ = R_;
  for (Mode& mode : modes_) mode.G[1] = mode.G[0];
}

FieldState OrderParameters::state(int t, bool ahead) const {
  FieldState state;
  state.m = ahead ? m_ahead_(t, 0) : m_(t, 0);
  const RowMatrix& R = ahead ? R_ahead_ : R_;
  state.memory = -noise_ * R.row(t).head(t).cwiseProduct(dt_.head(t).transpose());
  for (const Mode& mode : modes_) {
    state.noise.emplace_back(mode.G[ahead ? 1 : 0].row(t).head(t + 1));
    state.noise_start.push_back(first_relevant(state.noise.back().data() + 1, t));
  }
  return state;
}

void OrderParameters::find_response_start(int t) {
  response_start_ = t < persistence ? 0 : t;
  for (int k = t; t >= persistence && k > t - persistence; --k) {
    response_start_ = std::min(response_start_, first_relevant(R_.row(k).data(), k));
  }
}

double OrderParameters::mode_overlap(std::size_t mode, int t, int u) const {
  const Eigen::Index common = std::min(t, u) + 1;
  const RowMatrix& G = modes_[mode].G[0];
  return G.row(t).head(common).dot(G.row(u).head(common));
}

double OrderParameters::gradient_variance(int t) const {
  double variance = 0.0;
  for (std::size_t k = 0; k < modes_.size(); ++k) {
    variance += multiplicity(k) * gradient_noise(modes_[k]).row(t).head(t + 1).squaredNorm();
  }
  return variance / copies_;
}

double OrderParameters::distance(int t) const {
  return modes_.size() < 2 ? 0.0 : std::sqrt(2.0 * mode_overlap(1, t, t));
}

double OrderParameters::integrated_response(int t, int from) const {
  return from < t ? R_.row(t).segment(from, t - from).dot(dt_.segment(from, t - from)) : 0.0;
}

double OrderParameters::smallest_pivot() const {
  double smallest = 1.0;
  for (const Mode& mode : modes_) smallest = std::min(smallest, mode.smallest_pivot);
  return smallest;
}

bool OrderParameters::has_direction(std::size_t mode, int v) const {
  return v == 0 ? modes_[mode].G[0](0, 0) != 0.0 : modes_[mode].L(v - 1, v - 1) != 0.0;
}

// Where momentum alone would take X(t): X(t) + momentum (X(t) - X(t-1)), with X(-1) = X(0).
Eigen::RowVectorXd OrderParameters::inertia(const RowMatrix& X, int t, Eigen::Index count) const {
  Eigen::RowVectorXd row = X.row(t).head(count);
  if (momentum_ > 0.0 && t > 0) row += momentum_ * (row - X.row(t - 1).head(count));
  return row;
}

bool OrderParameters::advance(int t, const Averages& averages) {
  for (std::size_t k = 0; k < modes_.size(); ++k) append_factor_row(modes_[k], t, averages.M[k]);
  const double gradient = ridge_ * gradient_overlap()(t, 0) + averages.A;
  m_(t + 1, 0) = inertia(m_, t, 1)[0] - dt_[t] * gradient;
  gradient_norm_[t] = gradient * gradient;
  propagate(t, averages);
  if (ahead_) look_ahead(t + 1);
  find_response_start(t + 1);
  bool fits = std::fabs(m_(t + 1, 0)) < largest_number && R_.row(t + 1).cwiseAbs().maxCoeff() < largest_number;
  for (const Mode& mode : modes_) fits = fits && mode.G[0].row(t + 1).cwiseAbs().maxCoeff() < largest_number;
  return fits;
}

// Row t of the Cholesky factor of the Gram matrix M.
void OrderParameters::append_factor_row(Mode& mode, int t, const Eigen::VectorXd& M) {
  RowMatrix& L = mode.L;
  const double smallest = negligible_pivot * M[t];
  double remaining = M[t];
  for (Eigen::Index v = 0; v < t; ++v) {
    if (L(v, v) == 0.0) continue;
    const double entry = (M[v] - L.row(t).head(v).dot(L.row(v).head(v))) / L(v, v);
    L(t, v) = entry;
    remaining -= entry * entry;
  }
  if (M[t] > 0.0) mode.smallest_pivot = std::min(mode.smallest_pivot, remaining / M[t]);
  L(t, t) = remaining > smallest ? std::sqrt(remaining) : 0.0;
  mode.has_empty_direction = mode.has_empty_direction || L(t, t) == 0.0;
}

// The R and q lines of eq. 8; q follows from G (dmft.E7), which obeys the line of R with the new noise as its source.
void OrderParameters::propagate(int t, const Averages& averages) {
  const double coupling = noise_ * alpha_;
  const bool by_parts = !averages.KG.empty();
  // K vanishes before the window of the tangents: rows of G and R that nothing multiplies are not read.
  Eigen::Index first = 0;
  while (!by_parts && first < t && averages.K[first] == 0.0) ++first;
  const Eigen::Index rows = t + 1 - first;
  Eigen::RowVectorXd KR, K;
  if (by_parts) {
    KR = response_feedback(t, averages.KG.front());
  } else {
    K = averages.K.tail(rows).transpose();
    KR = K * gradient_response().block(first, 0, rows, t);
  }
  const Eigen::RowVectorXd of_kick = ridge_ * gradient_response().row(t).head(t) + coupling * KR;
  R_.row(t + 1).head(t) = inertia(R_, t, t) - dt_[t] * of_kick;
  R_(t + 1, t) = 1.0;
  for (std::size_t k = 0; k < modes_.size(); ++k) {
    Mode& mode = modes_[k];
    Eigen::RowVectorXd KG;
    if (by_parts) {
      KG = averages.KG[k].transpose();
    } else {
      KG = K * gradient_noise(mode).block(first, 0, rows, t + 1);
    }
    Eigen::RowVectorXd gradient = Eigen::RowVectorXd::Zero(t + 2);
    gradient.head(t + 1) = ridge_ * gradient_noise(mode).row(t).head(t + 1) + coupling * KG;
    gradient.tail(t + 1) += std::sqrt(noise_) * mode.L.row(t).head(t + 1);
    mode.G[0].row(t + 1).head(t + 2) = inertia(mode.G[0], t, t + 2) - dt_[t] * gradient;
    gradient_norm_[t] += multiplicity(k) / copies_ * gradient.squaredNorm();
  }
}

// Nesterov: X + momentum (X(t) - X(t-1)) for m, R and G.
void OrderParameters::look_ahead(int t) {
  const auto row = [&](const RowMatrix& X, RowMatrix& X_ahead) { X_ahead.row(t) = inertia(X, t, X.cols()); };
  row(m_, m_ahead_);
  row(R_, R_ahead_);
  for (Mode& mode : modes_) row(mode.G[0], mode.G[1]);
}

// sum_k K(t,k) R(k,u) from K G: since G(k,v+1) = -sqrt(Delta) sum_u dt(u) R(k,u) L(u,v), a triangular solve with L. An
// empty noise direction (zero pivot) carries no information and gets no weight.
Eigen::RowVectorXd OrderParameters::response_feedback(int t, const Eigen::VectorXd& KG) const {
  const RowMatrix& L = modes_.front().L;
  Eigen::RowVectorXd KR_dt = Eigen::RowVectorXd::Zero(t);  // dt(u) times what is sought
  const double scale = -1.0 / std::sqrt(noise_);
  for (Eigen::Index u = t - 1; u >= 0; --u) {
    if (L(u, u) == 0.0) continue;
    const Eigen::Index later = t - 1 - u;
    const double known = KR_dt.tail(later).dot(L.col(u).segment(u + 1, later));
    KR_dt[u] = (scale * KG[u + 1] - known) / L(u, u);
  }
  return KR_dt.cwiseQuotient(dt_.head(t).transpose());
}

}  // namespace sgdyn::dmft
