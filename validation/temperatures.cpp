#include "sgdyn/validation/temperatures.hpp"

#include <cmath>

#include "sgdyn/observable/effective_temperature.hpp"
#include "sgdyn/validation/contrast.hpp"

namespace sgdyn {

std::optional<Pair> compare_temperatures(const Observables& theory, const Observables& simulation) {
  const auto& left = theory.effective_temperature;
  const auto& right = simulation.effective_temperature;
  if (!left || !right || !left->temperature.available() || !right->temperature.available()) return std::nullopt;
  if (!theory.fluctuation_dissipation) return std::nullopt;
  const FdtWindow& window = right->window;
  const Estimate a = effective_temperature_between(*theory.fluctuation_dissipation, window).temperature;
  if (!a.available()) return std::nullopt;
  const Estimate& b = right->temperature;
  Pair pair{.observable = "effective_temperature",
            .step = window.last_waiting,
            .theory = a.value,
            .theory_stderr = a.standard_error,
            .simulation = b.value,
            .simulation_stderr = b.standard_error};
  pair.z = studentised(a.value - b.value, std::hypot(a.standard_error, b.standard_error), b.value);
  pair.relative_gap = (a.value - b.value) / b.value;
  return pair;
}

}  // namespace sgdyn
