// One request's way to its answer: the handler's side is any thread, the connection's the I/O
// thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "net/impl/sse_queue.h"
#include "net/responder.h"

namespace wardhive::net::detail {

class Exchange final : public AnswerSink {
 public:
  // `wake` tells the connection to look again; any thread, called without the lock held.
  explicit Exchange(std::function<void()> wake) : wake_(std::move(wake)) {}

  void answer(Response response) override {
    {
      const std::lock_guard lock(mutex_);
      response_ = std::move(response);
      if (!waited_for_) return;  // still inside the handler's call: the connection looks by itself
    }
    wake_();
  }

  std::shared_ptr<SseQueue> start_sse(Headers headers) override {
    auto queue = std::make_shared<SseQueue>(wake_);
    bool lost = true;
    bool waited_for = false;
    {
      const std::lock_guard lock(mutex_);
      lost = abandoned_;
      waited_for = waited_for_;
      if (!lost) {
        stream_ = queue;
        response_.emplace().headers = std::move(headers);
      }
    }
    if (lost)
      queue->close();
    else if (waited_for)
      wake_();
    return queue;
  }

  // Connection's side. After wait_from_now() each answer wakes it.
  bool answered() {
    const std::lock_guard lock(mutex_);
    return response_.has_value();
  }
  bool wait_from_now() {  // false if the answer is already there
    const std::lock_guard lock(mutex_);
    waited_for_ = true;
    return !response_.has_value();
  }
  Response take_response() {
    const std::lock_guard lock(mutex_);
    return *std::exchange(response_, std::nullopt);
  }
  std::shared_ptr<SseQueue> stream() {
    const std::lock_guard lock(mutex_);
    return stream_;
  }
  // Nobody will look any more: a later answer goes nowhere, a stream is closed.
  void abandon() {
    std::shared_ptr<SseQueue> stream;
    {
      const std::lock_guard lock(mutex_);
      abandoned_ = true;
      stream = std::move(stream_);
    }
    if (stream) stream->close();
  }

 private:
  const std::function<void()> wake_;
  std::mutex mutex_;
  std::optional<Response> response_;  // guarded by mutex_; for a stream: its head
  std::shared_ptr<SseQueue> stream_;  // guarded by mutex_
  bool waited_for_ = false;           // guarded by mutex_
  bool abandoned_ = false;            // guarded by mutex_
};

}  // namespace wardhive::net::detail
