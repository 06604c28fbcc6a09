// Moves traffic off a node and back by degrees, at the gateway's HAProxy: `drain_node` and
// `set_node_share`, control "haproxy".
//
//   in     key = the server's name in the backend, which is the node's name; share_bps 0 drains,
//          1 to 10,000 is that share of the configured weight; absent means the full weight again
//   own    state and weight of the servers of one backend, over the runtime API
//   needs  haproxy.cfg: `stats socket ... level admin`; `weight 100` on each server (below 10 a
//          share of 10 % would round to nothing, so start() refuses it); a health check, and
//          `option redispatch`, or a server that dies costs errors until it is found out
//   person a server in maintenance was put there by a person, and stays there
//   limits HAProxy keeps nothing over a restart and has no expiry: whoever owns this compares
//          list() with what is desired, and counts
//   cost   one connection of 0.1 to 4 ms per call; Timeout after `timeout`
//   thread one
#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "enforce/enforcer.h"

namespace wardhive {

struct HaproxyConfig {
  Path socket;  // of the runtime API
  std::string backend;
  Duration timeout = seconds(1);
};

// InvalidInput for a backend name that HAProxy would not take. Touches nothing before start().
Result<std::unique_ptr<Enforcer>> make_haproxy(HaproxyConfig config);

}  // namespace wardhive
