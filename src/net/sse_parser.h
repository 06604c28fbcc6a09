// Reads text/event-stream (WHATWG HTML 9.2.6) from pieces of any size. Sans I/O; one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"

namespace wardhive::net {

struct SseEvent {
  std::string event = "message";
  std::string data = {};
  std::string id = {};  // the last id seen, as Last-Event-ID wants it
};

class SseParser {
 public:
  // `last_event_id`: of the stream that this one continues, "" for none.
  explicit SseParser(std::string last_event_id = {},
                     std::size_t event_bytes_max = limits::kSseEventBytesMax)
      : bytes_max_(event_bytes_max), last_id_(std::move(last_event_id)) {}
  // LimitReached once a line, or one event's data, passes `event_bytes_max`; the parser is then
  // done for. An event that is cut off by the end of the stream is never reported.
  Status feed(std::string_view bytes, const std::function<void(const SseEvent&)>& on_event);

  const std::string& last_event_id() const { return last_id_; }
  std::optional<Duration> retry() const { return retry_; }  // what the server asked for

 private:
  void take_line(const std::function<void(const SseEvent&)>& on_event);
  void take_field(std::string_view name, std::string_view value);

  std::size_t bytes_max_;
  std::string line_;
  std::string event_;
  std::string data_;
  std::string last_id_;
  std::optional<Duration> retry_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool first_line_ = true;
};

}  // namespace wardhive::net
