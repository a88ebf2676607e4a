#include "interrupt.hpp"

#include <unistd.h>
#include <csignal>

#include "command.hpp"

namespace sgdyn::tools {
namespace {

// A signal handler can only reach static data; a lock-free atomic is what it may touch.
std::atomic<bool>& stop_flag() {
  static constinit std::atomic<bool> flag{false};
  static_assert(std::atomic<bool>::is_always_lock_free);
  return flag;
}

extern "C" void on_signal(int) {
  if (stop_flag().exchange(true)) _exit(exit_interrupted);
}

}  // namespace

void handle_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

const std::atomic<bool>& stop_requested() { return stop_flag(); }

}  // namespace sgdyn::tools
