#include "enforce/never_touch.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/file.h"

namespace wardhive {
namespace {

constexpr std::size_t kProcBytesMax = 16 * 1024 * 1024;  // /proc/net/tcp of 100,000 connections

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> out;
  while (true) {
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return out;
    line.remove_prefix(first);
    const auto end = std::min(line.find_first_of(" \t\r"), line.size());
    out.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

template <class Visit>
void each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    visit(words(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

IpAddress v4_address(const void* bytes) {
  IpAddress address;
  address.bytes[10] = address.bytes[11] = 0xff;
  std::memcpy(address.bytes.data() + 12, bytes, 4);
  return address;
}

// The kernel prints addresses as 32-bit words of the machine's byte order.
std::optional<IpAddress> address_of_words(std::string_view hex) {
  if (hex.size() != 8 && hex.size() != 32) return std::nullopt;
  std::array<std::uint32_t, 4> host{};
  for (std::size_t i = 0; i < hex.size() / 8; ++i) {
    const auto part = hex.substr(i * 8, 8);
    const auto [end, error] = std::from_chars(part.data(), part.data() + 8, host[i], 16);
    if (error != std::errc() || end != part.data() + 8) return std::nullopt;
  }
  if (hex.size() == 8) return v4_address(host.data());
  IpAddress address;
  std::memcpy(address.bytes.data(), host.data(), 16);
  return address;
}

std::vector<IpAddress> own_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  std::vector<IpAddress> out;
  for (const auto* at = list; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    if (at->ifa_addr->sa_family == AF_INET)
      out.push_back(v4_address(&reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr));
    if (at->ifa_addr->sa_family != AF_INET6) continue;
    std::memcpy(out.emplace_back().bytes.data(),
                &reinterpret_cast<const sockaddr_in6*>(at->ifa_addr)->sin6_addr, 16);
  }
  return out;
}

}  // namespace

std::vector<IpAddress> gateways_of_route(std::string_view proc_net_route) {
  std::vector<IpAddress> out;
  each_line(proc_net_route, [&](const auto& fields) {  // Iface Destination Gateway Flags ...
    if (fields.size() < 4 || fields[1] != "00000000" || fields[2] == "00000000") return;
    if (const auto address = address_of_words(fields[2])) out.push_back(*address);
  });
  return out;
}

std::vector<IpAddress> gateways_of_ipv6_route(std::string_view proc_net_ipv6_route) {
  std::vector<IpAddress> out;
  each_line(proc_net_ipv6_route,
            [&](const auto& fields) {  // destination length source length next hop ...
              IpAddress address;
              if (fields.size() < 5 || fields[1] != "00" ||
                  fields[0].find_first_not_of('0') != std::string_view::npos)
                return;
              if (from_hex(fields[4], address.bytes) && !address.is_unspecified())
                out.push_back(address);
            });
  return out;
}

std::vector<IpAddress> name_servers_of(std::string_view resolv_conf) {
  std::vector<IpAddress> out;
  each_line(resolv_conf, [&](const auto& fields) {
    if (fields.size() < 2 || fields[0] != "nameserver") return;
    if (const auto address = IpAddress::parse(fields[1].substr(0, fields[1].find('%'))))
      out.push_back(*address);
  });
  return out;
}

std::vector<TcpPeer> established_peers(std::string_view proc_net_tcp) {
  std::vector<TcpPeer> out;
  each_line(proc_net_tcp, [&](const auto& fields) {  // sl local remote state ...
    if (fields.size() < 4 || fields[3] != "01") return;
    const auto remote = fields[2];
    const auto colon = remote.find(':');
    if (colon == std::string_view::npos) return;
    const auto* end = remote.data() + remote.size();
    std::uint16_t port = 0;
    const auto [read_to, error] = std::from_chars(remote.data() + colon + 1, end, port, 16);
    if (error != std::errc() || read_to != end) return;
    if (const auto peer = address_of_words(remote.substr(0, colon))) out.push_back({*peer, port});
  });
  return out;
}

namespace {

std::string text_of(const char* path) { return read_file(path, kProcBytesMax).value_or(""); }

}  // namespace

std::vector<IpPrefix> never_touch_of_this_host() {
  std::vector<IpPrefix> out{*IpPrefix::parse("127.0.0.0/8"), *IpPrefix::parse("::1")};
  for (const auto& addresses : {own_addresses(), gateways_of_route(text_of("/proc/net/route")),
                                gateways_of_ipv6_route(text_of("/proc/net/ipv6_route")),
                                name_servers_of(text_of("/etc/resolv.conf"))})
    for (const auto& address : addresses) out.push_back(IpPrefix::host(address));
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<TcpPeer> established_peers_of_this_host() {
  auto out = established_peers(text_of("/proc/net/tcp"));
  std::ranges::copy(established_peers(text_of("/proc/net/tcp6")), std::back_inserter(out));
  return out;
}

}  // namespace wardhive
