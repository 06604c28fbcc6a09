// The HTTP/1.1 server: bounded in every direction, strict in its grammar (a request that two
// readers could understand differently is refused with 400), one I/O thread.
//
//   grammar   HTTP/1.0 and 1.1; keep-alive and pipelining; origin-form targets only; chunked is the
//             only transfer coding; exactly one Host in 1.1; no bare LF, folded header lines,
//             repeated Content-Length, or Content-Length beside Transfer-Encoding
//   limits    limits::kHttp* and limits::kConnections*; each refusal is counted in
//             net_refused_total{reason=...}
//   overload  when all connections are taken the longest idle one gives way; if none is idle the
//             new one gets 503. More than kConnectionsPerAddressMax from one IPv4 address or IPv6
//             /64 get 429.
//   threads   listen/start/run/stop: the owner's; handlers: see router.h
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/limits.h"
#include "base/time.h"
#include "net/listen.h"
#include "net/router.h"

namespace wardhive::net {

struct ServerConfig {
  Duration request_deadline = seconds(30);    // first byte of a request to its last
  Duration answer_deadline = seconds(30);     // handler called to its answer; then 504
  Duration write_deadline = seconds(30);      // a response, or one SSE flush, taken by the peer
  Duration idle_deadline = seconds(75);       // connection open without a request under way
  Duration heartbeat_interval = seconds(10);  // comment on every event stream
  std::size_t connections_max = limits::kConnectionsMax;
  std::size_t connections_per_address_max = limits::kConnectionsPerAddressMax;
  std::size_t bodies_bytes_max = limits::kHttpBodiesBytesMax;  // being received, all together
  bool limit_loopback_addresses = false;  // apply the per-address bound to loopback too
  unsigned workers = 2;                   // threads for `blocking` routes
  Headers default_headers = {};           // added to each response that lacks the name
};

class Server {
 public:
  // `router` outlives the server and does not change once it is started.
  Server(ServerConfig config, const Router& router);
  ~Server();  // stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds at once, before start, so that errors are the caller's to show. `name` is what requests
  // carry as `listener`. Returns the port (0 for unix sockets). Errors: see open_listener.
  Result<std::uint16_t> listen(std::string name, const ListenAddress& address);

  void start();  // serves on a thread of its own
  void run();    // serves on the calling thread until stop() is called from another one
  // Any thread but a handler's; again is a no-op. Closes listeners and connections, ends streams,
  // drops unanswered requests, waits for running `blocking` handlers. Afterwards no handler runs.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wardhive::net
