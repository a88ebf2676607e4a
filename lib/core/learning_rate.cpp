#include "sgdyn/core/learning_rate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "sgdyn/core/error.hpp"

namespace sgdyn {
namespace {

constexpr const char* table_name = "algorithm.learning_rate";

constexpr ParameterInfo initial{"initial", "dt(0)", Range::positive(), std::nullopt};
constexpr std::array<ParameterInfo, 1> of_constant{initial};
constexpr std::array<ParameterInfo, 3> of_step{
    {initial,
     {"factor", "by which dt is multiplied", Range{0.0, 1.0, true, false}, std::nullopt},
     {"every", "number of steps from one multiplication to the next", Range{1.0, 1e9, false, false}, std::nullopt}}};
constexpr std::array<ParameterInfo, 2> of_inverse_sqrt{
    {initial, {"offset", "steps after which dt has fallen by sqrt(2)", Range::positive(), 1.0}}};
// `over` has no default of its own: validated() fills in the steps of the algorithm.
constexpr std::array<ParameterInfo, 3> of_cosine{
    {initial,
     {"final", "dt where the cosine ends", Range::non_negative(), 0.0},
     {"over", "number of steps until then", Range{1.0, 1e9, false, false}, 0.0}}};

constexpr std::array<ScheduleInfo, 5> schedules{{
    {"constant", "dt(k) = initial", of_constant},
    {"step", "dt(k) = initial factor^floor(k/every)", of_step},
    {"inverse-sqrt", "dt(k) = initial / sqrt(1 + k/offset)", of_inverse_sqrt},
    {"cosine", "dt(k) = final + (initial - final) (1 + cos(pi k/over))/2, then final", of_cosine},
    {"table", "dt(k) = values[i] from k = steps[i] on", {}},
}};

void check_table(const LearningRate& rate) {
  const std::string key = table_name;
  if (rate.steps.empty() || rate.steps.size() != rate.values.size()) {
    throw InputError(key + ".values", "a table has " + std::to_string(rate.steps.size()) + " steps and " +
                                          std::to_string(rate.values.size()) +
                                          " values; allowed is one value for every step, at least one");
  }
  if (rate.steps.front() != 0) {
    throw InputError(key + ".steps",
                     std::to_string(rate.steps.front()) + " is its first entry; allowed is 0, where the table begins");
  }
  for (std::size_t i = 1; i < rate.steps.size(); ++i) {
    if (rate.steps[i] > rate.steps[i - 1]) continue;
    throw InputError(key + ".steps", std::to_string(rate.steps[i]) + " follows " + std::to_string(rate.steps[i - 1]) +
                                         "; allowed is an increasing list");
  }
  for (const double value : rate.values) {
    if (Range::positive().contains(value)) continue;
    throw InputError(key + ".values", shortest(value) + " is out of range; allowed is 0 < value");
  }
}

// Entries no step of the run reaches set no bound on anything.
void drop_unreached(LearningRate& rate, int total_steps) {
  while (rate.steps.size() > 1 && rate.steps.back() >= total_steps) {
    rate.steps.pop_back();
    rate.values.pop_back();
  }
}

// A plain number is called what the user wrote it under.
void check_constant(const LearningRate& rate) {
  const auto found = rate.parameters.find("initial");
  if (found == rate.parameters.end() || Range::positive().contains(found->second)) return;
  throw InputError(table_name, shortest(found->second) + " is out of range; allowed is " +
                                   Range::positive().describe("learning_rate"));
}

// A schedule may fall for ever, but not below what a double can hold.
void check_positive(const LearningRate& rate, int total_steps) {
  for (int step = 0; step < total_steps; ++step) {
    if (rate.at(step) >= std::numeric_limits<double>::min()) continue;
    throw InputError(table_name, "the schedule \"" + rate.schedule + "\" falls to 0 at step " + std::to_string(step) +
                                     " of " + std::to_string(total_steps) +
                                     "; allowed is a rate above 0 at every step");
  }
}

// A whole number of steps.
void check_whole(const LearningRate& rate, const std::string& name) {
  const auto found = rate.parameters.find(name);
  if (found == rate.parameters.end() || found->second == std::floor(found->second)) return;
  throw InputError(std::string(table_name) + "." + name,
                   shortest(found->second) + " is not a whole number of steps; allowed is an integer");
}

}  // namespace

std::span<const ScheduleInfo> learning_rate_schedules() { return schedules; }

const ScheduleInfo& find_schedule(const std::string& name) {
  std::vector<std::string> names;
  std::string list;
  for (const ScheduleInfo& info : schedules) {
    if (info.name == name) return info;
    names.emplace_back(info.name);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  throw InputError(std::string(table_name) + ".schedule",
                   "\"" + name + "\" is not known" + did_you_mean(name, names) + "; allowed is " + list);
}

LearningRate LearningRate::scheduled(std::string schedule, Parameters parameters) {
  LearningRate rate;
  rate.schedule = std::move(schedule);
  rate.parameters = std::move(parameters);
  return rate;
}

LearningRate LearningRate::table(std::vector<int> steps, std::vector<double> values) {
  LearningRate rate = scheduled("table", {});
  rate.steps = std::move(steps);
  rate.values = std::move(values);
  return rate;
}

double LearningRate::at(int step) const {
  const auto value = [this](const char* key) { return parameters.find(key)->second; };
  const double k = step;
  if (schedule == "step") return value("initial") * std::pow(value("factor"), std::floor(k / value("every")));
  if (schedule == "inverse-sqrt") return value("initial") / std::sqrt(1.0 + k / value("offset"));
  if (schedule == "cosine") {
    const double phase = std::numbers::pi * std::min(1.0, k / value("over"));
    return value("final") + (value("initial") - value("final")) * 0.5 * (1.0 + std::cos(phase));
  }
  if (schedule == "table") {
    const auto next = std::upper_bound(steps.begin(), steps.end(), step);
    return values[static_cast<std::size_t>(next - steps.begin()) - 1];
  }
  return value("initial");
}

double LearningRate::largest() const {
  if (schedule == "table") return *std::max_element(values.begin(), values.end());
  const double start = at(0);  // all others fall, but for a cosine that rises
  return schedule == "cosine" ? std::max(start, parameters.find("final")->second) : start;
}

LearningRate validated(const LearningRate& learning_rate, int total_steps) {
  const ScheduleInfo& info = find_schedule(learning_rate.schedule);
  LearningRate result = learning_rate;
  if (info.name == "table") {
    (void)complete(learning_rate.parameters, {}, table_name, learning_rate.schedule);
    check_table(result);
    drop_unreached(result, total_steps);
    return result;
  }
  if (!learning_rate.steps.empty() || !learning_rate.values.empty()) {
    throw InputError(std::string(table_name) + ".steps",
                     "does not apply to the schedule \"" + learning_rate.schedule + "\"; it applies to \"table\"");
  }
  if (result.constant()) check_constant(result);
  if (info.name == "cosine" && !result.parameters.contains("over")) result.parameters["over"] = total_steps;
  result.parameters = complete(result.parameters, info.parameters, table_name, learning_rate.schedule);
  if (info.name == "cosine" && result.parameters["final"] == 0.0 && result.parameters["over"] < total_steps) {
    throw InputError(std::string(table_name) + ".final",
                     "0 is reached after " + shortest(result.parameters["over"]) + " of " +
                         std::to_string(total_steps) +
                         " steps, and nothing moves after that; allowed is 0 < final, or "
                         "a cosine over all steps");
  }
  check_whole(result, "every");
  check_whole(result, "over");
  if (!result.constant()) check_positive(result, total_steps);
  return result;
}

}  // namespace sgdyn
