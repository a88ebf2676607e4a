#include "output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>

#include "session.hpp"

namespace sgdyn::tools {
namespace {

// A pipe that somebody made non-blocking takes more as soon as its reader has read.
void wait_until_writable() {
  pollfd stream{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  (void)poll(&stream, 1, -1);
}

[[noreturn]] void fail(int error) {
  if (error == EPIPE) throw ReaderGone{};
  const std::string reason = error == ENOSPC  ? "the device is full"
                             : error == EBADF ? "it is closed"
                                              : std::error_code(error, std::generic_category()).message();
  throw OutputError("stdout cannot be written: " + reason);
}

}  // namespace

void reserve_standard_streams() {
  // Opened the wrong way round: reading from stdin, or writing to stdout, still fails as it does when they are closed.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) == -1) (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

void print(const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = write(STDOUT_FILENO, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      wait_until_writable();
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
}

void print_error(const std::string& message) {
  std::fprintf(stderr, "%s %s\n", coloured("sgdyn: error:", Colour::red, STDERR_FILENO).c_str(), message.c_str());
}

}  // namespace sgdyn::tools
