// Blocking TCP with deadlines, for the small programs of the fleet. Any thread; IPv4.
// Errors are errno values: what exactly happened to a connection is what these programs report.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/file.h"
#include "base/time.h"

namespace wardhive::fleet {

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
};

// "192.0.2.11:8080". InvalidInput otherwise.
Result<Endpoint> parse_endpoint(std::string_view text);

// On every address of the host.
Result<Fd> listen_tcp(std::uint16_t port);
// ETIMEDOUT at the deadline.
std::expected<Fd, int> connect_tcp(const Endpoint& peer, MonoTime deadline);
// Appends what has arrived, up to 16 KiB; 0 at the end of the stream, ETIMEDOUT at the deadline.
std::expected<std::size_t, int> read_some(int fd, std::string& buffer, MonoTime deadline);
// All of it. ETIMEDOUT at the deadline.
std::expected<void, int> write_all(int fd, std::string_view bytes, MonoTime deadline);
// Takes one line off the front of `buffer`, reading more where needed; without its line end.
// EMSGSIZE beyond `bytes_max`, ECONNRESET if the stream ends first.
std::expected<std::string, int> read_line(int fd, std::string& buffer, std::size_t bytes_max,
                                          MonoTime deadline);

// Serves each connection on a thread of its own, `connections_max` at once; one more is closed and
// reported to `turned_away`. Returns only when accepting fails for good.
Status serve_connections(int listener, std::size_t connections_max,
                         const std::function<void(Fd, Endpoint)>& serve,
                         const std::function<void()>& turned_away);

}  // namespace wardhive::fleet
