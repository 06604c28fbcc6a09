// The outside witness: a closed loop of HTTP requests through the gateway. Each request is a JSON
// line: {"at_ns","status","node","ms"}, or {"at_ns","status":0,"node":"","ms","error"} when no
// answer came. `node` is the answer's X-Node. The last line is
// {"summary":true,"requests","ok","failed"}; ok counts 2xx.
#pragma once

#include <string>

#include "app/fleet/sockets.h"
#include "base/result.h"

namespace wardhive::fleet {

struct ClientOptions {
  Endpoint gateway;
  std::string path = "/work";
  int workers = 4;    // 1 to 64; each has one kept-alive connection and one request under way
  int pause_ms = 10;  // between an answer and that worker's next request
  int timeout_ms = 2000;
  Path start_file;  // waits for it to exist; empty: starts at once
};

// Until SIGTERM or SIGINT. Call it before any thread is started.
Status run_client(const ClientOptions& options);

// One GET, its body on standard output and its status on standard error. Returns the status.
Result<int> print_get(const Endpoint& server, const std::string& target, int timeout_ms);

}  // namespace wardhive::fleet
