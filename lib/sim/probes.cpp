#include "sgdyn/sim/probes.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "sgdyn/random/stream.hpp"

namespace sgdyn::sim {
namespace {

constexpr double sign_of(int sign) { return sign == 0 ? 1.0 : -1.0; }
constexpr double share_of(int size) { return size == 0 ? 1.0 : 0.5; }

// How far a unit field moves the weights at most when losses only pull them back: the time it acts, lengthened by
// momentum, or 1/lambda if the ridge stops it before.
double longest_displacement(const Problem& problem, int from) {
  const int last = reported_steps(problem).back();
  if (last <= from) return 1.0;
  const std::vector<double> times = elapsed_times(problem, {from, last});
  const double ridge = problem.loss.ridge;
  double reach = (times[1] - times[0]) / (1.0 - problem.algorithm.momentum);
  if (ridge > 0.0) reach = std::min(reach, 1.0 / ridge);
  return reach > 0.0 ? reach : 1.0;
}

std::size_t rows_of_signs(const Copies& copies) {
  return copies.probes().empty() ? 0 : static_cast<std::size_t>(copies.realisations());
}

}  // namespace

Probes::Probes(const Problem& problem, const Copies& copies, double kick, std::size_t dimension)
    : copies_(copies),
      dimension_(dimension),
      stride_(padded(dimension)),
      sizes_(copies.probes().size() * static_cast<std::size_t>(copies.realisations())),
      signs_(rows_of_signs(copies) * stride_) {
  for (const Probe& probe : copies.probes()) {
    kicks_.push_back(probe.kind == Probe::Kind::kick ? kick : kick / longest_displacement(problem, probe.step));
  }
}

void Probes::draw(std::uint64_t seed, TrajectoryKey key) {
  std::fill_n(signs_.data(), signs_.size(), 0.0);
  for (std::size_t j = 0; j < rows_of_signs(copies_); ++j) {
    key.realisation = static_cast<int>(j);
    const std::span<double> sigma(signs_.data() + j * stride_ + 1, dimension_ - 1);
    Stream(seed, Purpose::perturbation, key.stream_id()).uniforms(sigma);
    for (double& value : sigma) value = value < 0.5 ? -1.0 : 1.0;
  }
}

void Probes::launch(int step, States& states) {
  for (std::size_t p = 0; p < copies_.probes().size(); ++p) {
    if (copies_.probes()[p].start() != step) continue;
    for (int j = 0; j < copies_.realisations(); ++j) make_copies(p, j, states);
  }
}

// Where the weights are zero there is nothing to be relative to: the size is then that of weights of order one.
void Probes::make_copies(std::size_t probe, int realisation, States& states) {
  const int from = copies_.trajectory(realisation, 0);
  const double weight = states.weights(from).norm();
  const double size = kicks_[probe] * (weight > 0.0 ? weight : 1.0) / std::sqrt(static_cast<double>(dimension_));
  size_of(probe, realisation) = size;
  for (int c = 0; c < copies_per_probe; ++c) {
    const int to = copies_.copy(probe, realisation, c / 2, c % 2);
    states.copy(from, to);
    if (copies_.probes()[probe].kind == Probe::Kind::field) continue;
    const double kick = sign_of(c % 2) * share_of(c / 2) * size;
    Eigen::Map<Eigen::VectorXd>(states.current(to).data(), static_cast<Eigen::Index>(dimension_)) +=
        kick * signs(realisation);
  }
}

void Probes::push(int step, double dt, States& states) const {
  for (std::size_t p = 0; p < copies_.probes().size(); ++p) {
    const Probe& probe = copies_.probes()[p];
    if (probe.kind == Probe::Kind::kick || probe.step > step) continue;
    for (int j = 0; j < copies_.realisations(); ++j) {
      for (int c = 0; c < copies_per_probe; ++c) {
        const double field = sign_of(c % 2) * share_of(c / 2) * size_of(p, j);
        states.after(copies_.copy(p, j, c / 2, c % 2)) += dt * field * signs(j);
      }
    }
  }
}

Eigen::VectorXd Probes::responses(int step, const States& states) const {
  std::vector<double> of_kicks;
  std::vector<double> of_fields;
  for (std::size_t p = 0; p < copies_.probes().size(); ++p) {
    const Probe& probe = copies_.probes()[p];
    const bool kick = probe.kind == Probe::Kind::kick;
    double mean = kick && step == probe.start() ? 1.0 : 0.0;
    for (int j = 0; j < copies_.realisations() && step > probe.start(); ++j) {
      mean += (response(p, j, states) - mean) / (j + 1);
    }
    (kick ? of_kicks : of_fields).push_back(mean);
  }
  of_kicks.insert(of_kicks.end(), of_fields.begin(), of_fields.end());
  return Eigen::Map<const Eigen::VectorXd>(of_kicks.data(), static_cast<Eigen::Index>(of_kicks.size()));
}

double Probes::response(std::size_t probe, int realisation, const States& states) const {
  const auto quotient = [&](int size) {
    const auto plus = states.weights(copies_.copy(probe, realisation, size, 0));
    const auto minus = states.weights(copies_.copy(probe, realisation, size, 1));
    const double eps = share_of(size) * size_of(probe, realisation);
    return signs(realisation).dot(plus - minus) / (2.0 * eps * static_cast<double>(dimension_ - 1));
  };
  return (4.0 * quotient(1) - quotient(0)) / 3.0;
}

Eigen::Map<const Eigen::VectorXd> Probes::signs(int realisation) const {
  return {signs_.data() + static_cast<std::size_t>(realisation) * stride_, static_cast<Eigen::Index>(dimension_)};
}

double& Probes::size_of(std::size_t probe, int realisation) {
  return sizes_[probe * static_cast<std::size_t>(copies_.realisations()) + static_cast<std::size_t>(realisation)];
}

double Probes::size_of(std::size_t probe, int realisation) const {
  return sizes_[probe * static_cast<std::size_t>(copies_.realisations()) + static_cast<std::size_t>(realisation)];
}

double probes_bytes(const Copies& copies, long dimension) {
  const double stride = static_cast<double>(padded(static_cast<std::size_t>(dimension)));
  return static_cast<double>(rows_of_signs(copies)) * (stride + static_cast<double>(copies.probes().size())) *
         sizeof(double);
}

}  // namespace sgdyn::sim
