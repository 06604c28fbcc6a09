// HTTP/1.1 messages for the fleet's small programs: one parser for requests and responses. Bodies
// have a Content-Length or are empty; chunked ones are refused. Any thread.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/fleet/sockets.h"

namespace wardhive::fleet {

inline constexpr std::size_t kHttpHeadBytesMax = 8 * 1024;
inline constexpr std::size_t kHttpMessageBodyBytesMax = 1024 * 1024;
inline constexpr std::size_t kHttpHeadersMax = 64;

struct HttpHead {
  // A request: method, target, version. A response: version, status, reason (may hold spaces).
  std::string first, second, third;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::size_t content_length = 0;
  bool keep_alive = true;

  std::string_view header(std::string_view lower_case_name) const;  // "" if absent
};

struct HttpMessage {
  HttpHead head;
  std::string body;
};

// Pure. `head` ends with the empty line. InvalidInput for anything that two readers could
// understand differently; Unsupported for a transfer encoding; LimitReached above the bounds.
Result<HttpHead> parse_http_head(std::string_view head);

// One message off `buffer`, reading more where needed; absent when the stream ends before its
// first byte. Timeout, Unavailable for a broken stream, or as parse_http_head.
Result<std::optional<HttpMessage>> read_http(int fd, std::string& buffer, MonoTime deadline);

// "HTTP/1.1 200 OK" with its body; `headers` are whole lines, each ending in CR LF.
std::string http_response(int status, std::string_view type, std::string_view body,
                          std::string_view headers = {});
std::string http_get(std::string_view host, std::string_view target);

}  // namespace wardhive::fleet
