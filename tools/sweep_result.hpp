// What a sweep found, as a table, a CSV file and a document.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sgdyn/core/status.hpp"
#include "sweep.hpp"

namespace sgdyn::tools {

/// What was found at one point of the grid.
struct SweepPoint {
  Status status = Status::ok;
  std::string message{};              ///< one sentence where status is not ok
  std::vector<double> numbers{};      ///< one a column, NaN where it cannot be given; none unless status is ok
  nlohmann::ordered_json document{};  ///< all of it, where status is ok

  [[nodiscard]] bool solved() const { return status == Status::ok; }
};

/// The first points of the grid in its order; all of them unless interrupted.
struct SweepResult {
  SweepGrid grid;
  std::vector<std::string> columns;
  std::vector<SweepPoint> points{};

  [[nodiscard]] bool complete() const { return points.size() == grid.size(); }
  /// Column `name` at a point, NaN where there is none.
  [[nodiscard]] double value(std::size_t point, const std::string& name) const;
  /// The worst of what failed numerically: a point the theory does not apply to says so itself, and fails nothing else.
  [[nodiscard]] Status status() const;
  /// No point was solved, and none failed numerically.
  [[nodiscard]] bool nothing_applies() const;
  /// "2 of 4 points have no answer (2 not-applicable), the first at data.alpha = 2: ..."; empty when all are solved.
  /// Where several statuses occur the point quoted is the first with that of the sweep.
  [[nodiscard]] std::string failures() const;
};

/// Takes the documents of the points along: they may be hundreds of megabytes.
[[nodiscard]] nlohmann::ordered_json take_document(SweepResult& result);
[[nodiscard]] std::string sweep_csv(const SweepResult& result);
/// Columns two blanks apart, and a line that says how many points failed, if any did.
[[nodiscard]] std::string sweep_table(const SweepResult& result);

}  // namespace sgdyn::tools
