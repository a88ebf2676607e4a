// How a computation ended. Numerical outcomes are a Status, caller errors are exceptions (core/error.hpp).
#pragma once

#include <string_view>

namespace sgdyn {

enum class Status { ok, not_converged, overflow, not_stationary, interrupted, not_applicable };

/// The name used in result documents ("not-converged", ...).
[[nodiscard]] std::string_view to_string(Status status);

/// One sentence for a person: what this status means.
[[nodiscard]] std::string_view explain(Status status);

}  // namespace sgdyn
