// Which hosts a sandbox has, and what is a legal fleet. Any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace wardhive::fleet {

inline constexpr std::size_t kHostsMax = 64;
// RFC 5737: addresses that belong to nobody. All hosts are on one wire, whatever their range.
inline constexpr std::array<std::string_view, 3> kRanges{"192.0.2.0/24", "198.51.100.0/24",
                                                         "203.0.113.0/24"};

struct HostSpec {
  std::string name;     // [a-z0-9-], 1 to 32; also the host name its processes see
  std::string address;  // IPv4 of a documentation range: 192.0.2.x, 198.51.100.x or 203.0.113.x
};

struct FleetSpec {
  std::vector<HostSpec> hosts;
  std::vector<Path> reachable = {};  // files from outside that must be seen inside, e.g. haproxy
};

// InvalidInput names what is wrong; NotFound if a reachable file is not there.
Status check_spec(const FleetSpec& spec);
// [a-z0-9-], 1 to 32, not starting with '-'; `what` is for the message.
Status check_name(std::string_view what, std::string_view name);

}  // namespace wardhive::fleet
