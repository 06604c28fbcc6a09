// What HAProxy itself counts about the servers of a backend: the gateway's outside view of nodes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace wardhive {

struct HaproxyServer {
  std::string server;
  std::string status;  // as HAProxy says it: "UP", "DOWN", "DRAIN", "MAINT", "UP 1/3", "no check"
  bool check_ok = false;             // its last health check passed
  std::uint32_t weight = 0;          // 0-256
  std::uint64_t requests_total = 0;  // handed to the server since HAProxy started
  std::uint64_t errors_total = 0;    // 5xx, failed connects, broken answers; a retry counts again
  std::uint32_t response_ms = 0;     // mean of its last 1024 requests: until the first byte
  std::uint32_t request_ms = 0;      // the same: the whole request
};

// Any thread; opens a connection per call, blocks up to `timeout`. NotFound: no such backend;
// Unavailable or Timeout: nobody answers at `socket`; Corrupt: the answer is no statistics.
Result<std::vector<HaproxyServer>> read_haproxy_stats(const Path& socket,
                                                      const std::string& backend,
                                                      Duration timeout = seconds(1));

}  // namespace wardhive
