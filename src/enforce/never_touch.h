// Whom this machine must keep talking to, whatever anybody decides: itself, its gateway and its
// name servers. Who is logged in on it: standing_logins.h.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/address.h"

namespace wardhive {

// Loopback, own addresses, default gateways, name servers. Without repeats. Best effort: what
// cannot be read is left out. Any thread; reads a few files, so call it every few seconds rather
// than per packet.
std::vector<IpPrefix> never_touch_of_this_host();

// The far end of a TCP connection.
struct TcpPeer {
  IpAddress address;
  std::uint16_t port = 0;
  auto operator<=>(const TcpPeer&) const = default;
};
// Of the established connections of this network namespace. As above.
std::vector<TcpPeer> established_peers_of_this_host();

// The parts that read the kernel's texts. Lines that make no sense are passed over. Pure.
std::vector<IpAddress> gateways_of_route(std::string_view proc_net_route);  // /proc/net/route
std::vector<IpAddress> gateways_of_ipv6_route(
    std::string_view proc_net_ipv6_route);  // /proc/net/ipv6_route
std::vector<IpAddress> name_servers_of(std::string_view resolv_conf);
std::vector<TcpPeer> established_peers(std::string_view proc_net_tcp);  // /proc/net/tcp, tcp6

}  // namespace wardhive
