// http and https addresses, taken apart. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wardhive::net {

struct Url {
  std::string scheme;      // "http" or "https"
  std::string host;        // "127.0.0.1", "::1" (no brackets), "example.org"
  std::uint16_t port = 0;  // the scheme's default if none was written
  std::string path;        // starts with '/'
  std::string query;       // without '?'

  std::string authority() const;  // "host:port", brackets where IPv6 needs them
  std::string text() const;
  // InvalidInput for other schemes, and for user:password@ (it would end up in logs).
  static Result<Url> parse(std::string_view text);
};

}  // namespace wardhive::net
