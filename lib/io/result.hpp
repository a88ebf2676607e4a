// Results and problems as JSON documents and tables, in the shape users read ("The result" of the interface).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"

namespace sgdyn {

/// One producer's block of a result document: status, message, dimension (null for N -> infinity), extrapolated (true
/// when several N were extrapolated, whose blocks are then under "sizes"), runs, steps, time, every observable of the
/// catalogue as {"mean", "stderr"}, settings (numbers, booleans, lists of numbers, or text), assumptions and
/// diagnostics. A quantity that cannot be given has null entries and a "reason". Numbers that are not finite are
/// written as null. Two-time functions are not part of it (io/npy.hpp).
/// @throws std::logic_error when status is ok and a number is not finite, or a series does not fit the steps.
[[nodiscard]] nlohmann::ordered_json to_json(const Observables& observables);

/// The problem in the nesting of the problem file, defaults written out. @throws InputError for an invalid problem.
[[nodiscard]] nlohmann::ordered_json to_json(const Problem& problem);

/// Every available series as comma separated values, one row a step, with the header
/// producer,observable,step,time,mean,stderr,dimension; the dimension is inf for N -> infinity. An extrapolated
/// producer is followed by its sizes. Numbers read back bit for bit; those that are not finite leave their field empty.
/// @throws std::logic_error as to_json.
[[nodiscard]] std::string series_csv(const std::vector<const Observables*>& producers);

}  // namespace sgdyn
