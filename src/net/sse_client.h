// Follows one event stream for as long as it is wanted: reconnects with jittered back-off and
// Last-Event-ID, and treats a silent stream as a dead one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "net/client.h"
#include "net/http.h"
#include "net/sse_parser.h"

namespace wardhive::net {

struct SseClientConfig {
  std::string url = {};
  Headers headers = {};
  std::string unix_path = {};
  std::string last_event_id = {};          // to resume from; "" for none
  Duration connect_timeout = seconds(10);  // resolve and connect
  Duration idle_timeout = seconds(30);     // no byte, not even a heartbeat: reconnect
  Duration backoff_min = millis(100);      // doubles per failure; a stream that spoke resets it
  Duration backoff_max = seconds(5);
  ClientConfig client = {};
};

// Called on the client's own thread; must not block for long, nor call stop().
struct SseCallbacks {
  std::function<void(const SseEvent&)> on_event = {};
  std::function<void()> on_connected = {};  // each time 200 text/event-stream arrives
  std::function<void(const Error&)> on_lost =
      {};  // each failed attempt or end, with host and cause
};

class SseClient {
 public:
  // Starts at once. Never gives up, whatever the server answers: on_lost tells.
  SseClient(SseClientConfig config, SseCallbacks callbacks);
  ~SseClient();  // stop()
  SseClient(const SseClient&) = delete;
  SseClient& operator=(const SseClient&) = delete;

  // Any thread but the callbacks'; returns when no callback runs any more (< 200 ms beyond them).
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wardhive::net
