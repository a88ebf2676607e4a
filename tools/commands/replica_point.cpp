#include "commands/replica_point.hpp"

#include <limits>
#include <utility>

#include "replica_text.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/io/result.hpp"
#include "sgdyn/theory/replica/sensitivity.hpp"
#include "sgdyn/theory/replica/separability.hpp"

namespace sgdyn::tools {
namespace {

using nlohmann::ordered_json;

double number_in(const ordered_json& document, const std::string& key) {
  const auto found = document.find(key);
  const bool known = found != document.end() && found->is_number();
  return known ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

const std::vector<std::string>& observed() {
  static const std::vector<std::string> names{
      "overlap", "norm", "response", "intercept", "training_loss", "generalisation_error", "bayes_error", "residual"};
  return names;
}

std::vector<double> observed_in(const ordered_json& document) {
  std::vector<double> numbers;
  for (const std::string& name : observed()) numbers.push_back(number_in(document, name));
  return numbers;
}

// What all points of a sweep share is said once, in the problem and the definitions.
SweepPoint described(const replica::FixedPoint& found, const Problem& problem) {
  SweepPoint point{.status = found.status, .message = found.message};
  if (!point.solved()) return point;
  point.document = to_json(replica::to_observables(found, problem));
  for (const char* key : {"assumptions", "settings", "dimension", "extrapolated", "runs", "diagnostics"}) {
    point.document.erase(key);
  }
  point.document["regime"] = replica::to_string(found.regime);
  point.numbers = observed_in(point.document);
  return point;
}

// What was found at an end of the ridges looked at is of a ridge nobody asked for, but for the least error.
void withhold_all_but_error(SweepPoint& point, const std::string& why) {
  const std::string reason = "no ridge generalises best: " + why + "; generalisation_error is the least found";
  ordered_json& reasons = point.document["reasons"];
  for (auto& [key, value] : point.document.items()) {
    const bool of_the_ridge = value.is_number() && key != "generalisation_error" && key != "bayes_error";
    if (!of_the_ridge && key != "regime") continue;
    value = nullptr;
    reasons[key] = reason;
  }
  point.numbers = observed_in(point.document);
}

}  // namespace

ReplicaPoints::ReplicaPoints(Question question, bool optimise, Execution execution)
    : question_(question), optimise_(optimise), execution_(std::move(execution)) {}

std::vector<std::string> ReplicaPoints::columns() const {
  if (question_ == Question::separability) return {"alpha_star", "overlap", "intercept"};
  std::vector<std::string> names = observed();
  if (optimise_) names.emplace_back("best_ridge");
  return names;
}

SweepPoint ReplicaPoints::solve(const Problem& problem) {
  if (question_ == Question::separability) return threshold(problem);
  return optimise_ ? best(problem) : fixed_point(problem);
}

SweepPoint ReplicaPoints::threshold(const Problem& problem) const {
  const replica::Separability found = replica::separability(problem.data, problem.loss.intercept);
  SweepPoint point{.status = found.status, .message = found.message};
  if (!point.solved()) return point;
  point.document = {{"status", to_string(found.status)}};
  point.document.update(separability_document(found));
  for (const std::string& name : columns()) point.numbers.push_back(number_in(point.document, name));
  return point;
}

SweepPoint ReplicaPoints::best(Problem problem) const {
  const replica::BestRidge found = replica::best_ridge(problem, execution_);
  if (found.ridge) problem.loss.ridge = *found.ridge;
  SweepPoint point = described(found.point, problem);
  if (!point.solved()) return point;
  if (!found.ridge) withhold_all_but_error(point, found.reason);
  point.document["optimum"] = optimum_document(found);
  point.numbers.push_back(found.ridge.value_or(std::numeric_limits<double>::quiet_NaN()));
  return point;
}

SweepPoint ReplicaPoints::fixed_point(const Problem& problem) {
  const replica::FixedPoint found = replica::solve(problem, near_ ? &*near_ : nullptr, execution_);
  if (found.status == Status::ok) near_ = found;
  return described(found, problem);
}

}  // namespace sgdyn::tools
