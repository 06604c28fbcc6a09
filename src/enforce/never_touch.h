// Whom this machine must keep talking to, whatever anybody decides: itself, its gateway, its name
// servers, and the peers of log-ins that stand now.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/address.h"

namespace wardhive {

// Loopback, own addresses, default gateways, name servers, peers of established connections to the
// ports of log-in services. Without repeats. Best effort: what cannot be read is left out. Any
// thread; reads a few files, so call it every few seconds rather than per packet.
std::vector<IpPrefix> never_touch_of_this_host(const std::vector<std::uint16_t>& login_ports = {
                                                   22});

// The parts that read the kernel's texts. Lines that make no sense are passed over. Pure.
std::vector<IpAddress> gateways_of_route(std::string_view proc_net_route);  // /proc/net/route
std::vector<IpAddress> gateways_of_ipv6_route(
    std::string_view proc_net_ipv6_route);  // /proc/net/ipv6_route
std::vector<IpAddress> name_servers_of(std::string_view resolv_conf);
std::vector<IpAddress> established_peers(std::string_view proc_net_tcp,  // /proc/net/tcp, tcp6
                                         const std::vector<std::uint16_t>& local_ports);

}  // namespace wardhive
