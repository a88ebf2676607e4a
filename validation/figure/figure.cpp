#include "sgdyn/validation/figure/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

#include "sgdyn/core/error.hpp"
#include "sgdyn/io/problem_file.hpp"

namespace sgdyn::figure {
namespace {

// Nanoseconds a unit of work takes, roughly: what the parts of a progress bar are weighted with.
constexpr double theory_cost = 0.5;
constexpr double simulation_cost = 0.2;
constexpr double copies_of_a_response = 16.0;  // four waiting times, two signs, two sizes

double theory_work(const Point& point) {
  if (!point.effort.solve) return 0.0;
  const double T = point.problem.algorithm.steps;
  return theory_cost * static_cast<double>(point.effort.theory.samples) * T * T * point.problem.observables.replicas;
}

double simulation_work(const Point& point) {
  if (!point.effort.simulate) return 0.0;
  double work = 0.0;
  double copies = point.problem.observables.replicas;
  if (point.problem.observables.effective_temperature) copies += copies_of_a_response * 0.4;
  const double largest = static_cast<double>(point.effort.simulation.dimension.values().back());
  for (const long dimension : point.effort.simulation.dimension.values()) {
    const double N = static_cast<double>(dimension);
    work += 2.0 * point.problem.data.alpha * N * largest;  // smaller sizes run proportionally more
  }
  return simulation_cost * work * copies * point.effort.simulation.runs * point.effort.simulation.realisations *
         point.problem.algorithm.steps;
}

std::string theory_key(const Point& point) {
  const dmft::Options& options = point.effort.theory;
  return fmt::format("theory {} {} {}\n{}", options.samples, options.scramblings, options.seed,
                     write_problem(point.problem));
}

std::string simulation_key(const Point& point) {
  const SimulationOptions& options = point.effort.simulation;
  const std::vector<long>& sizes = options.dimension.values();
  return fmt::format("simulation {} {} {} {}\n{}", fmt::join(sizes, ","), options.runs, options.realisations,
                     options.seed, write_problem(point.problem));
}

// Whatever can be refused is refused before anything is computed.
void check(const Point& point, const Execution& execution) {
  const auto reason = point.effort.solve ? dmft::theory().violated(point.problem) : std::nullopt;
  if (reason) throw NotApplicable("dmft", *reason);
  if (point.effort.simulate) (void)plan_simulation(point.problem, point.effort.simulation, execution);
}

// Two-time arrays are the bulk of the memory, and no figure draws them as they are.
Observables slim(Observables observables) {
  observables.two_time.clear();
  for (Observables& size : observables.sizes) {
    size.two_time.clear();
    size.fluctuation_dissipation.reset();
  }
  return observables;
}

int severity(Status status) { return status == Status::ok ? 0 : status == Status::interrupted ? 2 : 1; }

void absorb(Result& result, const Observables* observables) {
  if (observables == nullptr || severity(observables->status) <= severity(result.status)) return;
  result.status = observables->status;
  result.message = observables->message;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

bool Result::disagrees() const {
  return std::any_of(claims.begin(), claims.end(), [this](const ClaimResult& one) {
    return recipe.claims[one.claim].kind == Claim::Kind::agrees && one.truth == Truth::fails;
  });
}

Workshop::Workshop(const std::vector<Recipe>& recipes, const Execution& execution) : execution_(execution) {
  for (const Recipe& recipe : recipes) {
    for (const Sweep& sweep : recipe.sweeps) {
      for (const Point& point : sweep.points) {
        check(point, execution);
        if (point.effort.solve && wanted_[theory_key(point)]++ == 0) total_ += theory_work(point);
        if (point.effort.simulate && wanted_[simulation_key(point)]++ == 0) total_ += simulation_work(point);
      }
    }
  }
}

Workshop::Shared Workshop::once(const std::string& key, double cost, const std::string& stage,
                                const std::function<Observables(const Execution&)>& make) {
  const auto found = known_.find(key);
  Shared result = found == known_.end() ? nullptr : found->second;
  if (result == nullptr) {
    Execution execution = execution_;
    if (execution_.progress) {
      execution.progress = [this, cost, stage](const Progress& progress) {
        const double part = progress.total > 0.0 ? std::clamp(progress.done / progress.total, 0.0, 1.0) : 0.0;
        execution_.progress({.stage = stage, .done = done_ + part * cost, .total = total_});
      };
    }
    result = std::make_shared<const Observables>(slim(make(execution)));
    done_ += cost;
    known_[key] = result;
  }
  if (--wanted_[key] <= 0) known_.erase(key);  // nobody asks again
  return result;
}

PointResult Workshop::compute(const Point& point, const std::string& stage) {
  PointResult result;
  if (point.effort.solve) {
    result.theory = once(theory_key(point), theory_work(point), stage, [&](const Execution& execution) {
      return dmft::solve(point.problem, point.effort.theory, execution);
    });
  }
  if (point.effort.simulate && !execution_.stopped()) {
    result.simulation = once(simulation_key(point), simulation_work(point), stage, [&](const Execution& execution) {
      return simulate(point.problem, point.effort.simulation, execution);
    });
  }
  return result;
}

Result Workshop::compute(const Recipe& recipe) {
  const auto start = std::chrono::steady_clock::now();
  const double cpu_start = cpu_seconds();
  Result result{.recipe = recipe};
  for (const Sweep& sweep : recipe.sweeps) {
    std::vector<PointResult> points;
    for (const Point& point : sweep.points) {
      if (execution_.stopped()) break;
      points.push_back(compute(point, "figures"));
      absorb(result, points.back().theory.get());
      absorb(result, points.back().simulation.get());
    }
    result.points.push_back(std::move(points));
  }
  if (execution_.stopped()) {
    result.status = Status::interrupted;
    result.message = "interrupted";
  } else {
    result.claims = judge_claims(recipe, result.points);
  }
  result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.cpu_seconds = cpu_seconds() - cpu_start;
  return result;
}

}  // namespace sgdyn::figure
