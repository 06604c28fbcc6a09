// Bans addresses and ranges in the kernel's packet filter: `ban_address`, control "nftables".
//
//   in     keys as IpPrefix prints them ("192.0.2.7", "192.0.2.0/24", "2001:db8::/48"); any length
//   own    table `inet NAME` and nothing else. One hash set per prefix length in use: `banned4` and
//          `banned6` for hosts, `banned4_24` for /24, ...; so ranges are exact, may overlap, and
//          each key has its own timeout and its own count of dropped packets. A packet counts for
//          the longest banned range that holds it, and in the named counter dropped4 or dropped6.
//   order  control channel, then protected prefixes, then bans; before any rule of another table
//          with priority `filter`, and whether or not a connection is established. Accepting here
//          only ends our own chain: the machine's firewall still has its say.
//   expiry held by the kernel; bans outlive the agent, and start() keeps those it finds
//   cost   apply p99 < 1 ms with 50,000 bans loaded; 50,000 at once < 1 s; list() 1 us per ban
//   thread one; acts in the network namespace that it was made in
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/address.h"
#include "enforce/enforcer.h"

namespace wardhive {

struct NftablesConfig {
  std::string table = "wardhive";  // a-z, 0-9, _; at most 31 characters
  struct Channel {
    IpAddress controller;
    std::uint16_t port = 0;
  };
  std::optional<Channel> channel;  // answers of the controller always come in
};

// InvalidInput for the name of the table. Touches nothing before start().
Result<std::unique_ptr<Enforcer>> make_nftables(NftablesConfig config);

}  // namespace wardhive
