// The newest slot that anything was read at: an endpoint that is behind it would show what is over
// as still to do. Plain value; the caller's thread.
#pragma once

#include <fmt/format.h>

#include "base/time.h"
#include "chain/fault.h"

namespace wardhive::chain {

class NewestSlot {
 public:
  // Unavailable if this is older than what was seen. One whose claim was too high makes all others
  // look behind: who goes on for a minute without being as far is believed after all. What an old
  // state would have us do meanwhile, the programs refuse.
  Status take(std::uint64_t slot, MonoTime now) {
    const bool behind = slot < slot_;
    if (behind && !behind_since_) behind_since_ = now;
    if (behind && now - *behind_since_ < kPatience)
      return fault(ErrorCode::Unavailable, reason::kBadAnswer,
                   fmt::format("the endpoint is {} slots behind what was seen", slot_ - slot));
    behind_since_.reset();
    slot_ = slot;
    return ok();
  }

  std::uint64_t slot() const { return slot_; }

 private:
  static constexpr Duration kPatience = minutes(1);
  std::uint64_t slot_ = 0;
  std::optional<MonoTime> behind_since_ = {};
};

}  // namespace wardhive::chain
