#include "commands/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "input.hpp"
#include "options.hpp"
#include "results.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/theory/theory.hpp"
#include "sgdyn/validation/minimise.hpp"

namespace sgdyn::tools {
namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> words;
  std::size_t start = 0;
  while (start <= list.size()) {
    const std::size_t comma = std::min(list.find(',', start), list.size());
    words.push_back(list.substr(start, comma - start));
    start = comma + 1;
  }
  return words;
}

// The theories asked for, each of which must apply; without --theory all about training that apply, of which there must
// be one.
std::vector<const Theory*> choose_theories(const Problem& problem, const std::optional<std::string>& list) {
  std::vector<const Theory*> chosen;
  if (list) {
    for (const std::string& name : split(*list)) {
      const Theory& theory = find_theory(name);
      if (const auto violated = theory.violated(problem)) throw NotApplicable(theory.name, *violated);
      if (std::find(chosen.begin(), chosen.end(), &theory) == chosen.end()) chosen.push_back(&theory);
    }
    return chosen;
  }
  std::optional<NotApplicable> refusal;
  for (const Theory& theory : theories()) {
    if (theory.answers != Question::trajectory) continue;
    if (const auto violated = theory.violated(problem)) {
      if (!refusal) refusal.emplace(theory.name, *violated);
    } else {
      chosen.push_back(&theory);
    }
  }
  if (chosen.empty()) throw *refusal;
  return chosen;
}

// One size cannot tell a wrong theory from a finite-size shift: N/2 and N/4 run along, where they have a sample and
// a limit exists to extrapolate to.
Dimensions with_smaller_sizes(const Dimensions& dimensions, const Problem& problem) {
  const bool has_limit = problem.question != Question::trajectory || has_limit_in_size(problem);
  if (dimensions.values().size() != 1 || !has_limit) return dimensions;
  const double alpha = problem.data.alpha;
  const long largest = dimensions.values().front();
  constexpr long smallest_dimension = 2;
  std::vector<long> sizes;
  for (const long divisor : {4, 2, 1}) {
    const long size = largest / divisor;
    const bool possible = size >= smallest_dimension && alpha * static_cast<double>(size) >= 1.0;
    if (size == largest || (possible && (sizes.empty() || size > sizes.back()))) sizes.push_back(size);
  }
  return Dimensions(sizes);
}

// Sizes that run though nobody asked for them.
std::vector<std::string> further_sizes(const std::vector<long>& asked, const std::vector<long>& sizes) {
  if (sizes.size() <= asked.size()) return {};
  return {fmt::format("simulation: N = {} and its fractions N = {} run too, to extrapolate to N -> infinity",
                      sizes.back(), fmt::join(sizes.begin(), sizes.end() - 1, ", "))};
}

// The worst over the theories; nothing compared is nothing known.
Verdict overall_verdict(const Outcome& outcome) {
  if (outcome.comparisons.empty()) return Verdict::inconclusive;
  Verdict worst = Verdict::agree;
  for (const Comparison& comparison : outcome.comparisons) {
    if (comparison.verdict == Verdict::disagree) return Verdict::disagree;
    if (comparison.verdict != Verdict::agree) worst = comparison.verdict;
  }
  return worst;
}

std::string verdict_reason(const Outcome& outcome) {
  for (const Comparison& comparison : outcome.comparisons) {
    if (comparison.verdict == *outcome.verdict) return comparison.reason;
  }
  return "nothing could be compared: " + status_message(outcome);
}

bool has_steps(const Observables* observables) { return observables != nullptr && !observables->steps.empty(); }

void judge(Outcome& outcome, const ComparisonOptions& options, Session& session) {
  const bool stopped = worst_status(outcome) == Status::interrupted;
  const bool complete = std::all_of(outcome.theories.begin(), outcome.theories.end(), [&](const Observables& theory) {
    return has_steps(&theory) && has_steps(counterpart(outcome, theory));
  });
  if (!stopped && complete) {
    for (const Observables& theory : outcome.theories) {
      outcome.comparisons.push_back(compare(theory, *counterpart(outcome, theory), options, session.execution()));
    }
  }
  outcome.verdict = overall_verdict(outcome);
  outcome.verdict_reason = verdict_reason(outcome);
}

/// What is measured, and how.
struct Measurements {
  std::optional<SimulationOptions> simulation;
  std::optional<MinimiserOptions> minimisation;
  std::vector<std::string> announcements;
  std::vector<std::string> notes;  ///< what is done otherwise than asked for
};

