// The learning rate dt as a function of the step: constant, or one of a few schedules.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sgdyn/core/parameters.hpp"

namespace sgdyn {

/// dt(k) of eq. 2. A plain number is the constant schedule, so that `learning_rate = 0.1` says what it means.
struct LearningRate {
  std::string schedule = "constant";  ///< one of learning_rate_schedules()
  Parameters parameters{{"initial", 0.1}};
  std::vector<int> steps;      ///< "table" only: from steps[i] on dt is values[i]; increasing, the first is 0
  std::vector<double> values;  ///< "table" only

  LearningRate() = default;
  LearningRate(double constant) : parameters{{"initial", constant}} {}  // NOLINT(google-explicit-constructor)
  /// "step", "inverse-sqrt", "cosine": all but "table".
  static LearningRate scheduled(std::string schedule, Parameters parameters);
  static LearningRate table(std::vector<int> steps, std::vector<double> values);

  [[nodiscard]] bool constant() const { return schedule == "constant"; }
  /// dt(k), k >= 0, of a validated schedule.
  [[nodiscard]] double at(int step) const;
  /// The largest dt(k); of a validated table, the largest any step of the run has.
  [[nodiscard]] double largest() const;

  friend bool operator==(const LearningRate&, const LearningRate&) = default;
};

/// A schedule and the keys it takes beside `schedule`; "table" takes the lists `steps` and `values` instead.
struct ScheduleInfo {
  std::string_view name;
  std::string_view formula;
  std::span<const ParameterInfo> parameters;
};

[[nodiscard]] std::span<const ScheduleInfo> learning_rate_schedules();

/// @throws InputError("algorithm.learning_rate.schedule", ...) naming the nearest.
[[nodiscard]] const ScheduleInfo& find_schedule(const std::string& name);

/// Checks and fills in defaults; `total_steps` is that of the algorithm, over which a cosine falls unless it says
/// otherwise, and past which entries of a table are dropped. @throws InputError naming algorithm.learning_rate or a key
/// below it.
[[nodiscard]] LearningRate validated(const LearningRate& learning_rate, int total_steps);

}  // namespace sgdyn
