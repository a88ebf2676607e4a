#include "sgdyn/theory/dmft/dmft.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/first_exception.hpp"
#include "sgdyn/core/memory.hpp"
#include "sgdyn/core/progress_meter.hpp"
#include "sgdyn/io/option_table.hpp"
#include "sgdyn/model/catalogue.hpp"
#include "sgdyn/observable/catalogue.hpp"
#include "sgdyn/theory/dmft/ensemble.hpp"
#include "sgdyn/theory/dmft/order_parameters.hpp"

namespace sgdyn::dmft {
namespace {

constexpr long max_samples = 1L << 24;
constexpr int max_scramblings = 1024;

const std::vector<std::string>& draw_names() {
  static const std::vector<std::string> names{"independent", "whitened", "sobol"};  // in the order of Draws
  return names;
}

void check(bool holds, const std::string& key, long value, const std::string& allowed) {
  if (!holds) throw InputError(key, std::to_string(value) + " is out of range; allowed is " + allowed);
}

void check(const Options& options) {
  check(options.scramblings >= 2 && options.scramblings <= max_scramblings, "dmft.scramblings", options.scramblings,
        "2 <= scramblings <= " + std::to_string(max_scramblings));
  check(options.samples >= 2L * options.scramblings && options.samples <= max_samples, "dmft.samples", options.samples,
        std::to_string(2L * options.scramblings) + " (two a scrambling) <= samples <= " + std::to_string(max_samples));
}

// The record of one scrambling on the reported grid.
struct Solution {
  Eigen::MatrixXd observables;  // observable_catalogue() x reported steps
  Eigen::MatrixXd correlation, response;
  std::size_t reported = 0;  // how many reported steps were reached
  int overflow_step = -1;
  double smallest_pivot = 1.0;
  bool has_empty_direction = false;
};

struct Plan {
  int at_once = 1;  // scramblings solved at the same time
  int threads_each = 1;
  std::size_t samples_each = 0;
};

// Integration by parts meets the noise of every step with every draw; with fewer draws its bias shows (dmft.E13).
void check_draws_by_parts(const Problem& problem, const Options& options, std::size_t samples_each) {
  constexpr long draws_a_step = 8;
  const long least = draws_a_step * problem.algorithm.steps;
  if (make_loss(problem.loss.loss)->smooth() || static_cast<long>(samples_each) >= least) return;
  throw InputError("dmft.samples", std::to_string(options.samples) + " in " + std::to_string(options.scramblings) +
                                       " scramblings is too few for " + std::to_string(problem.algorithm.steps) +
                                       " steps of the " + problem.loss.loss.name +
                                       " loss, whose derivative jumps; allowed is at least " +
                                       std::to_string(least * options.scramblings) + " (8 a step and scrambling)");
}

Plan make_plan(const Problem& problem, const Options& options, const Execution& execution) {
  Plan plan;
  const auto scramblings = static_cast<std::size_t>(options.scramblings);
  plan.samples_each = (static_cast<std::size_t>(options.samples) + scramblings - 1) / scramblings;
  check_draws_by_parts(problem, options, plan.samples_each);
  const double one = Ensemble::peak_bytes(problem, plan.samples_each);
  const double reported = static_cast<double>(reported_steps(problem).size());
  const double results = 2.0 * sizeof(double) * reported * reported * (options.scramblings + 2.0);  // C and R of each
  const double room = 0.8 * available_memory_bytes() - results;
  if (one > room) {
    throw InputError("dmft.samples", std::to_string(options.samples) + " in " + std::to_string(options.scramblings) +
                                         " scramblings of " + std::to_string(problem.algorithm.steps) + " steps need " +
                                         format_bytes(one) + " of memory at once; allowed is " + format_bytes(room) +
                                         " on this machine now (fewer samples or more scramblings)");
  }
  const int threads = execution.thread_count();
  plan.at_once = std::min({threads, options.scramblings, static_cast<int>(std::min(room / one, 1e6))});
  plan.threads_each = std::max(1, threads / plan.at_once);
  return plan;
}

// Solves one scrambling, recording at the reported steps until the end, an overflow or the wish to stop.
class Solver {
 public:
  Solver(const Problem& problem, const Options& options, const std::vector<int>& steps, const Execution& execution,
         ProgressMeter& meter)
      : problem_(problem),
        options_(options),
        steps_(steps),
        execution_(execution),
        meter_(meter),
        data_(make_data_model(problem.data.model, problem.data.noise)) {}

