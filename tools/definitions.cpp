#include "definitions.hpp"

#include <algorithm>
#include <utility>

#include "sgdyn/observable/catalogue.hpp"

namespace sgdyn::tools {
namespace {

Definition of(const ObservableInfo& info) {
  return {std::string(info.name), std::string(info.symbol), std::string(info.definition)};
}

std::vector<Definition> of_threshold() {
  return {{"alpha_star", "\u03b1*", "samples a weight up to which the data can be separated without error"},
          {"overlap", "m", "v.w/sqrt(N) of the weights that still separate there, |w|^2 = N"},
          {"intercept", "B", "bias of the field there"}};
}

// Beside the observables; the symbols are those of lib/notation.md.
std::vector<Definition> of_minimiser() {
  return {{"response", "V", "response of w to a field: how far a unit force on a weight moves it"},
          {"proximal_width", "g", "\u0394 V: how far a sample moves its own field for a unit slope of its loss"},
          {"ridge_times_response", "\u03bb V", "stays finite where the response grows as 1/\u03bb"},
          {"bayes_error", "", "error of the best rule that knows the law of the samples, but not v"},
          {"stability", "",
           "1 - \u03b1 E[(1 - du/dh)^2], u the margin after training, h before: stable against replica "
           "symmetry breaking where positive"},
          {"residual", "", "largest error of an equation of state, relative to its largest term"},
          {"rounding", "", "relative error of the norm that two roundings in each equation of state would make"},
          {"iterations", "", "evaluations of the equations of state"},
          {"regime", "",
           "ridge: the minimiser itself; max-margin, interpolation: its limit as \u03bb goes to 0; "
           "zero-weights: w = 0 for every \u03bb"}};
}

bool about_minimiser(const Outcome& outcome) {
  return outcome.problem.question == Question::minimiser ||
         std::any_of(outcome.theories.begin(), outcome.theories.end(),
                     [](const Observables& theory) { return theory.of_minimiser; });
}

}  // namespace

std::vector<Definition> definitions(const Outcome& outcome) {
  if (outcome.problem.question == Question::separability) return of_threshold();
  std::vector<Definition> all;
  for (const ObservableInfo& info : observable_catalogue()) {
    if (outcome.problem.question == Question::trajectory || !info.needs_replicas) all.push_back(of(info));
  }
  if (!about_minimiser(outcome)) return all;
  for (const ObservableInfo& info : observables_of_minimiser()) all.push_back(of(info));
  for (Definition& definition : of_minimiser()) all.push_back(std::move(definition));
  return all;
}

}  // namespace sgdyn::tools
