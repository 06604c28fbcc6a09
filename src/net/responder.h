// How a handler answers: once, later, from any thread. Or with a stream of server-sent events.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace wardhive::net {

namespace detail {
class SseQueue;
struct SseHandle;
// Where an answer goes; one of the two calls, at most once, any thread.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  virtual void answer(Response response) = 0;
  virtual std::shared_ptr<SseQueue> start_sse(Headers headers) = 0;
};
}  // namespace detail

// One browser or agent listening for events. Any thread; copies share the stream. The stream ends
// when the reader leaves, is too slow, the server stops, close() is called, or the last copy goes.
class SseStream {
 public:
  SseStream() = default;  // closed

  // Queues one event. `event` and `id` may be empty (left out); `data` may hold many lines.
  // Unavailable once the stream is closed; InvalidInput if `event` or `id` holds a line break (it
  // could forge events); LimitReached if the reader is so slow that limits::kSseQueueBytesMax would
  // be passed: it is disconnected, counted, and has to reconnect with Last-Event-ID.
  Status send(std::string_view event, std::string_view data, std::string_view id = {}) const;
  // A line that readers skip: proves that the stream lives. The server sends one every 10 s.
  Status comment(std::string_view text) const;
  bool closed() const;
  void close() const;
  // Called once, by whichever thread ends the stream (at once if it has ended); must not block.
  void on_close(std::function<void()> callback) const;

  explicit SseStream(std::shared_ptr<detail::SseQueue> queue);

 private:
  std::shared_ptr<detail::SseHandle> handle_;
};

// Movable, one shot: exactly one of send() and start_sse(), a second is our bug (assertion).
// Dropped unanswered it sends 500, so that no client waits for an answer that cannot come.
// After the server's answer deadline, or its stop, an answer goes nowhere.
class Responder {
 public:
  explicit Responder(std::shared_ptr<detail::AnswerSink> sink) : sink_(std::move(sink)) {}
  // For tests and joins without a socket: `answer` gets the response; event streams are refused.
  static Responder to(std::function<void(Response)> answer);

  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  ~Responder();

  void send(Response response);
  // 200 text/event-stream; `headers` are added. Events may be sent at once.
  SseStream start_sse(Headers headers = {});

 private:
  std::shared_ptr<detail::AnswerSink> sink_;
};

}  // namespace wardhive::net
