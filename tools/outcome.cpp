#include "outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "description.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::tools {
namespace {

// How much worse than `ok` a status is.
int severity(Status status) {
  switch (status) {
    case Status::ok: return 0;
    case Status::not_stationary: return 1;
    case Status::not_converged: return 2;
    case Status::overflow: return 3;
    case Status::not_applicable: return 4;
    case Status::interrupted: return 5;
  }
  return 0;
}

const Observables* worst_producer(const Outcome& outcome) {
  const Observables* worst = nullptr;
  for (const Observables* producer : producers(outcome)) {
    if (worst == nullptr || severity(producer->status) > severity(worst->status)) worst = producer;
  }
  return worst;
}

bool finite_at(const Observables& observables, Eigen::Index step) {
  const bool series_finite =
      std::all_of(observables.series.begin(), observables.series.end(), [step](const auto& entry) {
        const Series& series = entry.second;
        return !series.available() || (std::isfinite(series.mean[step]) && std::isfinite(series.standard_error[step]));
      });
  if (!series_finite) return false;
  return std::all_of(observables.two_time.begin(), observables.two_time.end(), [step](const auto& entry) {
    const Eigen::MatrixXd& mean = entry.second.mean;
    return mean.row(step).head(step + 1).allFinite() && mean.col(step).head(step + 1).allFinite();
  });
}

}  // namespace

std::vector<const Observables*> producers(const Outcome& outcome) {
  std::vector<const Observables*> all;
  for (const Observables& theory : outcome.theories) all.push_back(&theory);
  if (outcome.simulation) all.push_back(&*outcome.simulation);
  if (outcome.minimisation) all.push_back(&*outcome.minimisation);
  return all;
}

const Observables* counterpart(const Outcome& outcome, const Observables& theory) {
  const std::optional<Observables>& found = theory.of_minimiser ? outcome.minimisation : outcome.simulation;
  return found ? &*found : nullptr;
}

std::string heading(const Outcome& outcome) {
  return outcome.heading.empty() ? describe(outcome.problem) : outcome.heading;
}

std::vector<std::string> observable_names(const Outcome& outcome) {
  std::vector<std::string> names;
  for (const Observables* producer : producers(outcome)) {
    for (const std::string& name : series_names(*producer)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

Status worse(Status a, Status b) { return severity(b) > severity(a) ? b : a; }

Status worst_status(const Outcome& outcome) {
  if (outcome.stopped) return Status::interrupted;
  const Observables* worst = worst_producer(outcome);
  if (worst != nullptr) return worse(worst->status, outcome.status);
  return outcome.extras.blocks.empty() ? Status::not_applicable : outcome.status;
}

std::string status_message(const Outcome& outcome) {
  const Observables* worst = worst_producer(outcome);
  if (outcome.status != Status::ok) return outcome.status_message;
  if (worst == nullptr) return outcome.verdict_reason;
  if (worst->status == Status::ok) return outcome.stopped ? "interrupted before everything asked for had begun" : "";
  return worst->message.empty() ? std::string(explain(worst->status)) : worst->message;
}

ExitStatus exit_status(const Outcome& outcome) {
  switch (worst_status(outcome)) {
    case Status::interrupted: return exit_interrupted;
    case Status::not_applicable: return exit_bad_input;
    case Status::not_converged:
    case Status::overflow:
    case Status::not_stationary: return exit_numerical;
    case Status::ok: break;
  }
  if (!outcome.verdict) return exit_ok;
  switch (*outcome.verdict) {
    case Verdict::agree: return exit_ok;
    case Verdict::disagree: return exit_disagree;
    case Verdict::inconclusive: return exit_inconclusive;
    case Verdict::not_applicable: return exit_bad_input;
  }
  return exit_ok;
}

void keep_finite_steps(Observables& observables) {
  for (Observables& size : observables.sizes) keep_finite_steps(size);
  const auto count = static_cast<Eigen::Index>(observables.steps.size());
  for (Eigen::Index step = 0; step < count; ++step) {
    if (finite_at(observables, step)) continue;
    const auto kept = static_cast<std::size_t>(step);
    const std::string message = fmt::format("numbers stopped being finite at step {}", observables.steps[kept]);
    truncate(observables, kept);
    if (observables.status != Status::ok) return;
    observables.status = Status::overflow;
    observables.message = message;
    return;
  }
}

std::string display_name(const Observables& observables) {
  const std::string name = observables.producer == "dmft" ? "DMFT" : observables.producer;
  const auto other = observables.settings.find("algorithm");
  return other == observables.settings.end() ? name : name + " of " + other->second;
}

}  // namespace sgdyn::tools