  [[nodiscard]] Solution run(std::uint32_t scrambling, const Plan& plan) const {
    Solution solution;
    solution.observables.setZero(static_cast<Eigen::Index>(observable_catalogue().size()),
                                 static_cast<Eigen::Index>(steps_.size()));
    Ensemble ensemble(problem_, options_, plan.samples_each, scrambling);
    OrderParameters order(problem_);
    Averages averages;
    for (int t = 0; t <= problem_.algorithm.steps && !execution_.stopped(); ++t) {
      const SampleSums sums = ensemble.advance(t, order, averages, plan.threads_each);
      const bool finite = std::isfinite(sums.loss) && std::isfinite(order.correlation(t, t));
      if (finite && solution.reported < steps_.size() && steps_[solution.reported] == t) {
        record(solution, t, order, sums);
      }
      meter_.add(t + 1.0);
      if (!finite || (t < problem_.algorithm.steps && !order.advance(t, averages))) {
        solution.overflow_step = t + 1;
        break;
      }
    }
    solution.smallest_pivot = order.smallest_pivot();
    solution.has_empty_direction = order.has_empty_direction();
    record_two_time(solution, order);
    return solution;
  }

 private:
  void record(Solution& solution, int t, const OrderParameters& order, const SampleSums& sums) const {
    const double m = order.m(t);
    const double C = order.correlation(t, t);
    const Snapshot at{.overlap = m,
                      .norm = C,
                      .generalisation_error = data_->generalisation_error(m, C),
                      .sums = sums,
                      .dimension = static_cast<double>(sums.samples) / problem_.data.alpha};
    solution.observables.col(static_cast<Eigen::Index>(solution.reported++)) = observable_values(at);
  }

  void record_two_time(Solution& solution, const OrderParameters& order) const {
    const auto count = static_cast<Eigen::Index>(solution.reported);
    solution.correlation.resize(count, count);
    solution.response.resize(count, count);
    for (Eigen::Index i = 0; i < count; ++i) {
      for (Eigen::Index j = 0; j < count; ++j) {
        const int t = steps_[static_cast<std::size_t>(i)];
        const int u = steps_[static_cast<std::size_t>(j)];
        solution.correlation(i, j) = j <= i ? order.correlation(t, u) : 0.0;
        solution.response(i, j) = order.response(t, u);
      }
    }
    solution.correlation.triangularView<Eigen::StrictlyUpper>() = solution.correlation.transpose();
  }

