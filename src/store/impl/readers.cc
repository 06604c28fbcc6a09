#include "store/impl/readers.h"

#include "base/limits.h"

namespace wardhive {

Result<ReaderPool::Lease> ReaderPool::take() {
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return in_use_ < limits::kStoreReadersMax; });
    ++in_use_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection));
    }
  }
  auto opened = Connection::open(database_, Connection::Mode::Read);
  if (opened) return Lease(*this, std::make_unique<Connection>(std::move(*opened)));
  const std::scoped_lock lock(mutex_);
  --in_use_;
  returned_.notify_one();
  return std::unexpected(std::move(opened).error());
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  const std::scoped_lock lock(mutex_);
  --in_use_;
  idle_.push_back(std::move(connection));
  returned_.notify_one();
}

}  // namespace wardhive
