#include "net/listen.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace wardhive::net {
namespace {

constexpr int kFirstInheritedFd = 3;  // SD_LISTEN_FDS_START
constexpr int kInheritedFdsMax = 64;

template <class Number>
bool parse_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

std::string cause(int error_number) { return std::generic_category().message(error_number); }

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress to_socket_address(const IpAddress& ip, std::uint16_t port) {
  SocketAddress address;
  if (ip.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, ip.bytes.data() + 12, 4);
    address.length = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, ip.bytes.data(), 16);
    address.length = sizeof v6;
  }
  return address;
}

std::uint16_t local_port(int fd) {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (getsockname(fd, address.get(), &address.length) != 0) return 0;
  if (address.storage.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
  if (address.storage.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port);
  return 0;
}

Error bind_error(const ListenAddress& address, int error_number) {
  const auto where = fmt::format("port {} on {}", address.port, address.ip.text());
  switch (error_number) {
    case EADDRINUSE:
      return {ErrorCode::Conflict,
              fmt::format("{} is in use; choose another with --listen, or stop the other process",
                          where)};
    case EACCES:
      return {
          ErrorCode::PermissionDenied,
          fmt::format(
              "{} is reserved for privileged processes; choose a port from 1024 up with --listen",
              where)};
    case EADDRNOTAVAIL:
      return {ErrorCode::Unavailable, fmt::format("{} is not an address of this machine; choose "
                                                  "one that `ip address` shows, or 127.0.0.1",
                                                  address.ip.text())};
    default:
      return {ErrorCode::Unavailable,
              fmt::format("cannot listen on {}: {}", where, cause(error_number))};
  }
}

Result<Listener> open_tcp(const ListenAddress& address) {
  auto target = to_socket_address(address.ip, address.port);
  Listener listener;
  listener.socket =
      Fd(::socket(target.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int fd = listener.socket.get();
  const int on = 1;
  if (fd < 0) return std::unexpected(bind_error(address, errno));
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
             sizeof on);  // only past connections: a listener still conflicts
  if (target.storage.ss_family == AF_INET6)
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd, target.get(), target.length) != 0 || ::listen(fd, SOMAXCONN) != 0)
    return std::unexpected(bind_error(address, errno));
  listener.port = local_port(fd);
  return listener;
}

// Something at the path: ours to replace only if it is a socket that nobody answers on.
Status remove_stale_socket(const std::string& path, SocketAddress& address) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return ok();
  if (!S_ISSOCK(info.st_mode))
    return fail(ErrorCode::Conflict,
                fmt::format("{} exists and is not a socket; choose another path", path));
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), address.get(), address.length) == 0 || errno != ECONNREFUSED)
    return fail(
        ErrorCode::Conflict,
        fmt::format(
            "{} is in use; choose another with --listen unix:PATH, or stop the other process",
            path));
  ::unlink(path.c_str());
  return ok();
}

Result<Listener> open_unix(const ListenAddress& where) {
  SocketAddress address;
  auto& name = reinterpret_cast<sockaddr_un&>(address.storage);
  name.sun_family = AF_UNIX;
  if (where.path.size() >= sizeof name.sun_path)
    return fail(ErrorCode::InvalidInput,
                fmt::format("socket path {} has {} bytes; the system takes at most {}", where.path,
                            where.path.size(), sizeof name.sun_path - 1));
  std::memcpy(name.sun_path, where.path.c_str(), where.path.size() + 1);
  address.length = sizeof name;
  WARDHIVE_TRY(remove_stale_socket(where.path, address));

  Listener listener;
  listener.socket = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int fd = listener.socket.get();
  // Linux gives the socket file the mode of the descriptor: there is no moment at which it is open.
  if (fd < 0 || ::fchmod(fd, 0600) != 0 || ::bind(fd, address.get(), address.length) != 0)
    return std::unexpected(system_error(errno, fmt::format("listen on {}", where.path)));
  listener.unlink_path = where.path;
  if (::listen(fd, SOMAXCONN) != 0)
    return std::unexpected(system_error(errno, fmt::format("listen on {}", where.path)));
  return listener;
}

Result<Listener> adopt(int fd) {
  int listening = 0;
  socklen_t size = sizeof listening;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0)
    return fail(
        ErrorCode::InvalidInput,
        fmt::format(
            "descriptor {} is not a listening socket; hand over one on which listen() was called",
            fd));
  Listener listener;
  listener.socket = Fd(fd);
  if (::fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
    return std::unexpected(system_error(errno, fmt::format("prepare descriptor {}", fd)));
  listener.port = local_port(fd);
  return listener;
}

}  // namespace

Result<ListenAddress> ListenAddress::parse(std::string_view text) {
  const auto bad = [&] {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is not a place to listen; expected "
                                                     "ADDRESS:PORT, [IPV6]:PORT, unix:PATH or fd:N",
                                                     text));
  };
  ListenAddress address;
  if (text.starts_with("unix:")) {
    address.kind = Kind::Unix;
    address.path = text.substr(5);
    return address.path.empty() || address.path.find('\0') != std::string::npos
               ? bad()
               : Result<ListenAddress>(address);
  }
  if (text.starts_with("fd:")) {
    address.kind = Kind::Inherited;
    return parse_number(text.substr(3), address.fd) && address.fd >= 0
               ? Result<ListenAddress>(address)
               : bad();
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || !parse_number(text.substr(colon + 1), address.port))
    return bad();
  auto host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != std::string_view::npos)
    return bad();  // which colon starts the port?
  auto ip = IpAddress::parse(host == "localhost" ? "127.0.0.1" : host);
  if (!ip) return bad();
  address.ip = *ip;
  return address;
}

std::string ListenAddress::text() const {
  switch (kind) {
    case Kind::Unix:
      return "unix:" + path;
    case Kind::Inherited:
      return fmt::format("fd:{}", fd);
    case Kind::Tcp:
      break;
  }
  return ip.is_v4() ? fmt::format("{}:{}", ip.text(), port)
                    : fmt::format("[{}]:{}", ip.text(), port);
}

std::vector<int> inherited_listen_fds() {
  const char* count_text = std::getenv("LISTEN_FDS");
  const char* pid_text = std::getenv("LISTEN_PID");
  int count = 0;
  if (count_text == nullptr || !parse_number(std::string_view(count_text), count)) return {};
  // Without LISTEN_PID the starter could not know it (a new pid namespace); it then answers for us.
  pid_t pid = 0;
  if (pid_text != nullptr && (!parse_number(std::string_view(pid_text), pid) || pid != ::getpid()))
    return {};
  std::vector<int> fds;
  for (int i = 0; i < std::min(count, kInheritedFdsMax); ++i) fds.push_back(kFirstInheritedFd + i);
  return fds;
}

Result<Listener> open_listener(const ListenAddress& address) {
  switch (address.kind) {
    case ListenAddress::Kind::Unix:
      return open_unix(address);
    case ListenAddress::Kind::Inherited:
      return adopt(address.fd);
    case ListenAddress::Kind::Tcp:
      break;
  }
  return open_tcp(address);
}

}  // namespace wardhive::net
