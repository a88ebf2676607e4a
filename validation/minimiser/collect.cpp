#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/validation/minimiser/instance.hpp"

namespace sgdyn::minimiser {
namespace {

std::string why_not_at(const Size& size, const std::vector<Instance>& instances, int failed) {
  const auto first = std::find_if(instances.begin(), instances.end(), [](const Instance& instance) {
    return instance.complete && !instance.failure.empty();
  });
  return "at N = " + std::to_string(size.dimension) + " " + std::to_string(failed) + " of " +
         std::to_string(size.instances) + " data sets are left out, the first of them number " +
         std::to_string(first - instances.begin()) + ": " + first->failure;
}

// Samples exactly at the margin are support vectors or not by rounding.
std::optional<std::string> why_no_support(const Loss& loss, bool largest_margin) {
  if (!loss.margin()) return std::nullopt;  // why_undefined() says it
  if (!loss.smooth())
    return "part of the samples sit exactly at the margin, where the " + std::string(loss.name()) +
           " loss has its kink";
  if (largest_margin) return "the data are separable, and at the limit of no ridge samples sit exactly at the margin";
  return std::nullopt;
}

struct Taken {
  std::vector<const Instance*> instances;
  double largest_distance = 0.0;
  int by_step = 0;
  bool fits_all = false;  // any
};

Taken reported(const std::vector<Instance>& instances) {
  Taken taken;
  for (const Instance& instance : instances) {
    if (!instance.complete || !instance.failure.empty()) continue;
    taken.instances.push_back(&instance);
    taken.largest_distance = std::max(taken.largest_distance, instance.distance);
    taken.by_step += instance.by_step ? 1 : 0;
    taken.fits_all = taken.fits_all || instance.fits_all;
  }
  return taken;
}

// Different data sets may take different ways.
std::string methods(const Taken& taken) {
  std::set<std::string_view> used;
  for (const Instance* instance : taken.instances) used.insert(instance->method);
  return fmt::format("{}", fmt::join(used, "; "));
}

Series series(const ObservableInfo& info, const Loss& loss, const Taken& taken, Eigen::Index index, long samples) {
  if (taken.instances.size() < 2) return Series::unavailable("fewer than two data sets have a minimiser to report");
  if (info.name == "support_fraction") {
    if (auto reason = why_no_support(loss, taken.fits_all)) return Series::unavailable(std::move(*reason));
  }
  Eigen::MatrixXd replicates(static_cast<Eigen::Index>(taken.instances.size()), 1);
  for (Eigen::Index row = 0; row < replicates.rows(); ++row) {
    replicates(row, 0) = taken.instances[static_cast<std::size_t>(row)]->values[index];
  }
  return observable_series(info, {loss.name(), loss.margin()}, std::move(replicates), samples);
}

void set_series(Observables& result, const Problem& problem, const Loss& loss, const Taken& taken) {
  Eigen::Index index = 0;
  for (const auto catalogue : {observable_catalogue(), observables_of_minimiser()}) {
    for (const ObservableInfo& info : catalogue) {
      const Eigen::Index place = index++;
      if (info.needs_replicas) continue;
      if (info.name == "intercept" && problem.loss.intercept == Intercept::none) continue;
      result.series[std::string(info.name)] = series(info, loss, taken, place, result.samples_per_replicate);
    }
  }
}

void set_status(Observables& result, const Size& size, const std::vector<Instance>& instances) {
  const auto complete = static_cast<int>(
      std::count_if(instances.begin(), instances.end(), [](const Instance& each) { return each.complete; }));
  if (const int failed = complete - result.runs; failed > 0) {
    result.status = Status::not_converged;
    result.message = why_not_at(size, instances, failed);
  }
  if (complete < size.instances) {
    result.status = Status::interrupted;
    result.message += (result.message.empty() ? "" : "; ") + std::string("interrupted with ") +
                      std::to_string(complete) + " of " + std::to_string(size.instances) +
                      " data sets at N = " + std::to_string(size.dimension) + " complete";
  }
}

// Degrees of freedom times N times the variance of one data set, and the degrees of freedom, over all sizes.
std::pair<double, double> pooled(const std::vector<Observables>& sizes, const std::string& name) {
  double squares = 0.0;
  double freedom = 0.0;
  for (const Observables& size : sizes) {
    const double error = size.at(name).standard_error[0];
    squares += (size.runs - 1.0) * static_cast<double>(size.dimension) * size.runs * error * error;
    freedom += size.runs - 1.0;
  }
  return {squares, freedom};
}

}  // namespace

Observables collect(const Problem& problem, const Loss& loss, const Size& size, std::uint64_t seed,
                    const std::vector<Instance>& instances) {
  const Taken taken = reported(instances);
  Observables result;
  result.producer = "minimisation";
  result.of_minimiser = true;
  result.steps = {0};
  result.time = {0.0};
  result.dimension = size.dimension;
  result.runs = static_cast<int>(taken.instances.size());
  result.samples_per_replicate = largest_sample_count(problem, size.dimension);
  set_series(result, problem, loss, taken);
  set_status(result, size, instances);
  result.diagnostics["samples"] = problem.data.alpha * static_cast<double>(size.dimension);  // on average
  result.diagnostics["largest_distance"] = taken.largest_distance;
  result.diagnostics["accepted_by_step"] = taken.by_step;
  result.settings = {{"dimension", std::to_string(size.dimension)},
                     {"runs", std::to_string(size.instances)},
                     {"seed", std::to_string(seed)},
                     {"method", methods(taken)}};
  return result;
}

void add_pooled_errors(std::vector<Observables>& sizes) {
  for (const auto& [name, ignored] : sizes.front().series) {
    const std::string& key = name;
    const bool everywhere =
        std::all_of(sizes.begin(), sizes.end(), [&key](const Observables& size) { return size.at(key).available(); });
    if (!everywhere) continue;
    const auto [squares, freedom] = pooled(sizes, name);
    for (Observables& size : sizes) {
      size.diagnostics["pooled_error." + name] =
          std::sqrt(squares / (freedom * static_cast<double>(size.dimension) * size.runs));
    }
  }
}

}  // namespace sgdyn::minimiser
