#include "app/fleet/launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <vector>

#include "app/fleet/refusal.h"
#include "app/fleet/wire.h"

namespace wardhive::fleet {
namespace {

constexpr std::size_t kMapBytesMax = 64 * 1024;

// Between clone and exec: other threads of the owner may have held any lock, so system calls only.
[[noreturn]] void become_init(int owner_end, int control, char* const* argv) {
  ::close(owner_end);  // so that its end is seen here
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  char go = 0;
  // The ids must be mapped before exec, or it would drop the capabilities. An owner that died
  // before the prctl above shows as the end of the socket.
  if (::recv(control, &go, 1, 0) != 1) ::_exit(1);
  if (control == kControlFd)
    ::fcntl(control, F_SETFD, 0);
  else
    ::dup2(control, kControlFd);
  ::syscall(SYS_close_range, kControlFd + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execv("/proc/self/exe", argv);
  ::_exit(1);
}

Status write_proc(const std::string& path, std::string_view text) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd || ::write(fd.get(), text.data(), text.size()) < 0)
    return std::unexpected(system_error(errno, "write " + path));
  return ok();
}

// Every id that exists here keeps its number inside: real root must still read the files of others
// (a clone in somebody's 0700 home), which an unmapped owner would forbid.
Result<std::string> identity_map(const char* path) {
  WARDHIVE_ASSIGN(const auto text, read_file(path, kMapBytesMax));
  std::istringstream in(text);
  std::string map;
  for (std::uint64_t inside = 0, outside = 0, count = 0; in >> inside >> outside >> count;)
    map += fmt::format("{0} {0} {1}\n", inside, count);
  return map;
}

Status map_all_ids(const std::string& proc) {
  WARDHIVE_ASSIGN(const auto uids, identity_map("/proc/self/uid_map"));
  WARDHIVE_ASSIGN(const auto gids, identity_map("/proc/self/gid_map"));
  WARDHIVE_TRY(write_proc(proc + "uid_map", uids));
  return write_proc(proc + "gid_map", gids);
}

Status map_own_ids(const std::string& proc) {
  WARDHIVE_TRY(write_proc(proc + "setgroups", "deny"));
  WARDHIVE_TRY(write_proc(proc + "uid_map", fmt::format("0 {} 1\n", ::geteuid())));
  return write_proc(proc + "gid_map", fmt::format("0 {} 1\n", ::getegid()));
}

Status map_ids(int pid) {
  const auto proc = fmt::format("/proc/{}/", pid);
  // Root without CAP_SETUID (some containers) may still map itself.
  if (::geteuid() == 0 && map_all_ids(proc)) return ok();
  return map_own_ids(proc);
}

}  // namespace

Result<Launched> launch(std::span<const std::string> argv) {
  int pair[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return std::unexpected(system_error(errno, "make the sandbox's control socket"));
  Launched launched{.control = Fd(pair[0])};
  const Fd control(pair[1]);

  std::vector<char*> raw;
  for (const auto& word : argv) raw.push_back(const_cast<char*>(word.c_str()));
  raw.push_back(nullptr);

  // Not fork and unshare: one step makes the child pid 1 of its namespace and a child of ours.
  constexpr unsigned long kFlags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID |
                                   static_cast<unsigned long>(SIGCHLD);
  const auto pid = ::syscall(SYS_clone, kFlags, nullptr, nullptr, nullptr, nullptr);
  if (pid < 0)
    return std::unexpected(explain_refusal(read_namespace_facts("make its namespaces", errno)));
  if (pid == 0) become_init(pair[0], pair[1], raw.data());
  launched.pid = static_cast<int>(pid);

  auto status = map_ids(launched.pid);
  if (!status && status.error().code == ErrorCode::PermissionDenied)
    status = std::unexpected(explain_refusal(read_namespace_facts("map user ids", EPERM)));
  const std::string go[] = {"go"};
  if (status) status = send_message(launched.control.get(), go);
  if (!status) {
    ::kill(launched.pid, SIGKILL);
    ::waitpid(launched.pid, nullptr, 0);
    return std::unexpected(std::move(status).error());
  }
  return launched;
}

}  // namespace wardhive::fleet
