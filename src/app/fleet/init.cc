// The first process inside a sandbox: makes its world, then starts, ends and reaps what the owner
// asks for. One thread, one loop; it ends when the owner's end of the socket closes.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <map>

#include "app/fleet/launch.h"
#include "app/fleet/sandbox.h"
#include "app/fleet/start.h"
#include "app/fleet/wire.h"
#include "app/fleet/world.h"

namespace wardhive::fleet {
namespace {

using Words = std::vector<std::string>;

// A number of the owner's message; -1 for anything else.
int to_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

Words error_words(const Error& error) {
  return {"error", std::to_string(static_cast<int>(error.code)), error.message};
}

class Supervisor {
 public:
  explicit Supervisor(World world) : world_(std::move(world)) {}

  Words answer(const Message& message) {
    const auto& words = message.words;
    Result<Words> reply =
        fail(ErrorCode::InvalidInput, "the sandbox does not know the request " + words[0]);
    if (words[0] == "spawn" && words.size() >= 5) reply = spawn(message);
    if (words[0] == "kill" && words.size() == 3) reply = kill(words[1], to_int(words[2]));
    return reply ? *reply : error_words(reply.error());
  }

  // One "exit" per child of ours that has ended; orphans of theirs are only reaped.
  std::vector<Words> reap() {
    std::vector<Words> exits;
    int status = 0;
    for (int pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      const auto name = names_.find(pid);
      if (name == names_.end()) continue;
      exits.push_back({"exit", name->second, std::to_string(pid), std::to_string(status)});
      pids_.erase(name->second);
      names_.erase(name);
    }
    return exits;
  }

 private:
  // spawn HOST NAME OUTPUTS ARGC ARGV... ENV..., fds: the outputs, then those to be inherited.
  Result<Words> spawn(const Message& message) {
    const auto& words = message.words;
    const auto& name = words[2];
    const int outputs = to_int(words[3]);
    const int argc = to_int(words[4]);
    if ((outputs != 0 && outputs != 2) || argc < 1 ||
        static_cast<std::size_t>(argc) > words.size() - 5 ||
        message.fds.size() < static_cast<std::size_t>(outputs))
      return fail(ErrorCode::InvalidInput, "malformed spawn of " + name);
    const auto host = world_.hosts.find(words[1]);
    if (host == world_.hosts.end())
      return fail(ErrorCode::NotFound, fmt::format("no host {} in the fleet", words[1]));
    if (pids_.contains(name))
      return fail(ErrorCode::Conflict, fmt::format("{} already runs (pid {})", name, pids_[name]));
    if (pids_.size() >= kProcessesMax)
      return fail(ErrorCode::LimitReached,
                  fmt::format("the sandbox runs {} processes, the most it may", kProcessesMax));

    Start start{.host = words[1], .net = host->second.get()};
    start.argv.assign(words.begin() + 5, words.begin() + 5 + argc);
    start.env.assign(words.begin() + 5 + argc, words.end());
    Fd log;
    if (outputs == 0) {
      const auto path = Sandbox::inside("log/" + name + ".log");
      log = Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
      if (!log) return std::unexpected(system_error(errno, "open " + path.string()));
    }
    start.out = outputs == 0 ? log.get() : message.fds[0].get();
    start.err = outputs == 0 ? log.get() : message.fds[1].get();
    for (std::size_t i = static_cast<std::size_t>(outputs); i < message.fds.size(); ++i)
      start.listen_fds.push_back(message.fds[i].get());

    WARDHIVE_ASSIGN(const int pid, start_process(start));
    pids_[name] = pid;
    names_[pid] = name;
    return Words{"ok", std::to_string(pid)};
  }

  Result<Words> kill(const std::string& name, int signal) {
    const auto pid = pids_.find(name);
    if (pid == pids_.end())
      return fail(ErrorCode::NotFound, fmt::format("no process {} runs", name));
    if (::kill(pid->second, signal) != 0)
      return std::unexpected(
          system_error(errno, fmt::format("send signal {} to {}", signal, name)));
    return Words{"ok"};
  }

  World world_;
  std::map<std::string, int> pids_;
  std::map<int, std::string> names_;
};

// The descriptor on which ends of children arrive.
Fd child_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  return Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Returns when the owner is gone.
void serve(Supervisor& supervisor, int signals) {
  for (;;) {
    pollfd wanted[2] = {{kControlFd, POLLIN, 0}, {signals, POLLIN, 0}};
    if (::poll(wanted, 2, -1) < 0 && errno != EINTR) return;
    signalfd_siginfo ignored;
    while (::read(signals, &ignored, sizeof ignored) > 0) {
    }
    if ((wanted[0].revents & (POLLIN | POLLHUP)) != 0) {
      const auto message = receive_message(kControlFd);
      if (!message && message.error().code != ErrorCode::InvalidInput) return;
      const auto reply = message ? supervisor.answer(*message) : error_words(message.error());
      if (!send_message(kControlFd, reply)) return;
    }
    // After the answer: the owner learns of a start before it learns of that process's end.
    for (const auto& words : supervisor.reap())
      if (!send_message(kControlFd, words)) return;
  }
}

}  // namespace

int run_init(std::span<const std::string> args) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::fcntl(kControlFd, F_SETFD, FD_CLOEXEC);
  if (const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC)); null)
    ::dup2(null.get(), STDIN_FILENO);
  ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  if (::getpid() != 1) {
    fmt::print(stderr,
               "part init is the first process of a sandbox, started by wardhive demo only\n");
    return 2;
  }
  auto world = make_world(args);
  if (!world) {
    const auto& refusal = world.error();
    const auto words = refusal.step.empty()
                           ? error_words(refusal.error)
                           : Words{"refused", refusal.step, std::to_string(refusal.error_number)};
    (void)send_message(kControlFd, words);  // an owner that is gone needs no reason
    return 1;
  }
  const Fd signals = child_signals();
  Words ready{"ready"};
  ready.insert(ready.end(), world->notes.begin(), world->notes.end());
  const int work = world->work.get();
  if (!signals || !send_message(kControlFd, ready, {&work, 1})) return 1;

  Supervisor supervisor(std::move(*world));
  serve(supervisor, signals.get());
  return 0;
}

}  // namespace wardhive::fleet
