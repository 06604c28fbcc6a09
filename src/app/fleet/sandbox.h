// A fleet of hosts on one machine: each has its own network namespace on one switch, all live in
// anonymous user, net, mount and pid namespaces. The machine's own network is not touched and its
// file system is read-only inside; files lie in memory (`kWorkDirectory`). When the owner dies,
// however it dies, the kernel ends every process inside and frees everything with them.
//
//   thread   one: all calls come from the thread that made the sandbox, and the sandbox ends when
//            that thread does (it may be made while other threads run)
//   needs    Linux 5.12, the programs `ip` and, for what the hosts do with it, `nft`
//   cost     about 0.1 s and 3 MB for ten hosts; a process about 2 ms
//   limit    kHostsMax hosts, kProcessesMax processes at once, kWorkBytesMax of files
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/fleet/fleet_spec.h"
#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace wardhive::fleet {

inline constexpr std::size_t kProcessesMax = 256;
inline constexpr std::size_t kWorkBytesMax = 512 * 1024 * 1024;
inline constexpr std::size_t kRunOutputBytesMax = 4 * 1024 * 1024;  // of run(), per stream

// Where files lie, seen from inside. Each process starts here; log/ and tmp/ exist.
inline constexpr std::string_view kWorkDirectory = "/run/fleet";
// As argv[0]: this very program, even when its path is not reachable by name inside.
inline constexpr std::string_view kSelf = "@self";

struct ProcessSpec {
  std::string host;
  std::string name;  // unique among the running; its output is appended to log/NAME.log
  std::vector<std::string> argv;      // argv[0]: kSelf, a path, or a name found in PATH
  std::vector<std::string> env = {};  // "KEY=value", over a small clean environment
  // Open descriptors of the caller, handed over as 3, 4, ... with LISTEN_FDS and LISTEN_PID set.
  std::vector<int> listen_fds = {};
};

struct Exit {
  std::string name;
  int pid = 0;     // inside
  int code = 0;    // 0 to 255, or 128 + signal
  int signal = 0;  // 0: it ended by itself
};

struct RunResult {
  int code = 0;  // as Exit::code
  std::string out;
  std::string err;
};

class Sandbox {
 public:
  // InvalidInput for a bad spec. Where namespaces are refused: the cause and the way out.
  static Result<std::unique_ptr<Sandbox>> create(const FleetSpec& spec);
  // Ends everything inside and waits for it.
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // Returns the pid inside once the program runs. Conflict if `name` runs; NotFound for an unknown
  // host or program.
  Result<int> spawn(const ProcessSpec& process);
  // NotFound if no process of that name runs.
  Status kill(std::string_view name, int signal);
  // The end of the last process of that name. Timeout; NotFound if there never was one.
  Result<Exit> wait_exit(std::string_view name, Duration timeout);
  // The ends not returned by this before, oldest first. Does not block.
  std::vector<Exit> take_exits();
  bool running(std::string_view name);

  // Runs a program on a host to its end. Timeout kills it; LimitReached if it prints too much.
  Result<RunResult> run(std::string_view host, std::span<const std::string> argv, Duration timeout);

  // The same file seen from inside and from the owner; `relative` to the work directory. The outer
  // path serves files and unix sockets, works in this process only, and dies with the sandbox.
  static Path inside(std::string_view relative);
  Path outside(std::string_view relative) const;

  // Readable when take_exits() has news, or the sandbox has ended.
  int event_fd() const { return control_.get(); }
  // Process id of its first process, seen from the owner. `nsenter --target` takes it.
  int init_pid() const { return init_pid_; }
  // What this machine did not allow and we go on without; one sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  Sandbox() = default;
  Status start(const FleetSpec& spec);
  Status wait_ready();
  Result<std::vector<std::string>> request(std::span<const std::string> words,
                                           std::span<const int> fds);
  Result<std::vector<std::string>> next_reply(MonoTime deadline);
  void note_exit(std::span<const std::string> words);
  Result<int> spawn_with_output(const ProcessSpec& process, std::span<const int> output);

  Fd control_;
  Fd work_;  // O_PATH of the work directory; keeps it readable while we live
  int init_pid_ = -1;
  std::vector<std::string> notes_;
  std::map<std::string, int, std::less<>> running_;  // name -> pid
  std::map<std::string, Exit, std::less<>> ended_;   // the last end of each name
  std::deque<Exit> news_;                            // not yet taken; the last kProcessesMax
  std::uint64_t runs_ = 0;
};

// The first process inside. `args`: "NAME=ADDRESS" of each host; descriptor 3 leads to the owner.
// Does not return while the owner lives.
int run_init(std::span<const std::string> args);

}  // namespace wardhive::fleet
