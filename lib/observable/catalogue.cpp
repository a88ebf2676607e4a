#include "sgdyn/observable/catalogue.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <utility>

namespace sgdyn {
namespace {

double proportion(long count, const SampleSums& sums) {
  return static_cast<double>(count) / static_cast<double>(sums.samples);
}

constexpr std::array<ObservableInfo, 7> catalogue{{
    {"overlap", "m", "v.w/sqrt(N)", Kind::real, false, false, [](const Snapshot& at) { return at.overlap; }},
    {"norm", "C(t,t)", "|w|^2/N", Kind::real, false, false, [](const Snapshot& at) { return at.norm; }},
    {"training_loss", "alpha E[loss]", "sum of the losses divided by N, without the ridge term", Kind::real, false,
     false, [](const Snapshot& at) { return at.sums.loss / at.dimension; }},
    {"training_accuracy", "P(correct)", "fraction of training samples decided correctly", Kind::proportion, false,
     false, [](const Snapshot& at) { return proportion(at.sums.correct, at.sums); }},
    {"generalisation_error", "eps_gen", "probability that a fresh sample is decided wrongly", Kind::real, false, false,
     [](const Snapshot& at) { return at.generalisation_error; }},
    {"support_fraction", "P(h < kappa)", "fraction of training samples with margin below kappa", Kind::proportion, true,
     false, [](const Snapshot& at) { return proportion(at.sums.support, at.sums); }},
    {"distance", "d", "|w1 - w2|/sqrt(N) between two replicas", Kind::real, false, true,
     [](const Snapshot& at) { return at.distance; }},
}};

// Of the minimiser alone; not functions of a snapshot of training.
constexpr std::array<ObservableInfo, 2> minimiser_catalogue{{
    {"objective", "L/N", "alpha E[loss] + lambda |w|^2/(2N)", Kind::real, false, false, nullptr},
    {"intercept", "B", "fitted bias of the field, not penalised", Kind::real, false, false, nullptr},
}};

constexpr std::string_view response_prefix = "response_from_";
constexpr ObservableInfo response_family{
    "response", "R(t,t')", "response of w(t) to a unit kick at the end of step t'", Kind::real, false, false, nullptr};

// The step in what response_name() makes; -1 for any other name.
int kick_step_of(std::string_view name) {
  if (!name.starts_with(response_prefix)) return -1;
  name.remove_prefix(response_prefix.size());
  int step = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
  return error == std::errc() && end == name.data() + name.size() ? step : -1;
}

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

std::span<const ObservableInfo> observables_of_minimiser() { return minimiser_catalogue; }

std::span<const StopQuantity> stop_quantities() {
  static constexpr std::array<StopQuantity, 4> all{{{"step", "step"},
                                                    {"distance", "distance d0"},
                                                    {"support_fraction", "support fraction c0"},
                                                    {"converged_fraction", "part of the runs that stop"}}};
  return all;
}

std::string response_name(int kick_step) { return std::string(response_prefix) + std::to_string(kick_step); }

bool is_response(std::string_view name) { return kick_step_of(name) >= 0; }

const ObservableInfo& observable_info(std::string_view name) {
  if (kick_step_of(name) >= 0) return response_family;
  for (const ObservableInfo& info : catalogue) {
    if (info.name == name) return info;
  }
  for (const ObservableInfo& info : minimiser_catalogue) {
    if (info.name == name) return info;
  }
  throw std::out_of_range("no observable is called \"" + std::string(name) + "\"");
}

std::string observable_symbol(std::string_view name) {
  const int step = kick_step_of(name);
  return step < 0 ? std::string(observable_info(name).symbol) : "R(t," + std::to_string(step) + ")";
}

std::string with_greek(std::string symbol) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> letters{
      {{"alpha", "\u03b1"}, {"kappa", "\u03ba"}, {"eps_", "\u03b5_"}}};
  for (const auto& [word, letter] : letters) {
    if (const auto place = symbol.find(word); place != std::string::npos) symbol.replace(place, word.size(), letter);
  }
  return symbol;
}

std::vector<std::string> series_names(const Observables& observables) {
  std::vector<std::string> names;
  names.reserve(observables.series.size() + catalogue.size());
  for (const ObservableInfo& info : catalogue) names.emplace_back(info.name);
  std::vector<std::string> others;
  for (const auto& [name, series] : observables.series) {
    if (std::find(names.begin(), names.end(), name) == names.end()) others.push_back(name);
  }
  std::stable_sort(others.begin(), others.end(),
                   [](const std::string& a, const std::string& b) { return kick_step_of(a) < kick_step_of(b); });
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

Eigen::VectorXd observable_values(const Snapshot& at) {
  Eigen::VectorXd values(static_cast<Eigen::Index>(catalogue.size()));
  std::transform(catalogue.begin(), catalogue.end(), values.begin(),
                 [&](const ObservableInfo& info) { return info.value(at); });
  return values;
}

std::optional<std::string> why_undefined(const ObservableInfo& info, const ObservableContext& context) {
  if (info.needs_replicas && context.replicas < 2) {
    return "the " + std::string(info.name) + " between two copies needs observables.replicas = 2";
  }
  if (!info.needs_margin || context.kappa) return std::nullopt;
  return "the " + std::string(context.loss) + " loss has no margin beyond which a sample stops contributing";
}

Series observable_series(const ObservableInfo& info, const ObservableContext& context, Eigen::MatrixXd replicates,
                         long samples) {
  if (const auto reason = why_undefined(info, context)) return Series::unavailable(*reason);
  if (info.kind == Kind::real) return Series::from_replicates(std::move(replicates));
  return Series::from_counts(std::move(replicates), samples);
}

}  // namespace sgdyn
