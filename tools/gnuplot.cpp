#include "gnuplot.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <system_error>
#include <thread>

#include "interrupt.hpp"

namespace sgdyn::tools {
namespace {

using namespace std::chrono_literals;

constexpr int exit_not_installed = 127;

// Only async-signal-safe calls between fork and exec: the parent has threads.
pid_t start(const char* script, const char* directory) {
  const pid_t child = fork();
  // Ctrl-C reaches the process group of the terminal, and what becomes of gnuplot then is for us to say. Set on both
  // sides, since either may run first.
  setpgid(child, child);
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = open("/dev/null", O_RDWR);
  if (chdir(directory) != 0 || nothing < 0) _exit(1);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  dup2(nothing, STDERR_FILENO);
  execlp("gnuplot", "gnuplot", "-d", script, static_cast<char*>(nullptr));
  _exit(exit_not_installed);
}

GnuplotResult wait_for(pid_t child, std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    const bool interrupted = stop_requested().load();
    if (interrupted || std::chrono::steady_clock::now() > deadline) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return interrupted ? GnuplotResult::interrupted : GnuplotResult::timed_out;
    }
    std::this_thread::sleep_for(5ms);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == exit_not_installed) return GnuplotResult::not_installed;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? GnuplotResult::drawn : GnuplotResult::failed;
}

}  // namespace

GnuplotResult run_gnuplot(const std::string& script, const std::filesystem::path& directory,
                          std::chrono::seconds limit) {
  const std::filesystem::path file = directory / ".figures.gnuplot";
  std::ofstream stream(file);
  stream << script;
  stream.close();
  GnuplotResult result = GnuplotResult::failed;
  if (stream) {
    const pid_t child = start(file.filename().c_str(), directory.c_str());
    if (child > 0) result = wait_for(child, limit);
  }
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return result;
}

std::string gnuplot_version() {
  std::FILE* pipe = popen("gnuplot --version 2>/dev/null", "r");
  if (pipe == nullptr) return "";
  std::array<char, 200> line{};
  std::string text;
  if (std::fgets(line.data(), static_cast<int>(line.size()), pipe) != nullptr) text = line.data();
  pclose(pipe);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace sgdyn::tools