void compute(Outcome& outcome, const std::vector<std::function<Observables()>>& solvers,
             const Measurements& measurements, Session& session) {
  for (const auto& solve : solvers) {
    outcome.theories.push_back(solve());
    if (outcome.theory_problem && !outcome.theories.back().of_minimiser) {
      outcome.theories.back().settings["algorithm"] = outcome.theory_problem->algorithm.sampling.name;
    }
    keep_finite_steps(outcome.theories.back());
    if (session.stopped()) {
      outcome.stopped = true;
      return;
    }
  }
  if (measurements.simulation) {
    outcome.simulation = simulate(outcome.problem, *measurements.simulation, session.execution());
    keep_finite_steps(*outcome.simulation);
  }
  if (measurements.minimisation && !session.stopped()) {
    outcome.minimisation = minimise(outcome.problem, *measurements.minimisation, session.execution());
    keep_finite_steps(*outcome.minimisation);
  }
}

bool any_answers(const std::vector<const Theory*>& theories, Question question) {
  return std::any_of(theories.begin(), theories.end(),
                     [question](const Theory* theory) { return theory->answers == question; });
}

// The fewer data sets the user asked for, if any. @throws InputError.
std::vector<std::string> raised_runs(OptionTable& table) {
  if (!table.has("runs")) return {};
  const int asked = read_simulation_options(table).runs;
  if (asked >= fewest_instances) return {};
  return {
      fmt::format("simulation.runs = {} was raised to {}: the error bars of the minimiser need at least so many data "
                  "sets",
                  asked, fewest_instances)};
}

// Reads [simulation] for whoever measures, and refuses before anything is computed.
Measurements prepare_measurements(const ProblemFile& file, const std::vector<const Theory*>& chosen, Session& session) {
  Measurements measurements;
  const Problem& problem = file.problem();
  OptionTable table = file.table("simulation");
  if (any_answers(chosen, Question::trajectory)) {
    SimulationOptions options = read_simulation_options(table);
    require_independent_replicas(options);
    const std::vector<long> asked = options.dimension.values();
    options.dimension = with_smaller_sizes(options.dimension, problem);
    const SimulationPlan plan = plan_simulation(problem, options, session.execution());
    measurements.announcements = further_sizes(asked, options.dimension.values());
    measurements.announcements.push_back(plan.describe());
    measurements.simulation = options;
  }
  if (any_answers(chosen, Question::minimiser)) {
    MinimiserOptions options = read_minimiser_options(table);
    measurements.notes = raised_runs(table);
    const std::vector<long> asked = options.dimension.values();
    options.dimension = with_smaller_sizes(options.dimension, problem);
    if (!measurements.simulation) measurements.announcements = further_sizes(asked, options.dimension.values());
    measurements.announcements.push_back(fmt::format("minimisation: {} data sets at N = {}, more at smaller N",
                                                     options.instances, options.dimension.values().back()));
    measurements.minimisation = options;
  }
  return measurements;
}

}  // namespace

void require_independent_replicas(const SimulationOptions& options) {
  const std::vector<std::uint64_t>& seeds = options.sampling_seeds;
  if (seeds.size() < 2 || seeds[0] != seeds[1]) return;
  throw InputError("simulation.sampling_seeds",
                   std::to_string(seeds[0]) +
                       " is given twice, and replicas with the same minibatches are none of the theory's; allowed are "
                       "two different seeds");
}

Question question_of(const Options& options) {
  const auto list = own_option(options, "--theory");
  if (!list) return Question::trajectory;
  const std::vector<std::string> names = split(*list);
  const bool all_static = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return find_theory(name).answers == Question::minimiser;
  });
  return all_static ? Question::minimiser : Question::trajectory;
}

ExitStatus run_comparison(const std::string& command, const ProblemFile& file, const Options& options,
                          Session& session) {
  Outcome outcome{.command = command, .name = file.name(), .problem = file.problem()};
  if (const auto algorithm = own_option(options, "--theory-algorithm")) {
    if (outcome.problem.question != Question::trajectory) {
      throw InputError("--theory-algorithm", "applies to theories of training alone, and none is compared");
    }
    outcome.theory_problem = with_algorithm(outcome.problem, *algorithm);
  }
  const Problem& asked = outcome.theory_problem ? *outcome.theory_problem : outcome.problem;
  OptionTable comparison_table = file.table("comparison");
  const ComparisonOptions comparison_options = read_comparison_options(comparison_table);

  std::vector<const Theory*> chosen;
  try {
    chosen = choose_theories(asked, own_option(options, "--theory"));
  } catch (const NotApplicable& refusal) {
    outcome.verdict = Verdict::not_applicable;
    deliver_refusal(outcome, refusal, options, session);
    throw;
  }
  std::vector<std::function<Observables()>> solvers;
  for (const Theory* theory : chosen) {
    OptionTable table = file.table(theory->name);
    solvers.push_back(theory->prepare(asked, table, session.execution()));
  }
  const Measurements measurements = prepare_measurements(file, chosen, session);
  std::unique_ptr<OutputDirectory> directory = open_output(options, file.name(), outcome.problem);
  for (const std::string& announcement : measurements.announcements) session.say(announcement);
  outcome.notes = measurements.notes;
  compute(outcome, solvers, measurements, session);
  judge(outcome, comparison_options, session);
  return deliver(outcome, options, session, directory.get());
}

}  // namespace sgdyn::tools
