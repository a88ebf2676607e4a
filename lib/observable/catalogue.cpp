#include "sgdyn/observable/catalogue.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <utility>

namespace sgdyn {
namespace {

double proportion(long count, const SampleSums& sums) {
  return static_cast<double>(count) / static_cast<double>(sums.samples);
}

constexpr std::array<ObservableInfo, 6> catalogue{{
    {"overlap", "m", "v.w/sqrt(N)", Kind::real, false, [](const Snapshot& at) { return at.overlap; }},
    {"norm", "C(t,t)", "|w|^2/N", Kind::real, false, [](const Snapshot& at) { return at.norm; }},
    {"training_loss", "alpha E[loss]", "sum of the losses divided by N, without the ridge term", Kind::real, false,
     [](const Snapshot& at) { return at.sums.loss / at.dimension; }},
    {"training_accuracy", "P(correct)", "fraction of training samples decided correctly", Kind::proportion, false,
     [](const Snapshot& at) { return proportion(at.sums.correct, at.sums); }},
    {"generalisation_error", "eps_gen", "probability that a fresh sample is decided wrongly", Kind::real, false,
     [](const Snapshot& at) { return at.generalisation_error; }},
    {"support_fraction", "P(h < kappa)", "fraction of training samples with margin below kappa", Kind::proportion, true,
     [](const Snapshot& at) { return proportion(at.sums.support, at.sums); }},
}};

}  // namespace

void SampleSums::add(std::span<const double> h, std::span<const double> value, std::optional<double> kappa) {
  const double below = kappa.value_or(-std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < h.size(); ++i) {
    loss += value[i];
    correct += h[i] > 0.0 ? 1 : 0;
    support += h[i] < below ? 1 : 0;
  }
  samples += static_cast<long>(h.size());
}

void SampleSums::add(const SampleSums& other) {
  loss += other.loss;
  samples += other.samples;
  correct += other.correct;
  support += other.support;
}

std::span<const ObservableInfo> observable_catalogue() { return catalogue; }

const ObservableInfo& observable_info(std::string_view name) {
  for (const ObservableInfo& info : catalogue) {
    if (info.name == name) return info;
  }
  throw std::out_of_range("no observable is called \"" + std::string(name) + "\"");
}

Eigen::VectorXd observable_values(const Snapshot& at) {
  Eigen::VectorXd values(static_cast<Eigen::Index>(catalogue.size()));
  std::transform(catalogue.begin(), catalogue.end(), values.begin(),
                 [&](const ObservableInfo& info) { return info.value(at); });
  return values;
}

std::optional<std::string> why_undefined(const ObservableInfo& info, const LossInfo& loss) {
  if (!info.needs_margin || loss.kappa) return std::nullopt;
  return "the " + std::string(loss.name) + " loss has no margin beyond which a sample stops contributing";
}

Series observable_series(const ObservableInfo& info, const LossInfo& loss, Eigen::MatrixXd replicates, long samples) {
  if (const auto reason = why_undefined(info, loss)) return Series::unavailable(*reason);
  if (info.kind == Kind::real) return Series::from_replicates(std::move(replicates));
  return Series::from_counts(std::move(replicates), samples);
}

}  // namespace sgdyn
