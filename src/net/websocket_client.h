// The text messages of one websocket (RFC 6455), read and written by one thread. Framing is
// Beast's, the connection (TLS, names, certificates) libcurl's.
//
//   errors   name host and cause. Unavailable: resolve, connect, refused with another status than
//            101, closed, broken off, cancelled. Timeout: connect, shake hands or send, and
//            `idle_timeout` without a whole message, whatever pings. LimitReached: a message larger
//            than `message_bytes_max`. InvalidInput: the URL. PermissionDenied: the certificate.
//            After an error of send() or receive() the connection is over; open() makes another
//   extensions  none are offered, so nothing is ever compressed
//   thread   one, but for cancel()
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "net/client.h"

namespace wardhive::net {

struct WebsocketConfig {
  std::string url = {};            // ws://HOST:PORT/PATH or wss://
  Duration timeout = seconds(10);  // to connect, to shake hands, to send one message
  Duration idle_timeout = seconds(30);
  std::size_t message_bytes_max = 1024 * 1024;
  ClientConfig client = {};
};

// InvalidInput for what open() would never connect to.
Status check_websocket_url(std::string_view url);

class WebsocketClient {
 public:
  explicit WebsocketClient(WebsocketConfig config);
  ~WebsocketClient();
  WebsocketClient(const WebsocketClient&) = delete;
  WebsocketClient& operator=(const WebsocketClient&) = delete;

  Status open();
  Status send(std::string_view text);
  // The next message, whole, text or binary; pings are answered meanwhile.
  Result<std::string> receive();

  // Any thread: ends what is running at once and refuses what comes later (Unavailable).
  void cancel();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wardhive::net
