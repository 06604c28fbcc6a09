// Where a server listens, and the errors a person meets there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/file.h"
#include "base/result.h"

namespace wardhive::net {

struct ListenAddress {
  enum class Kind { Tcp, Unix, Inherited };
  Kind kind = Kind::Tcp;
  IpAddress ip;            // Tcp
  std::uint16_t port = 0;  // Tcp; 0 lets the system choose
  std::string path;        // Unix: made with mode 0600, removed when the server stops
  int fd = -1;             // Inherited: already listening; owned by the server from then on

  // "127.0.0.1:8700", "[::1]:8700", "localhost:8700", "unix:/run/wardhive.sock", "fd:3".
  // InvalidInput with the accepted forms otherwise.
  static Result<ListenAddress> parse(std::string_view text);
  std::string text() const;
};

// Descriptors handed over by the starter (systemd's LISTEN_FDS protocol): 3, 4, ... Empty if there
// are none, or if LISTEN_PID names another process.
std::vector<int> inherited_listen_fds();

// A listening, non-blocking, close-on-exec socket.
struct Listener {
  Fd socket = {};
  std::uint16_t port = 0;        // Tcp, also when inherited; else 0
  std::string unlink_path = {};  // "" unless we made a socket file
};
// Conflict if the address is in use, PermissionDenied, Unavailable (no such address here); the
// message names the cause and the way out. A socket file that nobody listens on is replaced.
Result<Listener> open_listener(const ListenAddress& address);

}  // namespace wardhive::net
