// sgdyn teff: the fluctuation-dissipation plot and the effective temperature of the stationary state.
#include <fmt/format.h>

#include "commands/commands.hpp"
#include "commands/comparison.hpp"
#include "input.hpp"
#include "options.hpp"
#include "results.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"

namespace sgdyn::tools {
namespace {

// A temperature that cannot be given is this command's failure, whatever else was computed.
void require_temperature(Observables& observables) {
  if (observables.status != Status::ok) return;
  const auto& temperature = observables.effective_temperature;
  if (temperature && temperature->temperature.available()) return;
  observables.status = Status::not_stationary;
  observables.message = display_name(observables) + " has no effective temperature: " +
                        (temperature ? temperature->temperature.reason : "the response is not determined");
}

void measure(Outcome& outcome, const SimulationOptions& options, Session& session) {
  outcome.simulation = simulate(outcome.problem, options, session.execution());
  keep_finite_steps(*outcome.simulation);
  require_temperature(*outcome.simulation);
}

ExitStatus run(const ProblemFile& file, const Options& options, Session& session) {
  Outcome outcome{.command = "teff", .name = file.name(), .problem = file.problem()};
  const bool with_simulation = own_option(options, "--simulate").has_value();
  outcome.problem.observables.effective_temperature = true;
  OptionTable dmft_table = file.table("dmft");
  const dmft::Options dmft_options = dmft::read_options(dmft_table);
  OptionTable simulation_table = file.table("simulation");
  const SimulationOptions simulation_options = read_simulation_options(simulation_table);
  require_independent_replicas(simulation_options);
  require_applicable(dmft::theory(), outcome, options, session);
  if (with_simulation) {
    const SimulationPlan plan = plan_simulation(outcome.problem, simulation_options, session.execution());
    session.say(plan.describe());
  }
  std::unique_ptr<OutputDirectory> directory = open_output(options, file.name(), outcome.problem);
  outcome.theories.push_back(dmft::solve(outcome.problem, dmft_options, session.execution()));
  keep_finite_steps(outcome.theories.front());
  require_temperature(outcome.theories.front());
  if (with_simulation && session.stopped()) outcome.stopped = true;
  if (with_simulation && !session.stopped()) measure(outcome, simulation_options, session);
  return deliver(outcome, options, session, directory.get());
}

}  // namespace

Command teff_command() {
  return {.name = "teff",
          .summary = "The effective temperature of the stationary state, from correlation and response.",
          .example = "sgdyn teff problem.toml --simulate",
          .takes = Takes::problem_file,
          .options = {{"--simulate", "",
                       "measure it in the simulation too, by pushing copies with a constant field ([simulation] kick, "
                       "waiting)"}},
          .run = [](const Options& options, Session& session) { return with_input(options, session, run); }};
}

}  // namespace sgdyn::tools
