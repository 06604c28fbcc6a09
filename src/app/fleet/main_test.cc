// The test program is also the program its sandboxes run: `part NAME` runs that part, and
// `serve-one KIND` answers one connection on descriptor 3 ("fd") or on the unix socket ./one.sock.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "app/fleet/parts.h"

namespace {

int unix_listener() {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = "one.sock"};
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd, 1) != 0)
    return -1;
  fmt::print("listening\n");
  std::fflush(stdout);
  return fd;
}

int serve_one(std::string_view kind) {
  const int listener = kind == "fd" ? 3 : unix_listener();
  const int fd = ::accept(listener, nullptr, nullptr);
  const char* count = std::getenv("LISTEN_FDS");
  const char* pid = std::getenv("LISTEN_PID");
  const auto text = fmt::format("fds={} mine={}\n", count == nullptr ? "" : count,
                                pid != nullptr && std::to_string(::getpid()) == pid);
  return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 2 ? argv[1] : "";
  if (mode == "part")
    return wardhive::fleet::fleet_part_main(std::vector<std::string>(argv + 2, argv + argc));
  if (mode == "serve-one") return serve_one(argv[2]);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
