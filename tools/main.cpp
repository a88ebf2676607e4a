#include <exception>
#include <string>

#include "interrupt.hpp"
#include "options.hpp"
#include "output.hpp"
#include "session.hpp"
#include "sgdyn/core/error.hpp"

namespace {

using namespace sgdyn;
using namespace sgdyn::tools;

// An error of a value in the problem file that was found after reading still names the file.
std::string sentence(const InputError& error, const std::string& file) {
  const bool about_file = !error.placed() && !file.empty() && !error.key().empty() && !error.key().starts_with("--");
  return about_file ? error.at(file).what() : error.what();
}

int run(int argc, char** argv, std::string& file) {
  const Invocation invocation = parse_command_line(argc, argv);
  if (invocation.command == nullptr) {
    print(invocation.text);
    return exit_ok;
  }
  file = invocation.options.file;
  Session session(invocation.options);
  return invocation.command->run(invocation.options, session);
}

}  // namespace

int main(int argc, char** argv) {
  reserve_standard_streams();
  handle_signals();
  std::string file;
  try {
    return run(argc, argv, file);
  } catch (const InputError& error) {
    print_error(sentence(error, file));
    return exit_bad_input;
  } catch (const NotApplicable& error) {
    print_error((file.empty() ? "" : file + ": ") + error.what());
    return exit_bad_input;
  } catch (const ReaderGone&) {
    return exit_reader_gone;
  } catch (const OutputError& error) {
    print_error(error.what());
    return exit_numerical;
  } catch (const std::bad_alloc&) {
    print_error("there is not enough memory");
    return exit_numerical;
  } catch (const std::exception& error) {
    print_error(std::string("internal error: ") + error.what());
    return exit_numerical;
  }
}
