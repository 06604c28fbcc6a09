#include "app/fleet/attacker.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "app/fleet/witness.h"
#include "base/clock.h"
#include "base/json_text.h"

namespace wardhive::fleet {
namespace {

constexpr std::size_t kLineBytesMax = 512;

struct Attempt {
  int error = 0;  // 0: banner and answer came
  bool accepted = false;
  int port = 0;  // ours; 0 before a connection
};

int local_port(int fd) {
  sockaddr_in own{};
  socklen_t size = sizeof own;
  return ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) == 0 ? ntohs(own.sin_port) : 0;
}

Attempt attempt(const AttackerOptions& options, const Login& login) {
  Attempt result;
  const auto now = [] { return system_clock().mono(); };
  const auto connection = connect_tcp(options.target, now() + millis(options.connect_timeout_ms));
  if (!connection) return {.error = connection.error()};
  result.port = local_port(connection->get());

  const auto deadline = now() + millis(options.answer_timeout_ms);
  std::string buffer;
  const auto banner = read_line(connection->get(), buffer, kLineBytesMax, deadline);
  if (!banner) return {.error = banner.error(), .port = result.port};
  const auto line = fmt::format("{}\t{}\n", login.user, login.password);
  if (const auto sent = write_all(connection->get(), line, deadline); !sent)
    return {.error = sent.error(), .port = result.port};
  const auto answer = read_line(connection->get(), buffer, kLineBytesMax, deadline);
  if (!answer) return {.error = answer.error(), .port = result.port};
  result.accepted = *answer == "welcome";
  return result;
}

void print_attempt(Instant at, const Login& login, const Attempt& done, Duration took) {
  std::string line =
      fmt::format(R"({{"at_ns":{},"outcome":"{}","user":)", to_ns(at), outcome_of(done.error));
  append_json_string(line, login.user);
  line += fmt::format(R"(,"accepted":{},"port":{},"ms":{:.2f}}})", done.accepted, done.port,
                      to_seconds(took) * 1e3);
  print_line(std::move(line));
}

void print_summary(std::uint64_t attempts, std::uint64_t accepted,
                   const std::map<std::string_view, std::uint64_t>& outcomes) {
  std::string line =
      fmt::format(R"({{"summary":true,"attempts":{},"accepted":{})", attempts, accepted);
  for (const std::string_view name : {"connected", "refused", "timeout", "reset", "unreachable"}) {
    const auto found = outcomes.find(name);
    line += fmt::format(R"(,"{}":{})", name, found == outcomes.end() ? 0 : found->second);
  }
  print_line(line + "}");
}

}  // namespace

std::string_view outcome_of(int error) {
  switch (error) {
    case 0:
      return "connected";
    case ECONNREFUSED:
      return "refused";
    case ETIMEDOUT:
      return "timeout";
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EACCES:
    case EPERM:
      return "unreachable";
    default:
      return "reset";
  }
}

Status run_attacker(const AttackerOptions& options) {
  if (options.logins.empty() || !(options.attempts_per_second > 0))
    return fail(ErrorCode::InvalidInput, "attacker needs a login and a rate above 0");
  StopSignal stop;
  std::uint64_t attempts = 0;
  std::uint64_t accepted = 0;
  std::map<std::string_view, std::uint64_t> outcomes;
  const auto period = from_seconds(1 / options.attempts_per_second);

  if (wait_for_start(options.start_file, stop)) {
    auto next = system_clock().mono();
    while (!stop.arrived_by(next) &&
           (options.attempts_max == 0 || attempts < options.attempts_max)) {
      const auto index = options.stay_at_last
                             ? std::min<std::uint64_t>(attempts, options.logins.size() - 1)
                             : attempts % options.logins.size();
      const auto& login = options.logins[index];
      const auto at = system_clock().wall();
      const auto started = system_clock().mono();
      const auto done = attempt(options, login);
      const auto ended = system_clock().mono();
      print_attempt(at, login, done, ended - started);
      ++attempts;
      accepted += done.accepted ? 1 : 0;
      ++outcomes[outcome_of(done.error)];
      next = std::max(next + period, ended);  // a slow attempt is not made up for by a burst
    }
  }
  print_summary(attempts, accepted, outcomes);
  return ok();
}

}  // namespace wardhive::fleet
