#include "commands/replica_sweep.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "description.hpp"
#include "input.hpp"
#include "options.hpp"
#include "replica_text.hpp"
#include "results.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/core/progress_meter.hpp"
#include "sgdyn/io/result.hpp"
#include "sgdyn/theory/replica/replica.hpp"
#include "sweep.hpp"

namespace sgdyn::tools {
namespace {

using nlohmann::ordered_json;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// What was found at one value of the axes.
struct SweepPoint {
  Status status = Status::ok;
  ordered_json document{};        ///< all of it
  std::vector<double> numbers{};  ///< the columns of the table, NaN where missing
  double drawn = missing;
  double bound = missing;
};

class ReplicaSweep {
 public:
  ReplicaSweep(const ProblemFile& file, const Options& options, Session& session, Question question)
      : options_(options),
        session_(session),
        question_(question),
        optimise_(own_option(options, "--optimise").has_value()),
        axis_(parse_sweep("--sweep", *own_option(options, "--sweep"))),
        outcome_{.command = "replica", .name = file.name(), .problem = file.problem()} {
    if (const auto curves = own_option(options, "--curves")) curves_ = parse_sweep("--curves", *curves);
    if (curves_ && curves_->key == axis_.key) {
      throw InputError("--curves", curves_->key + " is the key of --sweep already; allowed is another one");
    }
    if (optimise_ && (axis_.key == "loss.ridge" || (curves_ && curves_->key == "loss.ridge"))) {
      throw InputError("--optimise", "the ridge cannot be swept and optimised at once");
    }
    read_problems();
  }

  ExitStatus run() {
    std::unique_ptr<OutputDirectory> directory = open_output(options_, outcome_.name, outcome_.problem);
    const Execution execution = session_.execution();
    ProgressMeter meter(execution, "replica", static_cast<double>(problems_.size()));
    for (const Problem& problem : problems_) {
      if (session_.stopped()) break;
      if (points_.size() % axis_.values.size() == 0) near_.reset();
      points_.push_back(solve(problem));
      meter.add(1.0);
    }
    conclude();
    return deliver(outcome_, options_, session_, directory.get());
  }

 private:
  [[nodiscard]] bool threshold() const { return question_ == Question::separability; }
  [[nodiscard]] std::size_t curve_count() const { return curves_ ? curves_->values.size() : 1; }

  // Every problem is read before the first is solved: mistakes are told at once.
  void read_problems() {
    for (std::size_t c = 0; c < curve_count(); ++c) {
      for (std::size_t i = 0; i < axis_.values.size(); ++i) {
        std::vector<std::string> settings{axis_.setting(i)};
        if (curves_) settings.push_back(curves_->setting(c));
        problems_.push_back(read_again(options_, settings, question_));
        const auto violated = threshold() ? std::nullopt : replica::violated(problems_.back());
        if (!violated) continue;
        const NotApplicable refusal("replica", *violated);
        deliver_refusal(outcome_, refusal, options_, session_);
        throw refusal;
      }
    }
  }

  SweepPoint solve(const Problem& problem) {
    if (threshold()) return solve_threshold(problem);
    return optimise_ ? solve_best(problem) : solve_point(problem);
  }

  SweepPoint solve_threshold(const Problem& problem) {
    const replica::Separability found = replica::separability(problem.data, problem.loss.intercept);
    SweepPoint point{.status = found.status, .document = separability_document(found)};
    point.document["status"] = to_string(found.status);
    const bool known = !found.always && found.status == Status::ok;
    point.drawn = known ? found.alpha_star : missing;
    point.numbers = {point.drawn, known ? found.overlap : missing, known ? found.intercept : missing};
    return point;
  }

  SweepPoint solve_point(const Problem& problem) {
    replica::FixedPoint found = replica::solve(problem, near_ ? &*near_ : nullptr);
    if (found.status == Status::ok) near_ = found;
    return described(found, problem, {});
  }

  SweepPoint solve_best(const Problem& problem) {
    const replica::BestRidge best = replica::best_ridge(problem, session_.execution());
    Problem solved = problem;
    if (best.ridge) solved.loss.ridge = *best.ridge;
    return described(best.point, solved, optimum_document(best));
  }

