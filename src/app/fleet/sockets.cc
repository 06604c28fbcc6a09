#include "app/fleet/sockets.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>

#include "base/clock.h"

namespace wardhive::fleet {
namespace {

constexpr int kBacklog = 256;
constexpr std::size_t kV4Offset = 12;  // of the four octets in the mapped form

sockaddr_in to_sockaddr(const Endpoint& peer) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(peer.port);
  std::memcpy(&out.sin_addr, peer.address.bytes.data() + kV4Offset, 4);
  return out;
}

Endpoint from_sockaddr(const sockaddr_in& peer) {
  Endpoint out;
  out.address.bytes[10] = out.address.bytes[11] = 0xff;
  std::memcpy(out.address.bytes.data() + kV4Offset, &peer.sin_addr, 4);
  out.port = ntohs(peer.sin_port);
  return out;
}

// 0 when ready, else errno.
int wait_for(int fd, short events, MonoTime deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - system_clock().mono()).count();
    pollfd wanted{fd, events, 0};
    const int ready =
        ::poll(&wanted, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000)));
    if (ready > 0) return 0;
    if (ready == 0) return ETIMEDOUT;
    if (errno != EINTR) return errno;
  }
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  Endpoint out;
  if (colon != std::string_view::npos) {
    const auto address = IpAddress::parse(text.substr(0, colon));
    const auto port = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (address && address->is_v4() && error == std::errc() && end == port.data() + port.size() &&
        out.port != 0) {
      out.address = *address;
      return out;
    }
  }
  return fail(ErrorCode::InvalidInput,
              fmt::format("\"{}\" is not ADDRESS:PORT, e.g. 192.0.2.11:8080", text));
}

Result<Fd> listen_tcp(std::uint16_t port) {
  const auto what = fmt::format("listen on port {}", port);
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return std::unexpected(system_error(errno, what));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(port);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0 ||
      ::listen(fd.get(), kBacklog) != 0)
    return std::unexpected(system_error(errno, what));
  return fd;
}

std::expected<Fd, int> connect_tcp(const Endpoint& peer, MonoTime deadline) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return std::unexpected(errno);
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto address = to_sockaddr(peer);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return fd;
  if (errno != EINPROGRESS) return std::unexpected(errno);
  if (const int error = wait_for(fd.get(), POLLOUT, deadline); error != 0)
    return std::unexpected(error);
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return std::unexpected(error);
  return fd;
}

std::expected<std::size_t, int> read_some(int fd, std::string& buffer, MonoTime deadline) {
  char bytes[16 * 1024];
  for (;;) {
    if (const int error = wait_for(fd, POLLIN, deadline); error != 0) return std::unexpected(error);
    const auto count = ::recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count >= 0) {
      buffer.append(bytes, static_cast<std::size_t>(count));
      return static_cast<std::size_t>(count);
    }
    if (errno != EINTR && errno != EAGAIN) return std::unexpected(errno);
  }
}

std::expected<void, int> write_all(int fd, std::string_view bytes, MonoTime deadline) {
  while (!bytes.empty()) {
    const auto count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      if (const int error = wait_for(fd, POLLOUT, deadline); error != 0)
        return std::unexpected(error);
    } else if (errno != EINTR) {
      return std::unexpected(errno);
    }
  }
  return {};
}

std::expected<std::string, int> read_line(int fd, std::string& buffer, std::size_t bytes_max,
                                          MonoTime deadline) {
  for (;;) {
    const auto end = buffer.find('\n');
    if (end != std::string::npos && end <= bytes_max) {
      auto line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    if (buffer.size() > bytes_max) return std::unexpected(EMSGSIZE);
    const auto count = read_some(fd, buffer, deadline);
    if (!count) return std::unexpected(count.error());
    if (*count == 0) return std::unexpected(ECONNRESET);
  }
}

Status serve_connections(int listener, std::size_t connections_max,
                         const std::function<void(Fd, Endpoint)>& serve,
                         const std::function<void()>& turned_away) {
  // Shared with the threads: they may outlive this call by a moment.
  const auto open = std::make_shared<std::atomic<std::size_t>>(0);
  for (;;) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    Fd fd(::accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC));
    if (!fd) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return std::unexpected(system_error(errno, "accept a connection"));
    }
    if (open->load() >= connections_max) {
      turned_away();
      continue;
    }
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++*open;
    try {
      std::thread([serve, open, connection = std::move(fd), from = from_sockaddr(peer)]() mutable {
        serve(std::move(connection), from);
        --*open;
      }).detach();
    } catch (const std::system_error&) {  // no more threads: the connection is closed with its Fd
      --*open;
      turned_away();
    }
  }
}

}  // namespace wardhive::fleet
