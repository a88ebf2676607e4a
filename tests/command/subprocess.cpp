#include "command/subprocess.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "support/temporary_directory.hpp"

namespace sgdyn::testing_support {
namespace {

void redirect(const std::filesystem::path& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
}

void break_pipe(int descriptor) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0 || dup2(ends[1], descriptor) < 0) _exit(126);
  close(ends[0]);
}

// A disk that is full for whoever asks for `bytes` or more at once, standard streams apart, without a disk to fill: the
// kernel answers write() and writev() with ENOSPC. Needs no privilege.
void fill_disk(unsigned bytes) {
  constexpr auto argument = [](std::size_t i) {  // its lower half, which comes first
    return static_cast<unsigned>(offsetof(seccomp_data, args) + i * sizeof(__u64));
  };
  std::array<sock_filter, 9> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_write, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_writev, 0, 5),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument(0)),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, STDERR_FILENO, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument(2)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, bytes, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSPC),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    _exit(126);
  }
}

[[noreturn]] void become_command(const Invocation& invocation, const std::filesystem::path& out,
                                 const std::filesystem::path& err) {
  redirect(invocation.out.empty() ? out : invocation.out, STDOUT_FILENO);
  redirect(err, STDERR_FILENO);
  if (invocation.reader_gone) break_pipe(STDOUT_FILENO);
  if (chdir(invocation.directory.c_str()) != 0) _exit(126);
  for (const auto& [name, value] : invocation.environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<std::string> words{SGDYN_COMMAND};
  words.insert(words.end(), invocation.arguments.begin(), invocation.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  if (invocation.full_disk_from > 0) fill_disk(invocation.full_disk_from);
  execv(SGDYN_COMMAND, arguments.data());
  _exit(126);
}

int exit_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status); }

}  // namespace

Finished run(const Invocation& invocation) {
  const TemporaryDirectory streams;
  const std::filesystem::path out = streams / "out";
  const std::filesystem::path err = streams / "err";
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot start a process");
  if (child == 0) become_command(invocation, out, err);
  bool interrupted = !invocation.interrupt_when;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (!interrupted && invocation.interrupt_when()) {
      kill(child, SIGINT);
      interrupted = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  Finished finished;
  finished.status = exit_status(status);
  if (invocation.out.empty()) finished.out = read_bytes(out);
  finished.err = read_bytes(err);
  if (finished.status == 126) throw std::runtime_error("cannot run " SGDYN_COMMAND);
  return finished;
}

std::string small_problem() {
  return R"([data]
model = "two-clusters"
alpha = 2.0
noise = 0.5

[loss]
name = "squared-hinge"
ridge = 0.1

[algorithm]
name = "sgd"
learning_rate = 0.1
batch = 0.4
steps = 8

[dmft]
samples = 1024

[simulation]
dimension = 64
runs = 16

[comparison]
resolution = 0.5
)";
}

long count_lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

}  // namespace sgdyn::testing_support
