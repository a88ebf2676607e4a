// sgdyn simulate: direct simulation alone.
#include "sgdyn/sim/simulate.hpp"

#include "commands/commands.hpp"
#include "input.hpp"
#include "results.hpp"

namespace sgdyn::tools {
namespace {

ExitStatus run(const ProblemFile& file, const Options& options, Session& session) {
  Outcome outcome{.command = "simulate", .name = file.name(), .problem = file.problem()};
  OptionTable table = file.table("simulation");
  const SimulationOptions simulation_options = read_simulation_options(table);
  const SimulationPlan plan = plan_simulation(outcome.problem, simulation_options, session.execution());
  std::unique_ptr<OutputDirectory> directory = open_output(options, file.name(), outcome.problem);
  session.say(plan.describe());
  outcome.simulation = simulate(outcome.problem, simulation_options, session.execution());
  keep_finite_steps(*outcome.simulation);
  return deliver(outcome, options, session, directory.get());
}

}  // namespace

Command simulate_command() {
  return {.name = "simulate",
          .summary = "Run the algorithm itself at finite N and average over data sets.",
          .example = "sgdyn simulate problem.toml --set simulation.dimension=2000",
          .takes = Takes::problem_file,
          .options = {},
          .run = [](const Options& options, Session& session) { return with_input(options, session, run); }};
}

}  // namespace sgdyn::tools
