#include "sgdyn/validation/minimise.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/first_exception.hpp"
#include "sgdyn/core/progress_meter.hpp"
#include "sgdyn/io/option_table.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/model/data_model.hpp"
#include "sgdyn/model/loss.hpp"
#include "sgdyn/sim/data_set.hpp"
#include "sgdyn/sim/extrapolate.hpp"
#include "sgdyn/validation/minimiser/instance.hpp"
#include "sgdyn/validation/minimiser/plan.hpp"

namespace sgdyn {
namespace {

using minimiser::Instance;
using minimiser::Size;

// What all sizes share.
struct Minimisation {
  const Problem& problem;
  const MinimiserOptions& options;
  const Execution& execution;
  std::shared_ptr<const DataModel> model;
  minimiser::Task task;
  ProgressMeter meter;

  [[nodiscard]] Observables run_size(const Size& size, int index);
};

// One product with the data costs N M, and the number of products hardly depends on N.
double cost(const Problem& problem, const Size& size) {
  return static_cast<double>(size.dimension) * problem.data.alpha * static_cast<double>(size.dimension);
}

double total_cost(const Problem& problem, const std::vector<Size>& sizes) {
  double total = 0.0;
  for (const Size& size : sizes) total += cost(problem, size) * size.instances;
  return total;
}

std::string stage_name(const std::vector<Size>& sizes) {
  std::string name = "minimisation N = ";
  for (std::size_t g = 0; g < sizes.size(); ++g) name += (g == 0 ? "" : ", ") + std::to_string(sizes[g].dimension);
  return name;
}

// Every data set is one thread's and has its own place, so that nothing depends on the number of threads.
Observables Minimisation::run_size(const Size& size, int index) {
  std::vector<Instance> instances(static_cast<std::size_t>(size.instances));
  FirstException failure;
  const auto stopped = [&] { return execution.stopped() || failure.raised(); };
#pragma omp parallel num_threads(size.concurrent)
  {
    std::unique_ptr<sim::DataSet> data;
#pragma omp for schedule(dynamic, 1)
    for (int i = 0; i < size.instances; ++i) {
      failure.guard([&] {
        if (stopped()) return;
        if (!data) {
          data = std::make_unique<sim::DataSet>(largest_sample_count(problem, size.dimension), size.dimension);
        }
        if (!data->draw(problem, *model, options.seed, {.size = index, .run = i}, stopped)) return;
        instances[static_cast<std::size_t>(i)] = minimiser::observe(problem, *model, task, *data, stopped);
        meter.add(cost(problem, size));
      });
    }
  }
  failure.rethrow();
  return minimiser::collect(problem, *task.loss, size, options.seed, instances);
}

void require_convex(const Problem& problem, const DataModel& model, const Loss& loss) {
  if (!margin_is_linear(model)) {
    throw InputError("data.model", "\"" + problem.data.model.name +
                                       "\" makes the objective nonconvex in w, so that it has no unique minimiser; "
                                       "allowed are models whose margin is y r");
  }
  if (!loss.convex()) {
    throw InputError("loss.name",
                     "the loss is not convex, so that the objective has no unique minimiser; allowed are "
                     "convex losses");
  }
}

Problem objective_alone(const Problem& problem) {
  Problem asked = problem;
  asked.question = Question::minimiser;
  return validated(asked);
}

// Sizes with fewer than two data sets have nothing to extrapolate.
Observables combine(std::vector<Observables> sizes) {
  const std::size_t count = sizes.size();
  std::vector<Observables> usable;
  std::vector<Observables> lost;
  for (Observables& size : sizes) (size.runs >= 2 ? usable : lost).push_back(std::move(size));
  if (usable.empty()) return std::move(lost.back());
  minimiser::add_pooled_errors(usable);
  Observables result = usable.size() >= 2 ? extrapolate(std::move(usable)) : std::move(usable.front());
  result.of_minimiser = true;
  if (lost.empty()) return result;
  const bool interrupted =
      result.status == Status::interrupted ||
      std::any_of(lost.begin(), lost.end(), [](const Observables& size) { return size.status == Status::interrupted; });
  result.status = interrupted ? Status::interrupted : lost.front().status;
  result.message += (result.message.empty() ? "" : "; ") + std::to_string(lost.size()) + " of " +
                    std::to_string(count) + " sizes have fewer than two data sets to report and are left out (" +
                    lost.front().message + ")";
  if (result.dimension > 0) result.message += ", so that nothing is extrapolated in 1/N";
  return result;
}

}  // namespace

MinimiserOptions read_minimiser_options(OptionTable& table) {
  const SimulationOptions simulation = read_simulation_options(table);
  MinimiserOptions options;
  options.dimension = simulation.dimension;
  options.instances = std::max(fewest_instances, simulation.runs);
  options.seed = simulation.seed;
  return options;
}

Observables minimise(const Problem& problem, const MinimiserOptions& options, const Execution& execution) {
  const Problem checked = objective_alone(problem);
  const auto model = make_data_model(checked.data.model, checked.data.noise);
  const auto loss = make_loss(checked.loss.loss);
  require_convex(checked, *model, *loss);
  const std::vector<Size> sizes = minimiser::plan(checked, options, execution);
  Minimisation minimisation{checked,
                            options,
                            execution,
                            model,
                            {.loss = loss, .ridge = checked.loss.ridge, .intercept = checked.loss.intercept},
                            ProgressMeter(execution, stage_name(sizes), total_cost(checked, sizes))};
  std::vector<Observables> results;
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    results.push_back(minimisation.run_size(sizes[g], static_cast<int>(g)));
  }
  return results.size() == 1 ? std::move(results.front()) : combine(std::move(results));
}

}  // namespace sgdyn
