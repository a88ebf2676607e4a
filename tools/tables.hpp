// What a person reads on stdout.
#pragma once

#include <string>

#include "outcome.hpp"

namespace sgdyn::tools {

/// Verdict and table of a comparison, or the last reported value of every observable of a single producer.
[[nodiscard]] std::string outcome_text(const Outcome& outcome);

/// "0.51234", "1.2e-05": a value or an error for people.
[[nodiscard]] std::string value_text(double value);
[[nodiscard]] std::string error_text(double error);

}  // namespace sgdyn::tools
