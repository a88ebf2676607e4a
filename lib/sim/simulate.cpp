#include "sgdyn/sim/simulate.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sgdyn/core/first_exception.hpp"
#include "sgdyn/core/progress_meter.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/sim/data_set_run.hpp"
#include "sgdyn/sim/extrapolate.hpp"
#include "sgdyn/sim/options.hpp"
#include "sgdyn/sim/run_collector.hpp"

namespace sgdyn {
namespace {

/// What all sizes share.
struct Simulation {
  const Problem& problem;
  const SimulationOptions& options;
  const Execution& execution;
  const SimulationPlan& plan;
  sim::Components components;
  ProgressMeter meter;

  [[nodiscard]] Observables run_size(std::size_t index);
};

// Cost of one step relative to the largest size.
double step_cost(const SimulationPlan& plan, const SimulationPlan::Size& size) {
  const SimulationPlan::Size& largest = plan.sizes.back();
  return static_cast<double>(size.dimension) / static_cast<double>(largest.dimension) *
         static_cast<double>(size.samples) / static_cast<double>(largest.samples);
}

double total_cost(const SimulationPlan& plan, double work_per_run) {
  double total = 0.0;
  for (const auto& size : plan.sizes) total += step_cost(plan, size) * size.runs * work_per_run;
  return total;
}

std::string stage_name(const SimulationPlan& plan) {
  std::string name = "simulation N = ";
  for (std::size_t g = 0; g < plan.sizes.size(); ++g) {
    name += (g == 0 ? "" : ", ") + std::to_string(plan.sizes[g].dimension);
  }
  return name;
}

// Batches are handed to threads in order and collected in order, so that no sum depends on the number of threads.
Observables Simulation::run_size(std::size_t index) {
  const SimulationPlan::Size& size = plan.sizes[index];
  const double cost = step_cost(plan, size);
  const int length = sim::runs_per_batch(size.runs);
  const int batches = (size.runs + length - 1) / length;
  sim::RunCollector collector(problem, options, size.dimension, size.runs);
  FirstException failure;
  const auto stopped = [&] { return execution.stopped() || failure.raised(); };
  const auto worked = [&](double units) { meter.add(units * cost); };

#pragma omp parallel num_threads(size.concurrent_runs)
  {
    std::unique_ptr<sim::DataSetRunner> runner;
#pragma omp for ordered schedule(dynamic, 1)
    for (int b = 0; b < batches; ++b) {
      sim::RunBatch batch;
      failure.guard([&] {
        for (int run = b * length; run < std::min((b + 1) * length, size.runs) && !stopped(); ++run) {
          if (!runner) {
            runner = std::make_unique<sim::DataSetRunner>(problem, components, size.dimension, options);
          }
          batch.add(runner->run({.size = static_cast<int>(index), .run = run}, stopped, worked));
        }
      });
#pragma omp ordered
      failure.guard([&] { collector.add(batch); });
    }
  }
  failure.rethrow();
  return collector.observables(*components.loss);
}

// After an interruption or an overflow some sizes may have nothing to extrapolate from.
Observables combine(std::vector<Observables> sizes) {
  std::vector<Observables> usable;
  for (Observables& size : sizes) {
    if (size.status == Status::overflow && size.steps.empty()) return std::move(size);
    if (size.runs >= 2) usable.push_back(std::move(size));
  }
  if (usable.size() == sizes.size()) return extrapolate(std::move(usable));

  const std::string lost = std::to_string(sizes.size() - usable.size()) + " of " + std::to_string(sizes.size()) +
                           " sizes have fewer than two complete runs and are left out";
  if (usable.empty()) return std::move(sizes.back());
  Observables result = usable.size() >= 2 ? extrapolate(std::move(usable)) : std::move(usable.front());
  result.status = Status::interrupted;
  result.message += (result.message.empty() ? "" : "; ") + lost;
  if (result.dimension > 0) result.message += ", so that nothing is extrapolated in 1/N";
  return result;
}

}  // namespace

Observables simulate(const Problem& problem, const SimulationOptions& options, const Execution& execution) {
  const Problem checked = validated(problem);
  const SimulationOptions full = sim::options_in_full(checked, options);
  const SimulationPlan plan = plan_simulation(checked, full, execution);
  const double work = sim::work_per_run(checked, sim::Copies(checked, full));
  Simulation simulation{checked,
                        full,
                        execution,
                        plan,
                        sim::Components(checked),
                        ProgressMeter(execution, stage_name(plan), total_cost(plan, work))};
  std::vector<Observables> sizes;
  for (std::size_t g = 0; g < plan.sizes.size(); ++g) sizes.push_back(simulation.run_size(g));
  return sizes.size() == 1 ? std::move(sizes.front()) : combine(std::move(sizes));
}

}  // namespace sgdyn
