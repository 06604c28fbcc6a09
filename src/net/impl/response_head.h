// Status line and header lines of an answer. Any thread.
#pragma once

#include <optional>
#include <string>

#include "net/http.h"

namespace wardhive::net::detail {

struct HeadOptions {
  bool keep_alive = true;
  bool body_length_known = true;  // false for an event stream, which the connection's end ends
  const Headers* defaults = nullptr;
};

// Framing is decided here: a handler's own Content-Length, Transfer-Encoding, Connection and Date
// are left out. nullopt if a name or value could split the answer (CR, LF, NUL, or a name that is
// no token).
std::optional<std::string> response_head(const Response& response, const HeadOptions& options);

// 204 and 304 carry none.
bool may_have_body(int status);

}  // namespace wardhive::net::detail
