// What reaches stdout: all of it, or an error that says so.
#pragma once

#include <stdexcept>
#include <string>

namespace sgdyn::tools {

/// stdout does not take what is printed.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Whoever read our stdout went away, as `head` does: nothing to complain about, and nobody to print to.
struct ReaderGone {};

/// Opens what is missing of stdin, stdout and stderr, so that no file of ours takes their place.
void reserve_standard_streams();

/// Prints on stdout; nothing else writes there. @throws OutputError, ReaderGone.
void print(const std::string& text);

/// "sgdyn: error: ..." on stderr.
void print_error(const std::string& message);

}  // namespace sgdyn::tools
