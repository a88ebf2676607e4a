// The only file that sees CLI11: it is slow to compile.
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <string_view>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"

namespace sgdyn::tools {
namespace {

constexpr int largest_thread_count = 1024;
constexpr long long largest_seed = 1LL << 62;  // what every option table takes

// Help texts that begin with an example.
class ExampleFirst : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override { return app->get_description() + "\n\n"; }
  std::string make_subcommand(const CLI::App* sub) const override {
    const std::string text = sub->get_description();
    std::string name = "  " + sub->get_name();
    name.resize(std::max<std::size_t>(name.size() + 2, 14), ' ');
    return name + text.substr(text.rfind('\n') + 1) + "\n";
  }
};

// Texts as typed; they become typed values only after parsing, so that every refusal reads the same.
struct Typed {
  Options options;
  std::string threads;
  std::string seed;
  bool no_plot = false;
  std::map<std::string, std::string> own;
};

std::string example_then_summary(const Command& command) {
  return "Example:\n  " + command.example + "\n\n" + command.summary;
}

void add_shared_options(CLI::App& app, Typed& typed, Takes takes) {
  if (takes == Takes::problem_file) app.add_option("problem", typed.options.file, "the problem file (TOML)");
  if (takes == Takes::figure) app.add_option("name", typed.options.file, "list, all, a figure, or a recipe (TOML)");
  if (takes != Takes::nothing) {
    app.add_option("--set", typed.options.settings, "replace a value of the problem, for example --set data.alpha=3")
        ->type_name("KEY=VALUE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
    const std::string usual = takes == Takes::figure ? "sgdyn-out" : "sgdyn-out/<name>-<hash>";
    app.add_option("--out", typed.options.out, "directory of the results (default " + usual + ")")->type_name("DIR");
    app.add_option("--seed", typed.seed, "seed of all random numbers")->type_name("N");
    app.add_flag("--no-plot", typed.no_plot, "draw no figures");
  }
  app.add_flag("--json", typed.options.json, "print one JSON document and nothing else; write files only with --out");
  app.add_option("--threads", typed.threads, "number of threads (default: all)")->type_name("N");
  app.add_flag("--quiet", typed.options.quiet, "no messages and no progress, only errors");
}

void add_command(CLI::App& app, const Command& command, Typed& typed) {
  CLI::App* sub = app.add_subcommand(command.name, example_then_summary(command));
  sub->allow_extras();
  for (const OwnOption& option : command.options) {
    if (option.value_name.empty()) {
      sub->add_flag(option.flag, option.help);
    } else {
      sub->add_option(option.flag, typed.own[option.flag], option.help)->type_name(option.value_name);
    }
  }
  add_shared_options(*sub, typed, command.takes);
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// What CLI11 could not place: an unknown option, or one argument too many.
void refuse_extras(const CLI::App& sub) {
  std::vector<std::string> extras = sub.remaining();
  std::erase(extras, "--");  // the usual sign that no option follows
  if (extras.empty()) return;
  const auto unknown = std::find_if(extras.begin(), extras.end(),
                                    [](const std::string& word) { return word.size() > 1 && word.front() == '-'; });
  if (unknown == extras.end()) {
    throw InputError("", "\"" + extras.front() + "\" is one argument too many for sgdyn " + sub.get_name());
  }
  const std::string flag = unknown->substr(0, unknown->find('='));
  throw InputError(flag, "sgdyn " + sub.get_name() + " has no such option" + did_you_mean(flag, option_names(sub)) +
                             "; sgdyn " + sub.get_name() + " --help lists all");
}

bool belongs_to_a_subcommand(const std::string& word) {
  const std::string flag = word.substr(0, word.find('='));
  CLI::App app;
  Typed typed;
  for (const Command& command : all_commands()) add_command(app, command, typed);
  const std::vector<CLI::App*> subs = app.get_subcommands({});
  return std::any_of(subs.begin(), subs.end(), [&](const CLI::App* sub) {
    const std::vector<std::string> names = option_names(*sub);
    return std::find(names.begin(), names.end(), flag) != names.end();
  });
}

void refuse_unknown_command(int argc, const char* const* argv) {
  if (argc < 2) throw InputError("", "no subcommand was given; sgdyn --help lists all");
  const std::string word = argv[1];
  std::vector<std::string> names;
  for (const Command& command : all_commands()) names.push_back(command.name);
  if (std::find(names.begin(), names.end(), word) != names.end()) return;
  const std::vector<std::string> flags{"--help", "-h", "--version"};
  if (word.starts_with("-")) {
    if (std::find(flags.begin(), flags.end(), word) != flags.end()) return;
    if (belongs_to_a_subcommand(word)) {
      throw InputError(word, "options come after the subcommand, as in " + all_commands().front().example);
    }
    throw InputError(word, "sgdyn has no such option" + did_you_mean(word, flags) + "; sgdyn --help lists all");
  }
  // A problem file with its command forgotten.
  const std::string hint =
      word.ends_with(".toml") ? " (did you mean sgdyn compare " + word + "?)" : did_you_mean(word, names);
  throw InputError("", "\"" + word + "\" is not a subcommand" + hint + "; sgdyn --help lists all");
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// The parser's way of saying that an option lacks its value or is given twice, in our words.
InputError in_our_words(const CLI::ParseError& error) {
  const std::string text = one_line(error.what());
  const std::size_t colon = text.find(": ");
  if (error.get_name() == "ArgumentMismatch" && text.starts_with("--") && colon != std::string::npos) {
    const bool missing = text.ends_with("missing");
    return {text.substr(0, colon), missing ? "no value is given" : "given more than once; allowed is once"};
  }
  if (const std::size_t flag = text.find("--"); error.get_name() == "ConversionError" && flag != std::string::npos) {
    return {text.substr(flag, text.find(' ', flag) - flag), "takes no value"};
  }
  return {"", text};
}

Options finished(Typed& typed, const CLI::App& sub, const Command& command) {
  Options& options = typed.options;
  options.plot = !typed.no_plot;
  const auto given = [&sub](const char* flag) {  // not every command has every option
    const CLI::Option* option = sub.get_option_no_throw(flag);
    return option != nullptr && option->count() > 0;
  };
  if (given("--threads")) {
    options.threads = static_cast<int>(parse_integer("--threads", typed.threads, 1, largest_thread_count));
  }
  if (given("--seed")) {
    options.seed = static_cast<std::uint64_t>(parse_integer("--seed", typed.seed, 0, largest_seed));
  }
  if (given("--out") && options.out.empty()) {
    throw InputError("--out", "the name of the directory is empty");
  }
  for (const OwnOption& option : command.options) {
    if (sub.count(option.flag) > 0) options.own[option.flag] = typed.own[option.flag];
  }
  if (command.takes == Takes::problem_file && options.file.empty()) {
    throw InputError("", "sgdyn " + command.name + " needs a problem file, for example: " + command.example);
  }
  return std::move(options);
}

std::string no_range(const std::string& text, const std::string& allowed) {
  return "\"" + text + "\" is not allowed; allowed is " + allowed;
}

}  // namespace

Invocation parse_command_line(int argc, const char* const* argv) {
  refuse_unknown_command(argc, argv);
  CLI::App app{
      "Example:\n  sgdyn compare problem.toml\n\n"
      "Theories of stochastic gradient descent, side by side with direct simulation.",
      "sgdyn"};
  app.formatter(std::make_shared<ExampleFirst>());
  app.set_version_flag("--version", "sgdyn " SGDYN_VERSION);
  app.require_subcommand(1);
  Typed typed;
  for (const Command& command : all_commands()) add_command(app, command, typed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {.text = app.help()};
  } catch (const CLI::CallForVersion&) {
    return {.text = app.version() + "\n"};
  } catch (const CLI::ParseError& error) {
    throw in_our_words(error);
  }
  for (const Command& command : all_commands()) {
    CLI::App* sub = app.get_subcommand(command.name);
    if (!sub->parsed()) continue;
    refuse_extras(*sub);
    return {.command = &command, .options = finished(typed, *sub, command)};
  }
  throw InputError("", "no subcommand was given; sgdyn --help lists all");
}

double parse_number(const std::string& flag, const std::string& text, double low, double high) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || !std::isfinite(value) || !(low < value) || !(value < high)) {
    if (std::isinf(low) && std::isinf(high)) throw InputError(flag, no_range(text, "a finite number"));
    const std::string range =
        std::isinf(high) ? "above " + shortest(low) : "between " + shortest(low) + " and " + shortest(high);
    throw InputError(flag, no_range(text, "a number " + range));
  }
  return value;
}

long long parse_integer(const std::string& flag, const std::string& text, long long low, long long high) {
  long long value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || value < low || value > high) {
    throw InputError(flag,
                     no_range(text, "a whole number from " + std::to_string(low) + " to " + std::to_string(high)));
  }
  return value;
}

std::optional<std::string> own_option(const Options& options, const std::string& flag) {
  const auto found = options.own.find(flag);
  if (found == options.own.end()) return std::nullopt;
  return found->second;
}

}  // namespace sgdyn::tools
