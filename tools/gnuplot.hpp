// Runs gnuplot on a script, with a limit on the time it may take.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace sgdyn::tools {

enum class GnuplotResult { drawn, not_installed, failed, timed_out, interrupted };

/// Runs `script` in `directory`. What gnuplot says is thrown away; it never reads the terminal.
[[nodiscard]] GnuplotResult run_gnuplot(const std::string& script, const std::filesystem::path& directory,
                                        std::chrono::seconds limit);

/// "gnuplot 5.4 patchlevel 4", empty when it is not installed.
[[nodiscard]] std::string gnuplot_version();

}  // namespace sgdyn::tools
