// What a subcommand is: a name, its options, and a function. One file each under commands/.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sgdyn::tools {

class Session;

/// Exit statuses of the command.
enum ExitStatus : int {
  exit_ok = 0,             ///< done; compare: agrees
  exit_disagree = 1,       ///< compare: disagrees
  exit_bad_input = 2,      ///< bad input or a theory that does not apply; nothing was computed
  exit_numerical = 3,      ///< numerical failure, what was computed is kept and marked; or it cannot be written
  exit_inconclusive = 4,   ///< the error bars are too wide to say
  exit_interrupted = 130,  ///< stopped by a signal; what was computed is kept and marked
  exit_reader_gone = 141   ///< nobody reads stdout any more, as with `| head`: 128 + SIGPIPE
};

/// The options shared by all subcommands, and the texts of those only one of them has.
struct Options {
  std::string file{};                        ///< problem file or figure, empty for commands without one
  std::vector<std::string> settings{};       ///< --set dotted.key=value
  std::string out{};                         ///< --out; empty: the default directory, or nothing with --json
  bool json = false;                         ///< --json
  int threads = 0;                           ///< --threads; 0: all
  std::optional<std::uint64_t> seed{};       ///< --seed, replaces the seeds of all tables
  bool quiet = false;                        ///< --quiet
  bool plot = true;                          ///< --no-plot
  std::map<std::string, std::string> own{};  ///< {"--error", "1e-4"}
};

/// An option of one subcommand. Without a name for its value it takes none, and is given or not.
struct OwnOption {
  std::string flag;
  std::string value_name;
  std::string help;
};

/// Which of the shared options a subcommand takes.
enum class Takes { problem_file, built_in_problem, figure, nothing };

struct Command {
  std::string name;
  std::string summary;  ///< one line for the list of commands
  std::string example;  ///< a full command line, first thing in --help
  Takes takes = Takes::problem_file;
  std::vector<OwnOption> options;
  std::function<ExitStatus(const Options&, Session&)> run;
};

/// All subcommands in the order of the help text.
[[nodiscard]] std::span<const Command> all_commands();

}  // namespace sgdyn::tools