  static SweepPoint described(const replica::FixedPoint& found, const Problem& problem, ordered_json optimum) {
    const Observables observables = replica::to_observables(found, problem);
    SweepPoint point{.status = found.status, .document = to_json(observables)};
    for (const char* key : {"assumptions", "settings", "dimension", "extrapolated", "runs", "diagnostics"}) {
      point.document.erase(key);
    }
    point.document["regime"] = replica::to_string(found.regime);
    const auto value = [&](const std::string& name) {
      const bool known = point.document.contains(name) && point.document[name].is_number();
      return known ? point.document[name].get<double>() : missing;
    };
    for (const std::string& name : columns()) point.numbers.push_back(value(name));
    point.drawn = value("generalisation_error");
    point.bound = value("bayes_error");
    if (!optimum.is_null()) {
      if (optimum["value"].is_number())
        point.numbers.push_back(optimum["value"].get<double>());
      else
        point.numbers.push_back(missing);
      point.document["optimum"] = std::move(optimum);
    }
    return point;
  }

  static const std::vector<std::string>& columns() {
    static const std::vector<std::string> names{
        "overlap", "norm", "response", "intercept", "training_loss", "generalisation_error", "bayes_error", "residual"};
    return names;
  }

  [[nodiscard]] std::vector<std::string> headings() const {
    if (threshold()) return {"alpha_star", "overlap", "intercept"};
    std::vector<std::string> names = columns();
    if (optimise_) names.emplace_back("best_ridge");
    return names;
  }

  void conclude() {
    outcome_.stopped = points_.size() < problems_.size();
    for (const SweepPoint& point : points_) {
      // A value at which the theory has no answer says so itself; the sweep goes on.
      if (point.status != Status::not_applicable) outcome_.status = worse(outcome_.status, point.status);
    }
    if (outcome_.status != Status::ok) outcome_.status_message = "not every point of the sweep was solved";
    outcome_.extras.blocks.emplace_back("sweep", document());
    outcome_.extras.text = table();
    outcome_.extras.tables.emplace_back("sweep.csv", csv());
    outcome_.extras.figures.push_back(picture());
  }

  [[nodiscard]] std::string curve_value(std::size_t point) const {
    return curves_ ? curves_->values[point / axis_.values.size()] : "";
  }
  [[nodiscard]] std::string axis_value(std::size_t point) const { return axis_.values[point % axis_.values.size()]; }

  [[nodiscard]] ordered_json document() const {
    ordered_json points = ordered_json::array();
    for (std::size_t i = 0; i < points_.size(); ++i) {
      ordered_json point{{axis_.key, axis_.value(i % axis_.values.size())}};
      if (curves_) point[curves_->key] = curves_->value(i / axis_.values.size());
      point.update(points_[i].document);
      points.push_back(std::move(point));
    }
    return {{"parameter", axis_.key},
            {"curves", curves_ ? ordered_json(curves_->key) : ordered_json(nullptr)},
            {"points", std::move(points)}};
  }

  [[nodiscard]] std::string csv() const {
    std::string text =
        axis_.key + (curves_ ? "," + curves_->key : "") + fmt::format(",{},status\n", fmt::join(headings(), ","));
    for (std::size_t i = 0; i < points_.size(); ++i) {
      text += axis_value(i) + (curves_ ? "," + curve_value(i) : "");
      for (const double number : points_[i].numbers) text += "," + (std::isfinite(number) ? shortest(number) : "");
      for (std::size_t k = points_[i].numbers.size(); k < headings().size(); ++k) text += ",";
      text += fmt::format(",{}\n", to_string(points_[i].status));
    }
    return text;
  }

