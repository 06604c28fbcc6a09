#include "app/fleet/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "app/fleet/launch.h"
#include "app/fleet/refusal.h"
#include "app/fleet/wire.h"
#include "base/clock.h"

namespace wardhive::fleet {
namespace {

constexpr Duration kStartMax = seconds(20);
constexpr Duration kReplyMax = seconds(10);

MonoTime mono_now() { return system_clock().mono(); }

int to_int(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// What processes inside start with. Nothing of the owner's environment but what sanitizers and
// local time need: no proxy, no token, no bus address.
std::vector<std::string> clean_environment() {
  std::vector<std::string> env{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                               fmt::format("HOME={}", kWorkDirectory),
                               fmt::format("TMPDIR={}/tmp", kWorkDirectory), "LANG=C.UTF-8"};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto key = text.substr(0, text.find('='));
    if (key == "TZ" || key.ends_with("SAN_OPTIONS")) env.emplace_back(text);
  }
  return env;
}

Error from_wire(std::span<const std::string> words) {
  if (words.size() != 3) return {ErrorCode::Internal, "the sandbox sent a malformed error"};
  return {static_cast<ErrorCode>(to_int(words[1])), words[2]};
}

Status wait_readable(int fd, MonoTime deadline, std::string_view what) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - mono_now()).count();
    pollfd wanted{fd, POLLIN, 0};
    const int ready =
        ::poll(&wanted, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000)));
    if (ready > 0) return ok();
    if (ready == 0) return fail(ErrorCode::Timeout, fmt::format("{} took too long", what));
    if (errno != EINTR) return std::unexpected(system_error(errno, "poll"));
  }
}

// Reads both pipes until each is closed by everybody inside.
Status collect(Fd& out, Fd& err, RunResult& result, MonoTime deadline, std::string_view what) {
  char buffer[16 * 1024];
  while (out || err) {
    pollfd wanted[2] = {{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}};  // -1 is skipped by poll
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - mono_now()).count();
    const int ready =
        ::poll(wanted, 2, static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000)));
    if (ready == 0)
      return fail(ErrorCode::Timeout, fmt::format("{} ran too long and was ended", what));
    if (ready < 0 && errno != EINTR) return std::unexpected(system_error(errno, "poll"));
    for (auto [poll, fd, text] :
         {std::tuple(&wanted[0], &out, &result.out), std::tuple(&wanted[1], &err, &result.err)}) {
      if (ready <= 0 || poll->revents == 0) continue;
      const auto count = ::read(fd->get(), buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        fd->reset();
        continue;
      }
      if (text->size() + static_cast<std::size_t>(count) > kRunOutputBytesMax)
        return fail(
            ErrorCode::LimitReached,
            fmt::format("{} printed more than {} bytes and was ended", what, kRunOutputBytesMax));
      text->append(buffer, static_cast<std::size_t>(count));
    }
  }
  return ok();
}

}  // namespace

Result<std::unique_ptr<Sandbox>> Sandbox::create(const FleetSpec& spec) {
  WARDHIVE_TRY(check_spec(spec));
  std::unique_ptr<Sandbox> sandbox(new Sandbox());
  WARDHIVE_TRY(sandbox->start(spec));
  return sandbox;
}

Status Sandbox::start(const FleetSpec& spec) {
  std::vector<std::string> argv{"wardhive", "part", "init"};
  for (const auto& host : spec.hosts) argv.push_back(fmt::format("{}={}", host.name, host.address));
  WARDHIVE_ASSIGN(auto launched, launch(argv));
  init_pid_ = launched.pid;
  control_ = std::move(launched.control);
  WARDHIVE_TRY(wait_ready());
  for (const auto& path : spec.reachable) {
    const auto seen = run(spec.hosts.front().name,
                          std::array<std::string, 3>{"test", "-r", path.string()}, kReplyMax);
    if (!seen) return std::unexpected(seen.error());
    if (seen->code != 0)
      return fail(ErrorCode::PermissionDenied,
                  fmt::format("{} cannot be read inside the sandbox; make it readable for all",
                              path.string()));
  }
  return ok();
}

Status Sandbox::wait_ready() {
  WARDHIVE_TRY(wait_readable(control_.get(), mono_now() + kStartMax, "the start of the sandbox"));
  WARDHIVE_ASSIGN(auto message, receive_message(control_.get()));
  const auto& words = message.words;
  if (words[0] == "refused" && words.size() == 3)
    return std::unexpected(explain_refusal(read_namespace_facts(words[1], to_int(words[2]))));
  if (words[0] == "error") return std::unexpected(from_wire(words));
  if (words[0] != "ready" || message.fds.size() != 1)
    return fail(ErrorCode::Internal, "the sandbox did not say that it is ready");
  work_ = std::move(message.fds[0]);
  notes_.assign(words.begin() + 1, words.end());
  return ok();
}

