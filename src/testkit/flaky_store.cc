#include "testkit/flaky_store.h"

namespace wardhive {

Status FlakyStore::commit(const Commit& commit) { return this->commit(commit, {}); }

Status FlakyStore::commit(const Commit& commit,
                          const std::vector<std::pair<std::string, std::uint64_t>>& acknowledged) {
  if (!full) return inner_->commit(commit, acknowledged);
  ++refused_;
  return fail(ErrorCode::LimitReached, "the disk is full");
}

}  // namespace wardhive
