#include "notes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sgdyn/model/data_model.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::tools {
namespace {

constexpr double rounding = 1e-12;

bool is_probability(const ObservableInfo& info) {
  return info.kind == Kind::proportion || info.name == "generalisation_error";
}

std::string note_on_response(const Outcome& outcome) {
  for (const Observables& theory : outcome.theories) {
    if (theory.of_minimiser || theory.steps.empty() || theory.two_time.contains("response")) continue;
    return "no response R(t,t') is given by " + display_name(theory) + ": " + why_no_array(outcome, theory, "response");
  }
  return "";
}

std::string note_on_proportions(const Outcome& outcome) {
  if (!outcome.simulation) return "";
  std::vector<std::string> names;
  for (const std::string& name : observable_names(outcome)) {
    if (leaves_unit_interval(*outcome.simulation, name)) names.push_back(name);
  }
  if (names.empty()) return "";
  return fmt::format(
      "the extrapolated {} of the simulation {} [0, 1] at some steps: the straight line in 1/N that leads to N "
      "\u2192 \u221e overshoots near a bound by about its error bar, and no value is cut off",
      fmt::join(names, ", "), names.size() == 1 ? "leaves" : "leave");
}

std::string note_on_symmetry(const Outcome& outcome) {
  const Problem& problem = outcome.problem;
  if (problem.question != Question::trajectory) return "";
  const auto model = make_data_model(problem.data.model, problem.data.noise);
  if (!model->reflection_symmetric() || problem.initial.overlap != 0.0) return "";
  return "an overlap of 0 stays 0, as the " + problem.data.model.name +
         " look the same from both sides: give initial.overlap, such as 0.2, for a start that can learn";
}

std::string note_on_stops(const Outcome& outcome) {
  if (!outcome.simulation) return "";
  const auto converged = outcome.simulation->at_stop.find("converged_fraction");
  const auto step = outcome.simulation->at_stop.find("step");
  if (converged == outcome.simulation->at_stop.end() || step == outcome.simulation->at_stop.end()) return "";
  if (!step->second.available() || !converged->second.available() || converged->second.value == 1.0) return "";
  return "what holds at the stop is known of the runs that stopped alone, which are those that converge fast; with "
         "more "
         "steps all would";
}

}  // namespace

std::string why_no_array(const Outcome& outcome, const Observables& producer, const std::string& array) {
  if (producer.two_time.contains(array)) return "";
  if (producer.steps.empty()) return "no step was finished";
  if (producer.producer == "simulation")
    return "the simulation measures responses to single kicks only, those of observables.response";
  const Problem& problem = outcome.theory_problem ? *outcome.theory_problem : outcome.problem;
  if (array == "response" && !make_loss(problem.loss.loss)->smooth()) {
    return "the derivative of the " + problem.loss.loss.name +
           " loss jumps, and the noise has an empty direction, which leaves the response to a single push undetermined";
  }
  return producer.producer + " does not give it for this problem";
}

bool leaves_unit_interval(const Observables& producer, const std::string& observable) {
  if (producer.sizes.empty() || !is_probability(observable_info(observable))) return false;
  const auto found = producer.series.find(observable);
  if (found == producer.series.end() || !found->second.available() || found->second.mean.size() == 0) return false;
  const Eigen::VectorXd& mean = found->second.mean;
  return mean.minCoeff() < -rounding || mean.maxCoeff() > 1.0 + rounding;
}

std::vector<std::string> notes(const Outcome& outcome) {
  std::vector<std::string> all{note_on_symmetry(outcome), note_on_response(outcome), note_on_proportions(outcome),
                               note_on_stops(outcome)};
  all.insert(all.end(), outcome.notes.begin(), outcome.notes.end());
  std::erase(all, std::string());
  return all;
}

}  // namespace sgdyn::tools
