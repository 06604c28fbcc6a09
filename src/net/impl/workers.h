// A few threads for handlers that wait, behind a bounded queue.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace wardhive::net::detail {

// Any thread.
class Workers {
 public:
  using Task = std::move_only_function<void()>;

  Workers(unsigned threads, std::size_t queue_max);
  ~Workers() { stop(); }
  // False, and `task` is dropped, if the queue is full or the workers are stopped.
  bool submit(Task task);
  // Drops what waits, lets running tasks end.
  void stop();

 private:
  void work();

  const std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> queue_;  // guarded by mutex_
  bool stopping_ = false;   // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace wardhive::net::detail
