#include "app/fleet/sshd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <memory>

#include "base/clock.h"
#include "base/log.h"

namespace wardhive::fleet {
namespace {

constexpr std::string_view kBanner = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n";
constexpr std::size_t kUserBytesMax = 64;
constexpr std::size_t kLineBytesMax = 512;
constexpr Duration kLoginGraceMax = seconds(20);
constexpr int kFirstSessionPid = 1000;

// "Nov 22 16:40:55": local time, as syslog writes it.
std::string syslog_time() {
  const auto now = static_cast<std::time_t>(to_ns(system_clock().wall()) / 1'000'000'000);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%b %e %H:%M:%S", &parts)};
}

class Daemon {
 public:
  explicit Daemon(const SshdOptions& options) : options_(options) {}

  void serve(const Fd& connection, const Endpoint& peer) {
    const int pid = next_pid_++;  // the real one forks: each session has its own
    const auto deadline = system_clock().mono() + kLoginGraceMax;
    std::string buffer;
    std::string user;
    bool accepted = false;
    int attempts = 0;
    if (!write_all(connection.get(), kBanner, deadline)) return;
    while (attempts < options_.attempts_max) {
      const auto line = read_line(connection.get(), buffer, kLineBytesMax, deadline);
      if (!line) break;
      ++attempts;
      const auto tab = line->find('\t');
      user = line->substr(0, tab);
      const auto password = tab == std::string::npos ? std::string() : line->substr(tab + 1);
      accepted = accept(user, password);
      // Logged first: whoever has the answer may rely on the line.
      append(pid, attempt_messages(user, options_.accounts.contains(user), accepted, peer));
      if (!write_all(connection.get(), accepted ? "welcome\n" : "denied\n", deadline)) break;
      if (accepted) break;
    }
    if (attempts > 0 && !accepted)
      append(pid, {closed_message(user, options_.accounts.contains(user), peer)});
  }

 private:
  bool accept(std::string_view user, std::string_view password) const {
    const auto account = options_.accounts.find(user);
    return account != options_.accounts.end() && account->second == password;
  }

  // All lines of one attempt in one write: a reader never sees half of them out of order.
  void append(int pid, const std::vector<std::string>& messages) {
    std::string lines;
    const auto time = syslog_time();
    for (const auto& message : messages)
      lines += fmt::format("{} {} sshd[{}]: {}\n", time, options_.node, pid, message);
    const Fd log(
        ::open(options_.auth_log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
    if (!log || ::write(log.get(), lines.data(), lines.size()) < 0)
      log::warn("sshd.auth_log",
                {{"error", system_error(errno, "append " + options_.auth_log.string()).message}});
  }

  const SshdOptions options_;
  std::atomic<int> next_pid_{kFirstSessionPid};
};

}  // namespace

std::string log_safe_user(std::string_view user) {
  std::string out(user.substr(0, kUserBytesMax));
  std::ranges::replace_if(out, [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

std::vector<std::string> attempt_messages(std::string_view user, bool known, bool accepted,
                                          const Endpoint& peer) {
  const auto name = log_safe_user(user);
  const auto from = fmt::format("from {} port {}", peer.address.text(), peer.port);
  if (accepted)
    return {fmt::format("Accepted password for {} {} ssh2", name, from),
            fmt::format("pam_unix(sshd:session): session opened for user {}(uid=1000) by (uid=0)",
                        name)};
  const auto rhost = fmt::format(
      "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={}",
      peer.address.text());
  if (known)
    return {fmt::format("{}  user={}", rhost, name),
            fmt::format("Failed password for {} {} ssh2", name, from)};
  return {fmt::format("Invalid user {} {}", name, from),
          "pam_unix(sshd:auth): check pass; user unknown", rhost + " ",
          fmt::format("Failed password for invalid user {} {} ssh2", name, from)};
}

std::string closed_message(std::string_view user, bool known, const Endpoint& peer) {
  return fmt::format("Connection closed by {} user {} {} port {} [preauth]",
                     known ? "authenticating" : "invalid", log_safe_user(user), peer.address.text(),
                     peer.port);
}

Status run_sshd(const SshdOptions& options) {
  WARDHIVE_ASSIGN(const auto listener, listen_tcp(options.port));
  const auto daemon = std::make_shared<Daemon>(options);  // its threads may outlive this call
  return serve_connections(
      listener.get(), options.connections_max,
      [daemon](Fd connection, Endpoint peer) { daemon->serve(connection, peer); },
      [] { log::warn("sshd.turned_away"); });
}

}  // namespace wardhive::fleet
