// One function a subcommand, each in the file of its name.
#pragma once

#include "command.hpp"

namespace sgdyn::tools {

[[nodiscard]] Command compare_command();
[[nodiscard]] Command demo_command();
[[nodiscard]] Command dmft_command();
[[nodiscard]] Command simulate_command();
[[nodiscard]] Command replica_command();
[[nodiscard]] Command teff_command();
[[nodiscard]] Command figure_command();
[[nodiscard]] Command info_command();

}  // namespace sgdyn::tools
