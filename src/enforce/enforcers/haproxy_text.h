// Reads the answers of HAProxy's runtime API (2.4 and newer). Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "enforce/haproxy_stats.h"

namespace wardhive {

// What an administrator, here: we, asked of a server; not whether it is healthy.
struct ServerState {
  std::string name;
  bool drained = false;
  bool maintenance = false;
  bool running = false;  // its health check lets traffic through
  std::uint32_t weight = 0;
  std::uint32_t base_weight = 0;  // of the configuration
};

// Columns are found by name; other columns and their order do not matter.
// What HAProxy says instead of a table becomes the error: NotFound ("No such server."),
// PermissionDenied (the socket's level), else Unavailable. Corrupt: a table that makes no sense.
// In front of the table of `show servers state` complaints of earlier commands may stand.
Result<std::vector<ServerState>> parse_servers_state(std::string_view answer);
Result<std::vector<HaproxyServer>> parse_stat(std::string_view answer);

// HAProxy's names of backends and servers: they end up in command lines.
bool is_haproxy_name(std::string_view name);

}  // namespace wardhive
