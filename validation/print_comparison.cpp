#include <fmt/format.h>

#include <ostream>

#include "sgdyn/validation/compare.hpp"

namespace sgdyn {

std::ostream& operator<<(std::ostream& out, const Comparison& comparison) {
  out << fmt::format("verdict: {}  ({})\n", to_string(comparison.verdict), comparison.reason);
  if (comparison.summaries.empty()) return out;
  out << fmt::format(
      "{} pairs, largest |z| has p = {:.3g}; |z| > {:.2f} would be called wrong, falsely so in {:g} % of tables\n\n",
      comparison.pairs.size(), comparison.p_value, comparison.threshold, 100.0 * comparison.false_alarm);
  out << fmt::format("{:<22}{:>10}{:>8}{:>8}{:>10}{:>12}{:>19}  {}\n", "observable", "largest", "worst z", "step",
                     "gap", "half-width", "finite-size shift", "verdict");
  for (const ObservableSummary& row : comparison.summaries) {
    const std::string shift =
        row.finite_size_error > 0.0 || row.finite_size_shift > 0.0
            ? fmt::format("{:.2f} +- {:.2f} %", 100.0 * row.finite_size_shift, 100.0 * row.finite_size_error)
            : std::string("-");
    const std::string z = std::abs(row.worst_z) < 1e4 ? fmt::format("{:+.2f}", row.worst_z)
                                                      : std::string(row.worst_z > 0.0 ? "+inf" : "-inf");
    out << fmt::format("{:<22}{:>10.4g}{:>8}{:>8}{:>9.2f}%{:>11.2f}%{:>19}  {}\n", row.observable, row.largest_value, z,
                       comparison.of_minimiser ? "-" : std::to_string(row.worst_step), 100.0 * row.largest_gap,
                       100.0 * row.largest_half_width, shift, to_string(row.verdict));
  }
  out << "gap, half-width and shift are relative to the "
      << (comparison.of_minimiser ? "value of the observable\n" : "largest value of the observable over time\n");
  return out;
}

}  // namespace sgdyn
