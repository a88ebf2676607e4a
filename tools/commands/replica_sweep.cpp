#include "commands/replica_sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/replica_options.hpp"
#include "commands/replica_point.hpp"
#include "gnuplot_text.hpp"
#include "options.hpp"
#include "results.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/core/progress_meter.hpp"
#include "sgdyn/validation/figure/quantity.hpp"
#include "sweep.hpp"
#include "sweep_figure.hpp"
#include "sweep_result.hpp"
#include "sweep_words.hpp"

namespace sgdyn::tools {
namespace {

SweepGrid read_grid(const Problem& problem, const Options& options) {
  const SweepAxis axis = parse_sweep("--sweep", *own_option(options, "--sweep"));
  std::optional<SweepAxis> curves;
  if (const auto text = own_option(options, "--curves")) curves = parse_sweep("--curves", *text);
  SweepGrid grid(problem, axis, curves);
  if (optimises(options) && grid.varies("loss.ridge")) {
    throw InputError("--optimise", "the ridge cannot be swept and optimised at once");
  }
  return grid;
}

class ReplicaSweep {
 public:
  ReplicaSweep(const ProblemFile& file, const Options& options, Session& session)
      : options_(options),
        session_(session),
        optimise_(optimises(options)),
        points_(replica_question(options), optimise_, {.stop_requested = session.execution().stop_requested}),
        outcome_{.command = "replica", .name = file.name(), .problem = file.problem()},
        result_{.grid = read_grid(file.problem(), options), .columns = points_.columns()} {
    outcome_.heading = describe_sweep(outcome_.problem, result_.grid, optimise_);
  }

  ExitStatus run() {
    const std::unique_ptr<OutputDirectory> directory =
        open_output(options_, outcome_.name, outcome_.problem, directory_variant(options_));
    solve_all();
    require_answer();
    conclude();
    return deliver(outcome_, options_, session_, directory.get());
  }

 private:
  [[nodiscard]] bool threshold() const { return outcome_.problem.question == Question::separability; }

  void solve_all() {
    const Execution execution = session_.execution();
    ProgressMeter meter(execution, "replica", static_cast<double>(result_.grid.size()));
    meter.add(0.0);
    while (!result_.complete() && !session_.stopped()) {
      const std::size_t at = result_.points.size();
      if (result_.grid.on_axis(at) == 0) points_.start_curve();
      SweepPoint point = solve(at);
      if (point.status == Status::interrupted) return;
      result_.points.push_back(std::move(point));
      meter.add(1.0);
    }
  }

  SweepPoint solve(std::size_t at) {
    try {
      return points_.solve(result_.grid.problem(at));
    } catch (const NotApplicable& refusal) {
      return {.status = Status::not_applicable, .message = refusal.reason()};
    }
  }

  // Without a single answer a sweep is refused as one point is.
  void require_answer() {
    if (!result_.complete() || !result_.nothing_applies()) return;
    const NotApplicable refusal(threshold() ? "separability" : "replica",
                                fmt::format("no point of the sweep has an answer, the first at {}: {}",
                                            result_.grid.place(0), result_.points.front().message));
    session_.clear_progress();
    deliver_refusal(outcome_, refusal, options_, session_);
    throw refusal;
  }

  void conclude() {
    outcome_.status = result_.status();
    if (outcome_.status != Status::ok) outcome_.status_message = result_.failures();
    outcome_.extras.text = sweep_table(result_);
    outcome_.extras.tables.emplace_back("sweep.csv", sweep_csv(result_));
    if (const std::vector<SweepCurve> all = curves(); has_points(all)) {
      const bool bounds =
          std::any_of(all.begin(), all.end(), [](const SweepCurve& curve) { return !curve.bound.empty(); });
      outcome_.extras.figures.push_back(sweep_script(figure(bounds), result_.grid.axis(), all));
    }
    note_points_without_ridge();
    mark_interruption();
    outcome_.extras.blocks.emplace_back("sweep", take_document(result_));
  }

  void note_points_without_ridge() {
    if (!optimise_) return;
    std::size_t count = 0;
    for (std::size_t i = 0; i < result_.points.size(); ++i) {
      if (result_.points[i].solved() && std::isnan(result_.value(i, "best_ridge"))) ++count;
    }
    if (count == 0) return;
    outcome_.notes.push_back(fmt::format(
        "{} of {} points {} no best ridge: of what depends on the ridge only generalisation_error is given, the least "
        "found",
        count, result_.points.size(), count == 1 ? "has" : "have"));
  }

  void mark_interruption() {
    if (result_.complete()) return;
    outcome_.stopped = true;
    outcome_.status = Status::interrupted;
    outcome_.status_message = fmt::format("{} of {} points were finished", result_.points.size(), result_.grid.size());
    outcome_.extras.text += "interrupted: " + outcome_.status_message + "\n";
  }

  [[nodiscard]] std::string label(std::size_t curve) const {
    if (const auto& curves = result_.grid.curves()) {
      return fmt::format("{} = {:.6g}", symbol_of_key(curves->key), curves->value(curve));
    }
    if (threshold()) return "\u03b1* (separable below)";
    return optimise_ ? "least error over the ridge" : "replica-symmetric theory";
  }

  [[nodiscard]] std::vector<SweepCurve> curves() const {
    std::vector<SweepCurve> all(result_.grid.curve_count());
    for (std::size_t c = 0; c < all.size(); ++c) all[c].label = label(c);
    for (std::size_t i = 0; i < result_.points.size(); ++i) {
      SweepCurve& curve = all[result_.grid.on_curves(i)];
      curve.values.push_back(result_.value(i, threshold() ? "alpha_star" : "generalisation_error"));
      if (!threshold()) curve.bound.push_back(result_.value(i, "bayes_error"));
    }
    // Curves that were never begun, and bounds nobody knows, have no place in the legend.
    std::erase_if(all, [](const SweepCurve& curve) { return !has_points({curve}); });
    for (SweepCurve& curve : all) {
      if (!has_points({{.label = "", .values = curve.bound, .bound = {}}})) curve.bound.clear();
    }
    return all;
  }

  [[nodiscard]] SweepFigure figure(bool with_bounds) const {
    SweepFigure figure{.name = threshold() ? "separability" : "generalisation_error",
                       .caption = caption(with_bounds),
                       .title = describe_fixed(outcome_.problem, result_.grid, optimise_),
                       .x_label = axis_label(result_.grid.axis().key),
                       .y_label = "\u03b1*, samples per weight",
                       .bound_label = "Bayes-optimal"};
    if (!threshold()) figure.y_label = "generalisation error,  " + figure::symbol_of("generalisation_error");
    return figure;
  }

  [[nodiscard]] std::string caption(bool with_bounds) const {
    const std::string gaps = result_.failures().empty() ? "" : " Points without an answer are left out.";
    if (threshold()) return "The threshold \u03b1* below which the data can be separated, N \u2192 \u221e." + gaps;
    const std::string what =
        optimise_ ? "Least generalisation error over the ridge" : "Generalisation error of the minimiser";
    return what + ", N \u2192 \u221e" + (with_bounds ? "; broken: the Bayes-optimal error." : ".") + gaps;
  }

  const Options& options_;
  Session& session_;
  bool optimise_;
  ReplicaPoints points_;
  Outcome outcome_;
  SweepResult result_;
};

}  // namespace

ExitStatus run_replica_sweep(const ProblemFile& file, const Options& options, Session& session) {
  return ReplicaSweep(file, options, session).run();
}

}  // namespace sgdyn::tools
