#include "enforce/enforcers/haproxy_socket.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/clock.h"

namespace wardhive {
namespace {

constexpr std::size_t kAnswerBytesMax = 8 * 1024 * 1024;  // `show stat` of 10,000 servers is 4 MB

// Waits until `events` may go on; false when the time is up.
bool wait_for(int fd, short events, MonoTime deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - system_clock().mono());
  pollfd entry{.fd = fd, .events = events, .revents = 0};
  return left.count() > 0 && ::poll(&entry, 1, static_cast<int>(left.count())) > 0;
}

}  // namespace

Result<std::string> ask_haproxy(const Path& socket, std::string_view command, Duration timeout) {
  const auto where = "haproxy at " + socket.string();
  const auto deadline = system_clock().mono() + timeout;
  const auto late = [&] {
    return fail(ErrorCode::Timeout,
                fmt::format("{} did not answer within {}", where, format_duration(timeout)));
  };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.native().size() >= sizeof address.sun_path)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{}: a socket's path has at most {} characters", where,
                            sizeof address.sun_path - 1));
  std::memcpy(address.sun_path, socket.c_str(), socket.native().size());
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return std::unexpected(system_error(errno, "open a socket"));
  // A full backlog says EAGAIN at once; whoever asked tries again later.
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fail(
        errno == EACCES ? ErrorCode::PermissionDenied : ErrorCode::Unavailable,
        fmt::format(
            "{} cannot be reached: {} (is it running, with \"stats socket {} level admin\"?)",
            where, std::strerror(errno), socket.string()));
  std::string question(command);
  for (question += '\n'; !question.empty();) {
    const auto sent = ::send(fd.get(), question.data(), question.size(), MSG_NOSIGNAL);
    if (sent > 0)
      question.erase(0, static_cast<std::size_t>(sent));
    else if (errno != EAGAIN && errno != EINTR)
      return std::unexpected(system_error(errno, "ask " + where));
    else if (!wait_for(fd.get(), POLLOUT, deadline))
      return late();
  }
  std::string answer;
  std::array<char, 16 * 1024> chunk;
  for (;;) {
    const auto got = ::recv(fd.get(), chunk.data(), chunk.size(), 0);
    if (got == 0) return answer;
    if (got > 0)
      answer.append(chunk.data(), static_cast<std::size_t>(got));
    else if (errno != EAGAIN && errno != EINTR)
      return std::unexpected(system_error(errno, "listen to " + where));
    else if (!wait_for(fd.get(), POLLIN, deadline))
      return late();
    if (answer.size() > kAnswerBytesMax)
      return fail(ErrorCode::LimitReached, where + " answered more than 8 MB");
  }
}

}  // namespace wardhive
