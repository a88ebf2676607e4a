#include "sgdyn/core/status.hpp"

#include <array>
#include <cstddef>

namespace sgdyn {
namespace {

struct Entry {
  std::string_view name;
  std::string_view sentence;
};

// In the order of the enumeration.
constexpr std::array<Entry, 6> entries{{
    {"ok", "finished; every number is finite and carries its error"},
    {"not-converged", "an iteration stopped before reaching its tolerance"},
    {"overflow", "numbers grew beyond what a double holds; what was computed before is kept"},
    {"not-stationary", "the state still drifts, so a stationary quantity cannot be given"},
    {"interrupted", "stopped on request; what was computed before is kept"},
    {"not-applicable", "the problem violates an assumption of the theory"},
}};

}  // namespace

std::string_view to_string(Status status) { return entries[static_cast<std::size_t>(status)].name; }
std::string_view explain(Status status) { return entries[static_cast<std::size_t>(status)].sentence; }

}  // namespace sgdyn
