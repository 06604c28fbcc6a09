// The bounded buffer between whoever sends events and the connection that writes them.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wardhive::net::detail {

// Any thread. `wake` tells the connection that there is something to take or that the queue is
// closed; it is called without the lock held.
class SseQueue {
 public:
  explicit SseQueue(std::function<void()> wake) : wake_(std::move(wake)) {}

  // LimitReached closes the queue: the reader is too slow.
  Status push(std::string_view bytes);
  std::string take();  // all that is queued; "" if nothing
  void close();
  bool closed() const;
  bool overflowed() const;
  void on_close(std::function<void()> callback);

 private:
  mutable std::mutex mutex_;
  std::string pending_;             // guarded by mutex_
  bool closed_ = false;             // guarded by mutex_
  bool overflowed_ = false;         // guarded by mutex_
  std::function<void()> on_close_;  // guarded by mutex_
  const std::function<void()> wake_;
};

}  // namespace wardhive::net::detail
