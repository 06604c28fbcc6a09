// A network namespace of one's own for tests and benches, where they are root and alone: nothing of
// the machine's network is seen or touched. Needs no privilege where user namespaces are allowed.
#pragma once

#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>

#include "base/address.h"
#include "base/file.h"
#include "base/time.h"

namespace wardhive {

// For good, for the whole process, which must not have threads yet. False if it is refused.
inline bool enter_namespace() {
  const auto uid = ::getuid();
  const auto gid = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1";
    std::ofstream("/proc/self/gid_map") << "0 " << gid << " 1";
  } else if (::unshare(CLONE_NEWNET) != 0) {  // root needs no user namespace
    return false;
  }
  // Every address of the documentation ranges is local here, so any of them can send.
  return std::system(
             "ip link set lo up && ip route add local 192.0.2.0/24 dev lo && "
             "ip route add local 198.51.100.0/24 dev lo && ip -6 route add local 2001:db8::/32 dev "
             "lo") == 0;
}

// Until it is so, at most 10 s. Waits on the condition, not on the clock.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    ::poll(nullptr, 0, 2);
  }
  return condition();
}

// One end of a conversation; binds to an address that need not be configured.
class Peer {
 public:
  Peer(const std::string& address, std::uint16_t port, int type = SOCK_DGRAM)
      : address_(*IpAddress::parse(address)) {
    fd_ = Fd(::socket(address_.is_v4() ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(fd_.get(),
                 address_.is_v4() ? static_cast<int>(IPPROTO_IP) : static_cast<int>(IPPROTO_IPV6),
                 address_.is_v4() ? 15 : 78, &on, sizeof on);  // IP_FREEBIND, IPV6_FREEBIND
    const auto at = socket_address(address_, port);
    if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
      std::perror("bind");
  }
  int fd() const { return fd_.get(); }

  void send_to(const std::string& address, std::uint16_t port) const {
    const auto to = socket_address(*IpAddress::parse(address), port);
    ::sendto(fd_.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }
  // How many datagrams have come in. Loopback delivers within send, so nothing is on its way.
  int received() const {
    int count = 0;
    char byte;
    while (::recv(fd_.get(), &byte, 1, MSG_DONTWAIT) >= 0) ++count;
    return count;
  }

  static sockaddr_storage socket_address(const IpAddress& address, std::uint16_t port) {
    sockaddr_storage out{};
    if (address.is_v4()) {
      auto& v4 = reinterpret_cast<sockaddr_in&>(out);
      v4.sin_family = AF_INET;
      v4.sin_port = htons(port);
      std::copy(address.bytes.begin() + 12, address.bytes.end(),
                reinterpret_cast<std::uint8_t*>(&v4.sin_addr));
    } else {
      auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(port);
      std::copy(address.bytes.begin(), address.bytes.end(),
                reinterpret_cast<std::uint8_t*>(&v6.sin6_addr));
    }
    return out;
  }

 private:
  IpAddress address_;
  Fd fd_;
};

}  // namespace wardhive
