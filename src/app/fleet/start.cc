#include "app/fleet/start.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "app/fleet/sandbox.h"
#include "base/file.h"

namespace wardhive::fleet {
namespace {

constexpr int kFirstListenFd = 3;  // as sd_listen_fds(3) says
constexpr int kParkedFd = 100;     // above every number that is handed over

enum class Step { Network, HostName, Descriptors, Directory, Execute };
struct Failure {
  Step step;
  int error;
};

std::string describe(const Start& start, Step step) {
  switch (step) {
    case Step::Network:
      return "enter the network of " + start.host;
    case Step::HostName:
      return "set the host name " + start.host;
    case Step::Descriptors:
      return "hand over the descriptors to " + start.argv[0];
    case Step::Directory:
      return fmt::format("enter {}", kWorkDirectory);
    case Step::Execute:
      return fmt::format("run {} on {}", start.argv[0], start.host);
  }
  return {};
}

bool take_host_name(const std::string& name) {
  return ::unshare(CLONE_NEWUTS) == 0 && ::sethostname(name.data(), name.size()) == 0;
}

// First out of the way, then to their places: a source may sit on another's target.
bool place_descriptors(const Start& start) {
  std::vector<int> parked;
  for (const int fd : start.listen_fds) parked.push_back(::fcntl(fd, F_DUPFD_CLOEXEC, kParkedFd));
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (::dup2(null, STDIN_FILENO) < 0 || ::dup2(start.out, STDOUT_FILENO) < 0 ||
      ::dup2(start.err, STDERR_FILENO) < 0)
    return false;
  for (std::size_t i = 0; i < parked.size(); ++i)
    if (::dup2(parked[i], kFirstListenFd + static_cast<int>(i)) < 0) return false;
  const auto first_ours =
      static_cast<unsigned>(kFirstListenFd) + static_cast<unsigned>(parked.size());
  return ::syscall(SYS_close_range, first_ours, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

void reset_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
}

void execute(const Start& start) {
  auto words = start.argv;
  auto env = start.env;
  if (!start.listen_fds.empty()) {
    env.push_back(fmt::format("LISTEN_FDS={}", start.listen_fds.size()));
    env.push_back(fmt::format("LISTEN_PID={}", ::getpid()));
  }
  const bool self = words[0] == kSelf;
  if (self) words[0] = "wardhive";
  std::vector<char*> argv;
  std::vector<char*> envp;
  for (auto& word : words) argv.push_back(word.data());
  for (auto& entry : env) envp.push_back(entry.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  ::execvpe(self ? "/proc/self/exe" : argv[0], argv.data(), envp.data());
}

[[noreturn]] void become(const Start& start, int report) {
  // Clear of the numbers that are handed over; close-on-exec, so a success closes it.
  report = ::fcntl(report, F_DUPFD_CLOEXEC, kParkedFd);
  ::setsid();
  reset_signals();
  auto step = Step::Network;
  if (::setns(start.net, CLONE_NEWNET) == 0) {
    step = Step::HostName;
    if (take_host_name(start.host)) {
      step = Step::Descriptors;
      if (place_descriptors(start)) {
        step = Step::Directory;
        if (::chdir(std::string(kWorkDirectory).c_str()) == 0) {
          step = Step::Execute;
          execute(start);
        }
      }
    }
  }
  const Failure failure{step, errno};
  (void)!::write(report, &failure, sizeof failure);  // the parent is gone only if we are to go too
  ::_exit(127);
}

}  // namespace

Result<int> start_process(const Start& start) {
  int pipe[2] = {-1, -1};
  if (::pipe2(pipe, O_CLOEXEC) != 0) return std::unexpected(system_error(errno, "make a pipe"));
  const Fd reader(pipe[0]);
  Fd writer(pipe[1]);
  const int pid = ::fork();
  if (pid < 0) return std::unexpected(system_error(errno, "fork for " + start.argv[0]));
  if (pid == 0) become(start, writer.get());
  writer.reset();

  Failure failure{};
  ssize_t count = 0;
  while ((count = ::read(reader.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (count == 0) return pid;  // closed by exec
  ::waitpid(pid, nullptr, 0);
  return std::unexpected(system_error(failure.error, describe(start, failure.step)));
}

}  // namespace wardhive::fleet
