// IP addresses and prefixes. IPv4 is kept as its IPv4-mapped IPv6 form (::ffff:a.b.c.d), so one
// type serves both; text output is the short one of each family.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wardhive {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const IpAddress&) const = default;
  bool is_v4() const;
  bool is_loopback() const;
  bool is_unspecified() const;
  std::string text() const;
  // InvalidInput for host names, ports, zones ("%eth0"), or octets with a leading zero.
  static Result<IpAddress> parse(std::string_view text);
};

struct IpPrefix {
  IpAddress base;                // host bits are zero
  std::uint8_t length_v6 = 128;  // of the mapped form: an IPv4 /24 is 120

  auto operator<=>(const IpPrefix&) const = default;
  bool contains(const IpAddress& address) const;
  bool overlaps(const IpPrefix& other) const;
  bool is_host() const { return length_v6 == 128; }
  IpAddress last() const;
  std::string text() const;  // "192.0.2.0/24"; a host prints without a length
  // "192.0.2.0/24" or a bare address. InvalidInput if host bits are set: a range is said exactly.
  static Result<IpPrefix> parse(std::string_view text);
  static IpPrefix host(const IpAddress& address) { return {address, 128}; }
};

}  // namespace wardhive
