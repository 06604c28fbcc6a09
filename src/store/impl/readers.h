// Read connections, opened when needed, at most limits::kStoreReadersMax. Any thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/impl/sqlite.h"

namespace wardhive {

class ReaderPool {
 public:
  explicit ReaderPool(Path database) : database_(std::move(database)) {}

  // A connection for one call; goes back to the pool when destroyed.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->give_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Connection> connection_;
  };
  // Waits while all are in use.
  Result<Lease> take();

 private:
  void give_back(std::unique_ptr<Connection> connection);

  const Path database_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t in_use_ = 0;                         // guarded by mutex_
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by mutex_
};

}  // namespace wardhive