Sandbox::~Sandbox() {
  if (init_pid_ <= 0) return;
  ::kill(init_pid_, SIGKILL);
  while (::waitpid(init_pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Sandbox::note_exit(std::span<const std::string> words) {
  if (words.size() != 4 || words[0] != "exit") return;
  const int status = to_int(words[3]);
  Exit end{.name = words[1], .pid = to_int(words[2])};
  end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  end.code = WIFSIGNALED(status) ? 128 + end.signal : WEXITSTATUS(status);
  running_.erase(end.name);
  ended_[end.name] = end;
  if (end.name.starts_with('@')) return;  // of run(), which takes it itself
  news_.push_back(std::move(end));
  if (news_.size() > kProcessesMax) news_.pop_front();
}

// Notes each exit on the way. Timeout when nothing but exits came until the deadline.
Result<std::vector<std::string>> Sandbox::next_reply(MonoTime deadline) {
  for (;;) {
    WARDHIVE_TRY(wait_readable(control_.get(), deadline, "an answer of the sandbox"));
    WARDHIVE_ASSIGN(auto message, receive_message(control_.get()));
    if (message.words[0] != "exit") return std::move(message.words);
    note_exit(message.words);
  }
}

Result<std::vector<std::string>> Sandbox::request(std::span<const std::string> words,
                                                  std::span<const int> fds) {
  WARDHIVE_TRY(send_message(control_.get(), words, fds));
  WARDHIVE_ASSIGN(auto reply, next_reply(mono_now() + kReplyMax));
  if (reply[0] == "error") return std::unexpected(from_wire(reply));
  return reply;
}

Result<int> Sandbox::spawn_with_output(const ProcessSpec& process, std::span<const int> output) {
  auto env = clean_environment();
  env.insert(env.end(), process.env.begin(), process.env.end());
  std::vector<std::string> words{"spawn", process.host, process.name, std::to_string(output.size()),
                                 std::to_string(process.argv.size())};
  words.insert(words.end(), process.argv.begin(), process.argv.end());
  words.insert(words.end(), env.begin(), env.end());
  std::vector<int> fds(output.begin(), output.end());
  fds.insert(fds.end(), process.listen_fds.begin(), process.listen_fds.end());
  WARDHIVE_ASSIGN(const auto reply, request(words, fds));
  const int pid = reply.size() == 2 ? to_int(reply[1]) : 0;
  // It may have ended before its own "spawned" was read; then its exit follows and erases it.
  running_[process.name] = pid;
  return pid;
}

Result<int> Sandbox::spawn(const ProcessSpec& process) {
  if (process.argv.empty())
    return fail(ErrorCode::InvalidInput, "process " + process.name + " has no command");
  WARDHIVE_TRY(check_name("process", process.name));
  return spawn_with_output(process, {});
}

Status Sandbox::kill(std::string_view name, int signal) {
  const std::string words[] = {"kill", std::string(name), std::to_string(signal)};
  WARDHIVE_TRY(request(words, {}));
  return ok();
}

std::vector<Exit> Sandbox::take_exits() {
  // A past deadline: only what lies there already. The one error left, the sandbox's end, is seen
  // by the next call that needs it.
  while (next_reply(mono_now())) {
  }
  std::vector<Exit> exits(news_.begin(), news_.end());
  news_.clear();
  return exits;
}

bool Sandbox::running(std::string_view name) {
  while (next_reply(mono_now())) {
  }
  return running_.contains(name);
}

Result<Exit> Sandbox::wait_exit(std::string_view name, Duration timeout) {
  const auto deadline = mono_now() + timeout;
  while (running_.contains(name)) {
    WARDHIVE_TRY(wait_readable(control_.get(), deadline, fmt::format("the end of {}", name)));
    WARDHIVE_ASSIGN(const auto message, receive_message(control_.get()));
    note_exit(message.words);
  }
  const auto end = ended_.find(name);
  if (end == ended_.end())
    return fail(ErrorCode::NotFound, fmt::format("no process {} was started", name));
  return end->second;
}

Result<RunResult> Sandbox::run(std::string_view host, std::span<const std::string> argv,
                               Duration timeout) {
  if (argv.empty()) return fail(ErrorCode::InvalidInput, "run needs a command");
  const auto deadline = mono_now() + timeout;
  int out[2] = {-1, -1};
  int err[2] = {-1, -1};
  if (::pipe2(out, O_CLOEXEC) != 0) return std::unexpected(system_error(errno, "make a pipe"));
  Fd out_read(out[0]), out_write(out[1]);
  if (::pipe2(err, O_CLOEXEC) != 0) return std::unexpected(system_error(errno, "make a pipe"));
  Fd err_read(err[0]), err_write(err[1]);

  const ProcessSpec process{.host = std::string(host),
                            .name = fmt::format("@run-{}", ++runs_),
                            .argv = {argv.begin(), argv.end()},
                            .env = {},
                            .listen_fds = {}};
  const int output[] = {out_write.get(), err_write.get()};
  if (const auto pid = spawn_with_output(process, output); !pid)
    return std::unexpected(pid.error());
  out_write.reset();
  err_write.reset();

  RunResult result;
  auto status = collect(out_read, err_read, result, deadline, argv.front());
  if (!status) (void)kill(process.name, SIGKILL);  // NotFound: it ended by itself meanwhile
  const auto end = wait_exit(process.name, status ? deadline - mono_now() : kReplyMax);
  if (status && !end) {
    status = std::unexpected(end.error());
    (void)kill(process.name, SIGKILL);
    (void)wait_exit(process.name, kReplyMax);
  }
  ended_.erase(process.name);
  if (!status) return std::unexpected(std::move(status).error());
  result.code = end->code;
  return result;
}

Path Sandbox::inside(std::string_view relative) { return Path(kWorkDirectory) / relative; }

Path Sandbox::outside(std::string_view relative) const {
  return Path(fmt::format("/proc/self/fd/{}", work_.get())) / relative;
}

}  // namespace wardhive::fleet
