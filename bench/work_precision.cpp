// Error against CPU time for the four ways of drawing the DMFT's random numbers (theory/dmft/README.md, "Numerics"):
// independent, whitened, scrambled Sobol, and scrambled Sobol with the minibatch averaged exactly. The error is the
// scatter of m at the last step over independent seeds, that is, of the reported value itself.
//
//   work_precision [seeds]
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "sgdyn/theory/dmft/dmft.hpp"

namespace {

struct Scheme {
  const char* name;
  sgdyn::dmft::Draws draws;
  bool average_batch;
};

struct Row {
  double mean = 0, scatter = 0, told = 0, seconds = 0;
};

sgdyn::Problem problem() {
  sgdyn::Problem p;
  p.data = {.model = {"two-clusters", {}}, .alpha = 2.0, .noise = 0.5};
  p.loss = {.loss = {"logistic", {}}, .ridge = 0.1};
  p.algorithm = {.sampling = {"sgd", {{"batch", 0.3}}}, .learning_rate = 0.2, .steps = 40};
  p.initial = {.variance = 0.1, .overlap = 0.0};
  p.observables.times = {40};
  return p;
}

Row measure(const Scheme& scheme, long samples, int seeds) {
  Row row;
  std::vector<double> values;
  const std::clock_t start = std::clock();
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto r = sgdyn::dmft::solve(problem(), {.samples = samples,
                                                  .scramblings = 4,
                                                  .seed = static_cast<std::uint64_t>(seed),
                                                  .draws = scheme.draws,
                                                  .average_batch = scheme.average_batch});
    values.push_back(r.at("overlap").mean[0]);
    row.told += std::pow(r.at("overlap").standard_error[0], 2) / seeds;
  }
  row.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / seeds;
  row.told = std::sqrt(row.told);
  for (const double value : values) row.mean += value / seeds;
  for (const double value : values) row.scatter += (value - row.mean) * (value - row.mean) / (seeds - 1);
  row.scatter = std::sqrt(row.scatter);
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  const int seeds = argc > 1 ? std::max(4, std::atoi(argv[1])) : 24;
  const std::vector<Scheme> schemes{{"independent", sgdyn::dmft::Draws::independent, false},
                                    {"whitened", sgdyn::dmft::Draws::whitened, false},
                                    {"sobol", sgdyn::dmft::Draws::sobol, false},
                                    {"sobol, batch averaged", sgdyn::dmft::Draws::sobol, true}};
  fmt::print(
      "m after 40 steps of SGD (logistic, alpha = 2, Delta = 0.5, lambda = 0.1, dt = 0.2, b = 0.3), {} seeds\n\n",
      seeds);
  fmt::print("{:<24}{:>9}{:>12}{:>13}{:>13}{:>12}{:>16}\n", "draws", "samples", "m", "scatter", "told", "CPU s",
             "scatter^2 CPU s");
  for (const Scheme& scheme : schemes) {
    for (const long samples : {1024L, 4096L, 8192L, 16384L}) {
      const Row row = measure(scheme, samples, seeds);
      fmt::print("{:<24}{:>9}{:>12.6f}{:>13.2e}{:>13.2e}{:>12.4f}{:>16.2e}\n", scheme.name, samples, row.mean,
                 row.scatter, row.told, row.seconds, row.scatter * row.scatter * row.seconds);
    }
  }
  fmt::print(
      "\nscatter: standard deviation over seeds of the reported m; told: the standard error reported with it;\n"
      "scatter^2 CPU s: cost of a given precision, smaller is better\n");
  return 0;
}