  const Problem& problem_;
  const Options& options_;
  const std::vector<int>& steps_;
  const Execution& execution_;
  ProgressMeter& meter_;
  std::shared_ptr<const DataModel> data_;
};

// Mean and standard error over equally long matrices, summed in order.
TwoTime average(const std::vector<Solution>& solutions, Eigen::MatrixXd Solution::*member, Eigen::Index count) {
  TwoTime result{Eigen::MatrixXd::Zero(count, count), Eigen::MatrixXd::Zero(count, count)};
  const double n = static_cast<double>(solutions.size());
  for (const Solution& one : solutions) result.mean += (one.*member).topLeftCorner(count, count) / n;
  for (const Solution& one : solutions) {
    result.standard_error += ((one.*member).topLeftCorner(count, count) - result.mean).cwiseAbs2();
  }
  result.standard_error = (result.standard_error / (n * (n - 1.0))).cwiseSqrt();
  return result;
}

// After a stop: the finished scramblings if they give an error bar, else those that have begun.
std::vector<Solution> worth_keeping(std::vector<Solution> solutions, std::size_t steps) {
  for (const std::size_t least : {steps, std::size_t{1}}) {
    const auto enough = [least](const Solution& one) { return one.reported >= least; };
    if (std::count_if(solutions.begin(), solutions.end(), enough) < 2) continue;
    std::erase_if(solutions, [&](const Solution& one) { return !enough(one); });
    return solutions;
  }
  return solutions;
}

Observables assemble(const Problem& problem, const Options& options, const std::vector<int>& steps,
                     const std::vector<Solution>& solutions, bool stopped) {
  Observables result;
  result.producer = "dmft";
  result.runs = static_cast<int>(solutions.size());
  result.samples_per_replicate = (options.samples + options.scramblings - 1) / options.scramblings;
  result.assumptions = theory().assumptions;
  result.settings = {{"samples", std::to_string(options.samples)},
                     {"scramblings", std::to_string(options.scramblings)},
                     {"seed", std::to_string(options.seed)},
                     {"draws", draw_names()[static_cast<std::size_t>(options.draws)]},
                     {"average_batch", options.average_batch ? "true" : "false"}};
  std::size_t reported = steps.size();
  double pivot = 1.0;
  int overflow_step = -1;
  for (const Solution& one : solutions) {
    reported = std::min(reported, one.reported);
    pivot = std::min(pivot, one.smallest_pivot);
    if (one.overflow_step >= 0 && (overflow_step < 0 || one.overflow_step < overflow_step))
      overflow_step = one.overflow_step;
  }
  result.diagnostics["smallest_pivot"] = pivot;
  if (overflow_step >= 0) {
    result.status = Status::overflow;
    result.message = "the dynamics diverges: numbers pass 1e37, more than single precision holds, at step " +
                     std::to_string(overflow_step) + " of " + std::to_string(problem.algorithm.steps);
  } else if (stopped && (reported < steps.size() || result.runs < options.scramblings)) {
    result.status = Status::interrupted;
    result.message = "interrupted after " + std::to_string(reported) + " of " + std::to_string(steps.size()) +
                     " reported steps of " + std::to_string(solutions.size()) + " scramblings";
  }
  result.steps.assign(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(reported));
  for (const int k : result.steps) result.time.push_back(k * problem.algorithm.learning_rate);

  const auto count = static_cast<Eigen::Index>(reported);
  const auto loss = make_loss(problem.loss.loss);
  Eigen::Index k = 0;
  for (const ObservableInfo& info : observable_catalogue()) {
    Eigen::MatrixXd replicates(static_cast<Eigen::Index>(solutions.size()), count);
    for (Eigen::Index s = 0; s < replicates.rows(); ++s) {
      replicates.row(s) = solutions[static_cast<std::size_t>(s)].observables.row(k).head(count);
    }
    result.series[std::string(info.name)] =
        observable_series(info, {loss->name(), loss->margin()}, std::move(replicates), result.samples_per_replicate);
    ++k;
  }
  result.two_time["correlation"] = average(solutions, &Solution::correlation, count);
  // By parts, an empty noise direction leaves the response to single kicks undetermined (dmft.E9).
  const bool undetermined =
      std::any_of(solutions.begin(), solutions.end(), [](const Solution& one) { return one.has_empty_direction; });
  if (loss->smooth() || !undetermined) {
    result.two_time["response"] = average(solutions, &Solution::response, count);
  }
  return result;
}

std::optional<std::string> violated(const Problem& problem) {
  const Problem checked = validated(problem);
  const Component& sampling = checked.algorithm.sampling;
  if (std::isfinite(make_sampling_scheme(sampling, checked.algorithm.learning_rate)->variance())) return std::nullopt;
  return "minibatch weights s of finite variance are assumed, but for " + sampling.name +
         " E[s^2] and with it M(t,t) is infinite, and there is no N -> infinity limit at fixed scale (take "
         "scale "
         "proportional to N^(1/2 - 1/stability) when comparing sizes)";
}

Problem applicable(const Problem& given) {
  Problem problem = validated(given);
  if (const auto reason = violated(problem)) throw NotApplicable("dmft", *reason);
  problem.algorithm.steps = std::max(1, reported_steps(problem).back());  // nothing later is reported
  return problem;
}

}  // namespace

Options read_options(OptionTable& table) {
  Options options;
  options.samples = table.integer("samples", options.samples, 4, max_samples);
  options.scramblings = static_cast<int>(table.integer("scramblings", options.scramblings, 2, max_scramblings));
  options.seed = static_cast<std::uint64_t>(table.integer("seed", static_cast<long>(options.seed), 0, 1L << 62));
  const std::string draws = table.word("draws", draw_names()[static_cast<std::size_t>(options.draws)], draw_names());
  options.draws = static_cast<Draws>(std::find(draw_names().begin(), draw_names().end(), draws) - draw_names().begin());
  options.average_batch = table.flag("average_batch", options.average_batch);
  table.finish();
  check(options);
  return options;
}

Observables solve(const Problem& given, const Options& options, const Execution& execution) {
  check(options);
  const Problem problem = applicable(given);
  const std::vector<int> steps = reported_steps(problem);
  const Plan plan = make_plan(problem, options, execution);
  const double T = problem.algorithm.steps;
  ProgressMeter meter(execution, "DMFT", options.scramblings * 0.5 * (T + 1.0) * (T + 2.0));
  const Solver solver(problem, options, steps, execution, meter);
  std::vector<Solution> solutions(static_cast<std::size_t>(options.scramblings));
  FirstException first;
  // Scramblings share nothing; threads beyond their number work inside them.
  const int levels = omp_get_max_active_levels();
  omp_set_max_active_levels(std::max(levels, 2));
#pragma omp parallel for num_threads(plan.at_once) schedule(dynamic, 1)
  for (int s = 0; s < options.scramblings; ++s) {
    first.guard([&] { solutions[static_cast<std::size_t>(s)] = solver.run(static_cast<std::uint32_t>(s), plan); });
  }
  omp_set_max_active_levels(levels);
  first.rethrow();
  const bool stopped = execution.stopped();
  if (stopped) solutions = worth_keeping(std::move(solutions), steps.size());
  return assemble(problem, options, steps, solutions, stopped);
}

Theory theory() {
  return {
      .name = "dmft",
      .summary = "dynamical mean-field theory, exact at finite learning rate as N -> infinity",
      .assumptions = {"N -> infinity at fixed alpha = M/N", "inputs Gaussian orthogonal to the signal direction",
                      "samples independent, minibatch indicators independent across samples and of finite variance"},
      .violated = violated,
      .prepare = [](const Problem& problem, OptionTable& table, const Execution& execution) {
        const Options options = read_options(table);
        (void)make_plan(applicable(problem), options, execution);
        return [=] { return solve(problem, options, execution); };
      }};
}

}  // namespace sgdyn::dmft
