// The gnuplot script of each kind of figure.
#pragma once

#include <string>

#include "figure_script.hpp"
#include "outcome.hpp"

namespace sgdyn::tools {

/// One observable over time: each theory as a line with a band, the simulation as points with error bars.
[[nodiscard]] FigureScript series_script(const Outcome& outcome, const std::string& observable);

/// Gap and z of every compared pair over time, with the threshold of the verdict.
[[nodiscard]] FigureScript agreement_script(const Outcome& outcome, const Observables& theory,
                                            const Comparison& comparison);

/// Gap of every observable of the minimiser, relative to its value, with the error bar of the difference and the width
/// the verdict allows.
[[nodiscard]] FigureScript minimiser_script(const Outcome& outcome, const Observables& theory,
                                            const Comparison& comparison);

/// A function of two times as a heat map; `causal` leaves out t' >= t.
[[nodiscard]] FigureScript two_time_script(const Outcome& outcome, const Observables& producer,
                                           const std::string& array, bool causal);

/// The fluctuation-dissipation plot: curves of the theory after some waiting times, points of the simulation, and the
/// fitted line.
[[nodiscard]] FigureScript fdt_script(const Outcome& outcome);

}  // namespace sgdyn::tools
