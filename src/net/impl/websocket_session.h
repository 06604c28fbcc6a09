// One websocket over one connection, from its handshake to its end. Errors as of WebsocketClient,
// without the host; after one the session is over.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/impl/byte_stream.h"

namespace wardhive::net::detail {

struct WebsocketLimits {
  Duration timeout = {};       // to shake hands, to send one message
  Duration idle_timeout = {};  // for a whole message to come
  std::size_t message_bytes_max = 0;
};

class WebsocketSession {
 public:
  WebsocketSession(ByteStream& bytes, WebsocketLimits limits);
  ~WebsocketSession();

  Status shake_hands(const std::string& host, const std::string& target);
  Status send(std::string_view text);
  Result<std::string> receive();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wardhive::net::detail
