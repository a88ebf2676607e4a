// Ctrl-C: the first one asks the computation to stop and keep what it has, the second one ends the program at once.
#pragma once

#include <atomic>

namespace sgdyn::tools {

/// Handles SIGINT and SIGTERM from here on, and ignores SIGPIPE (a reader that went away is an error of writing).
void handle_signals();

/// Set by the first signal.
[[nodiscard]] const std::atomic<bool>& stop_requested();

}  // namespace sgdyn::tools
