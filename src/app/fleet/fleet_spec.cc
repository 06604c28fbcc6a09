#include "app/fleet/fleet_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/address.h"

namespace wardhive::fleet {
namespace {

constexpr std::size_t kNameBytesMax = 32;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  }) && name.front() != '-';
}

Status check_host(const HostSpec& host) {
  WARDHIVE_TRY(check_name("host", host.name));
  const auto address = IpAddress::parse(host.address);
  const bool documented = address && std::ranges::any_of(kRanges, [&](std::string_view range) {
                            return IpPrefix::parse(range)->contains(*address);
                          });
  if (!documented)
    return fail(ErrorCode::InvalidInput,
                fmt::format("address {} of host {} must lie in {}", host.address, host.name,
                            fmt::join(kRanges, ", ")));
  return ok();
}

}  // namespace

Status check_name(std::string_view what, std::string_view name) {
  if (is_name(name)) return ok();
  return fail(
      ErrorCode::InvalidInput,
      fmt::format("{} name \"{}\" must be 1 to {} of a-z, 0-9 and -", what, name, kNameBytesMax));
}

Status check_spec(const FleetSpec& spec) {
  if (spec.hosts.empty() || spec.hosts.size() > kHostsMax)
    return fail(ErrorCode::InvalidInput,
                fmt::format("a fleet has 1 to {} hosts, not {}", kHostsMax, spec.hosts.size()));
  std::set<std::string> seen;
  for (const auto& host : spec.hosts) {
    WARDHIVE_TRY(check_host(host));
    if (!seen.insert(host.name).second || !seen.insert(host.address).second)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("host {} ({}) is there twice; names and addresses must differ",
                              host.name, host.address));
  }
  for (const auto& path : spec.reachable) {
    std::error_code error;
    const auto real = std::filesystem::canonical(path, error);
    if (error) return std::unexpected(system_error(error.value(), "find " + path.string()));
    if (real.string().starts_with("/run/"))
      return fail(
          ErrorCode::InvalidInput,
          fmt::format("{} lies in /run, which the sandbox covers with its own; put it elsewhere",
                      real.string()));
  }
  return ok();
}

}  // namespace wardhive::fleet
