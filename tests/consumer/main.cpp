#include <sgdyn/sgdyn.hpp>

#include <iostream>

int main() {
  sgdyn::Problem p = sgdyn::read_problem("problem.toml");
  sgdyn::Observables theory = sgdyn::dmft::solve(p, {.samples = 16384});
  sgdyn::Observables truth = sgdyn::simulate(p, {.dimension = 1000, .runs = 32});
  std::cout << sgdyn::compare(theory, truth);
}
