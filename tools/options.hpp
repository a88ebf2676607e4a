// The command line: what the user typed becomes a Command and its Options.
#pragma once

#include <optional>
#include <string>

#include "command.hpp"

namespace sgdyn::tools {

struct Invocation {
  const Command* command = nullptr;  ///< null when only a text was asked for
  Options options{};
  std::string text{};  ///< --help or --version: to be printed on stdout
};

/// @throws InputError for an unknown subcommand or option (with the nearest valid one) or a bad value.
[[nodiscard]] Invocation parse_command_line(int argc, const char* const* argv);

/// A number typed on the command line.
/// @throws InputError naming the flag, the text given and the accepted range.
[[nodiscard]] double parse_number(const std::string& flag, const std::string& text, double low, double high);
[[nodiscard]] long long parse_integer(const std::string& flag, const std::string& text, long long low, long long high);

/// The value of an own option; nothing when it was not given.
[[nodiscard]] std::optional<std::string> own_option(const Options& options, const std::string& flag);

}  // namespace sgdyn::tools
