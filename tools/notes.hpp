// What a reader of the numbers should be told about them, in sentences: for the tables, the report and the document.
#pragma once

#include <string>
#include <vector>

#include "outcome.hpp"

namespace sgdyn::tools {

/// Why `producer` gives no "correlation" or "response"; empty when it does.
[[nodiscard]] std::string why_no_array(const Outcome& outcome, const Observables& producer, const std::string& array);

/// True when some value of this proportion left [0, 1] on the way to N -> infinity.
[[nodiscard]] bool leaves_unit_interval(const Observables& producer, const std::string& observable);

/// One sentence for each thing that may surprise: a theory without a response, proportions outside [0, 1].
[[nodiscard]] std::vector<std::string> notes(const Outcome& outcome);

}  // namespace sgdyn::tools
