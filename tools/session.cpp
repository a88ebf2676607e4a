#include "session.hpp"

#include <omp.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "interrupt.hpp"

namespace sgdyn::tools {
namespace {

std::string_view escape_code(Colour colour) {
  switch (colour) {
    case Colour::red: return "\033[1;31m";
    case Colour::green: return "\033[1;32m";
    case Colour::yellow: return "\033[1;33m";
  }
  return "";
}

}  // namespace

Session::Session(const Options& options) : threads_(options.threads), quiet_(options.quiet), progress_(!options.quiet) {
  if (threads_ > 0) omp_set_num_threads(threads_);
}

Execution Session::execution() {
  return {.threads = threads_,
          .progress = [this](const Progress& progress) { progress_.update(progress); },
          .stop_requested = &stop_requested()};
}

void Session::say(const std::string& message) {
  if (quiet_) return;
  progress_.clear();
  std::fprintf(stderr, "%s\n", message.c_str());
}

void Session::warn(const std::string& message) {
  progress_.clear();
  std::fprintf(stderr, "%s %s\n", coloured("sgdyn: warning:", Colour::yellow, STDERR_FILENO).c_str(), message.c_str());
}

bool Session::stopped() const { return stop_requested().load(); }

int Session::thread_count() const {
  Execution execution;
  execution.threads = threads_;
  return execution.thread_count();
}

double Session::wall_seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::string coloured(const std::string& text, Colour colour, int file_descriptor) {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool refused = no_colour != nullptr && *no_colour != '\0';
  if (refused || isatty(file_descriptor) != 1) return text;
  return std::string(escape_code(colour)) + text + "\033[0m";
}

}  // namespace sgdyn::tools
