// One replica fixed point on one thread, kappa = 1: four losses at three points (alpha, Delta, lambda), at one of them
// with unequal clusters and an intercept too, and on perceptron data. Each answer is checked before it is timed.
// replica_side_by_side.py reads the counters: the problem and its answer.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

#include "sgdyn/theory/replica/replica.hpp"

namespace {

struct Setting {
  const char* name;
  double alpha;
  double noise;
  double ridge;
  double fraction;  // other than 1/2: with an intercept
  double chi;       // at least 0: perceptron data
};

const Setting weak{"weak", 6.0, 1.0, 1.0, 0.5, -1.0};
const Setting few{"few", 2.0, 0.5, 0.1, 0.5, -1.0};
const Setting unequal{"unequal", 6.0, 1.0, 1.0, 0.3, -1.0};
const Setting separable{"separable", 3.0, 1.0, 1e-4, 0.5, -1.0};
const Setting perceptron{"perceptron", 6.0, 1.0, 1.0, 0.5, 1.5};

struct Case {
  std::string loss;
  Setting setting;
  double width;  // g
  double overlap;
  double norm;
};

// Rounded: of the settings "weak" and "few" from the reference table that came with the equations, of the others by
// baselines/replica_numpy.py.
const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"square", weak, 0.1622776602, 0.4558481560, 0.2745417211},
      {"square", few, 0.7416573868, 0.6300868211, 0.7786570057},
      {"square", unequal, 0.162277660168, 0.413037642673, 0.231529762682},
      {"square", separable, 0.49996250375, 0.499987500625, 0.499950006562},
      {"square", perceptron, 0.162277660168, 0.532338234478, 0.307457751004},
      {"logistic", weak, 0.5043935781, 0.8845736850, 0.9536449456},
      {"logistic", few, 2.7648942868, 1.6668855950, 3.9100602403},
      {"logistic", unequal, 0.53465813721, 0.834717948535, 0.869448150889},
      {"logistic", separable, 679.880492747, 18.1779415297, 877.168581026},
      {"logistic", perceptron, 0.576283453879, 1.14625944057, 1.39066621902},
      {"hinge", weak, 0.2969609801, 0.8746314869, 1.0143637004},
      {"hinge", few, 1.6392840228, 1.3274663537, 3.3322632002},
      {"hinge", unequal, 0.313337592339, 0.809169620758, 0.897047813981},
      {"hinge", separable, 656.774870213, 5.50040223531, 83.748670736},
      {"hinge", perceptron, 0.261839757457, 0.998189014745, 1.08375503252},
      {"squared-hinge", weak, 0.2113154971, 0.5595237180, 0.4128665806},
      {"squared-hinge", few, 1.7226573963, 0.9594792737, 1.6149600736},
      {"squared-hinge", unequal, 0.22815689951, 0.533098483155, 0.385743967389},
      {"squared-hinge", separable, 657.115329556, 5.42301402836, 81.3252649877},
      {"squared-hinge", perceptron, 0.290779831935, 0.703095360557, 0.527090829817},
  };
  return all;
}

sgdyn::Problem problem_of(const Case& given) {
  const Setting& at = given.setting;
  sgdyn::Problem p;
  p.question = sgdyn::Question::minimiser;
  p.data = {.model = {"two-clusters", {{"fraction", at.fraction}}}, .alpha = at.alpha, .noise = at.noise};
  if (at.chi >= 0.0) p.data.model = {"perceptron", {{"chi", at.chi}}};
  p.loss = {.loss = {given.loss, {}}, .ridge = at.ridge};
  if (at.fraction != 0.5) p.loss.intercept = sgdyn::Intercept::optimal;
  return p;
}

bool close(double value, double known) { return std::fabs(value - known) < 1e-9 * std::fabs(known); }

void point(benchmark::State& state, const Case& given) {
  const sgdyn::Problem problem = problem_of(given);
  const auto found = sgdyn::replica::solve(problem);
  if (found.status != sgdyn::Status::ok || !close(found.proximal_width, given.width) ||
      !close(found.overlap, given.overlap) || !close(found.norm, given.norm)) {
    state.SkipWithError(("wrong solution: overlap " + std::to_string(found.overlap)).c_str());
    return;
  }
  while (state.KeepRunning()) benchmark::DoNotOptimize(sgdyn::replica::solve(problem));
  const Setting& at = given.setting;
  state.counters = {{"alpha", at.alpha},
                    {"noise", at.noise},
                    {"ridge", at.ridge},
                    {"fraction", at.fraction},
                    {"chi", at.chi},
                    {"proximal_width", found.proximal_width},
                    {"overlap", found.overlap},
                    {"norm", found.norm},
                    {"generalisation_error", found.generalisation_error},
                    {"evaluations", found.iterations}};
}

const bool registered = [] {
  for (const Case& given : cases()) {
    benchmark::RegisterBenchmark((given.loss + "/" + given.setting.name).c_str(),
                                 [given](benchmark::State& state) { point(state, given); })
        ->Unit(benchmark::kMicrosecond)
        ->MinTime(0.01)
        ->Repetitions(7)
        ->ReportAggregatesOnly();  // among them the median
  }
  return true;
}();

}  // namespace