  [[nodiscard]] std::string table() const {
    const std::vector<std::string> names = headings();
    const std::size_t first = std::max<std::size_t>(axis_.key.size(), 10) + 2;
    std::string text = fmt::format("  {:<{}}", axis_.key, first);
    if (curves_) text += fmt::format("{:<{}}", curves_->key, curves_->key.size() + 4);
    for (const std::string& name : names)
      text += fmt::format("{:>{}}", name, std::max<std::size_t>(name.size(), 12) + 2);
    text += "\n";
    for (std::size_t i = 0; i < points_.size(); ++i) {
      text += fmt::format("  {:<{}.10g}", axis_.value(i % axis_.values.size()), first);
      if (curves_) text += fmt::format("{:<{}}", curve_value(i), curves_->key.size() + 4);
      for (std::size_t k = 0; k < names.size(); ++k) {
        const double number = k < points_[i].numbers.size() ? points_[i].numbers[k] : missing;
        const std::size_t width = std::max<std::size_t>(names[k].size(), 12) + 2;
        text += std::isfinite(number) ? fmt::format("{:>{}.6g}", number, width) : fmt::format("{:>{}}", "-", width);
      }
      if (points_[i].status != Status::ok) text += fmt::format("  {}", to_string(points_[i].status));
      text += "\n";
    }
    return text;
  }

  // The symbol of a key, as descriptions have it.
  static std::string symbol(const std::string& key) {
    if (key == "data.alpha") return "\u03b1";
    if (key == "data.noise") return "\u0394";
    if (key == "loss.ridge") return "\u03bb";
    return key.substr(key.find('.') + 1);
  }

  // The problem without what varies.
  [[nodiscard]] std::string title() const {
    Description all = description_of(outcome_.problem);
    std::erase_if(all.numbers, [&](const std::string& item) {
      return item.starts_with(symbol(axis_.key) + " = ") ||
             (curves_ && item.starts_with(symbol(curves_->key) + " = ")) ||
             (optimise_ && item.starts_with("\u03bb = "));
    });
    return fmt::format("{}: {}", fmt::join(all.components, ", "), fmt::join(all.numbers, ", "));
  }

  [[nodiscard]] std::string axis_label() const {
    if (axis_.key == "data.alpha") return "\u03b1, samples per weight";
    if (axis_.key == "data.noise") return "\u0394, variance of the inputs";
    if (axis_.key == "loss.ridge") return "\u03bb, ridge";
    return symbol(axis_.key);
  }

  [[nodiscard]] FigureScript picture() const {
    std::vector<SweepCurve> curves;
    for (std::size_t c = 0; c < curve_count(); ++c) {
      SweepCurve curve;
      bool bounded = false;
      for (std::size_t i = c * axis_.values.size(); i < std::min(points_.size(), (c + 1) * axis_.values.size()); ++i) {
        curve.values.push_back(points_[i].drawn);
        curve.bound.push_back(points_[i].bound);
        bounded = bounded || std::isfinite(points_[i].bound);
      }
      if (curve.values.empty()) continue;
      if (!bounded) curve.bound.clear();
      const std::string what = threshold() ? "\u03b1* (separable below)"
                               : optimise_ ? "least error over the ridge"
                                           : "replica-symmetric theory";
      curve.label = curves_ ? symbol(curves_->key) + " = " + curves_->values[c] : what;
      curves.push_back(std::move(curve));
    }
    const SweepFigure figure{
        .name = threshold() ? "separability" : "generalisation_error",
        .caption = threshold() ? "The threshold alpha* below which the data can be separated, N to infinity."
                               : "Generalisation error of the minimiser, N to infinity, and the Bayes-optimal error.",
        .title = title(),
        .x_label = axis_label(),
        .y_label = threshold() ? "\u03b1*, separable below" : "generalisation error",
        .bound_label = "Bayes-optimal",
        .log_y = threshold()};
    return sweep_script(figure, axis_, curves);
  }

  const Options& options_;
  Session& session_;
  Question question_;
  bool optimise_;
  SweepAxis axis_;
  std::optional<SweepAxis> curves_;
  Outcome outcome_;
  std::vector<Problem> problems_;
  std::vector<SweepPoint> points_;
  std::optional<replica::FixedPoint> near_;
};

}  // namespace

ExitStatus run_replica_sweep(const ProblemFile& file, const Options& options, Session& session, Question question) {
  return ReplicaSweep(file, options, session, question).run();
}

}  // namespace sgdyn::tools
