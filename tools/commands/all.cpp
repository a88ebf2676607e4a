#include "commands/commands.hpp"

namespace sgdyn::tools {

std::span<const Command> all_commands() {
  static const std::vector<Command> all{compare_command(), demo_command(), dmft_command(),   simulate_command(),
                                        replica_command(), teff_command(), figure_command(), info_command()};
  return all;
}

}  // namespace sgdyn::tools
