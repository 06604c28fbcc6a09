#include "base/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace wardhive {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// The bits of `address` below `length` set to `value`.
IpAddress fill_host_bits(IpAddress address, unsigned length, bool value) {
  for (unsigned bit = length; bit < 128; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
    if (value)
      address.bytes[bit / 8] |= mask;
    else
      address.bytes[bit / 8] &= static_cast<std::uint8_t>(~mask);
  }
  return address;
}

}  // namespace

bool IpAddress::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes[12] == 127;
  return std::all_of(bytes.begin(), bytes.end() - 1, [](auto b) { return b == 0; }) &&
         bytes[15] == 1;
}

bool IpAddress::is_unspecified() const {
  const auto first = is_v4() ? bytes.begin() + 12 : bytes.begin();
  return std::all_of(first, bytes.end(), [](auto b) { return b == 0; });
}

std::string IpAddress::text() const {
  char buffer[INET6_ADDRSTRLEN];
  if (is_v4()) return inet_ntop(AF_INET, bytes.data() + 12, buffer, sizeof buffer);
  return inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string copy(text.substr(0, INET6_ADDRSTRLEN));
  IpAddress address;
  // inet_pton would stop at an embedded NUL and accept what stands before it.
  if (text.size() < INET6_ADDRSTRLEN && text.find('\0') == std::string_view::npos) {
    if (inet_pton(AF_INET, copy.c_str(), address.bytes.data() + 12) == 1) {
      std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
      return address;
    }
    if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  }
  return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is not an IPv4 or IPv6 address", copy));
}

bool IpPrefix::contains(const IpAddress& address) const {
  return fill_host_bits(address, length_v6, false) == base;
}

bool IpPrefix::overlaps(const IpPrefix& other) const {
  return length_v6 <= other.length_v6 ? contains(other.base) : other.contains(base);
}

IpAddress IpPrefix::last() const { return fill_host_bits(base, length_v6, true); }

std::string IpPrefix::text() const {
  if (is_host()) return base.text();
  return fmt::format("{}/{}", base.text(), base.is_v4() ? length_v6 - 96 : length_v6);
}

Result<IpPrefix> IpPrefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  WARDHIVE_ASSIGN(const auto address, IpAddress::parse(text.substr(0, slash)));
  if (slash == std::string_view::npos) return host(address);
  const auto digits = text.substr(slash + 1);
  const unsigned length_max = address.is_v4() ? 32 : 128;
  unsigned length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
      length > length_max)
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"{}\" has no prefix length from 0 to {}", text, length_max));
  const IpPrefix prefix{address, static_cast<std::uint8_t>(address.is_v4() ? length + 96 : length)};
  const auto exact = fill_host_bits(address, prefix.length_v6, false);
  if (exact != address)
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" has host bits set; write {}", text,
                                                     IpPrefix{exact, prefix.length_v6}.text()));
  return prefix;
}

}  // namespace wardhive
