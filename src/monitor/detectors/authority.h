// Reports an account on the chain over which somebody else holds a power now.
//
//   in     AuthorityChanged events about an account: power, before, after, says, agreed, slot
//   out    AuthorityChanged{account, observer} at once: 100 when two endpoints said the same
//          (`agreed` is not empty), 80 on the word of one; again with every further change, never
//          weaker; Cleared `authority_clear_after` after the last change. A power that goes back
//          to whom it belonged is a further change, not an end
//   limit  kAccountsChangedMax accounts with a change that is not cleared; one more is counted as
//          refused and not reported (the source watches fewer)
//   cost   O(log accounts) per change, about 2 KB each
#pragma once

#include <memory>

#include "monitor/detectors/detector.h"

namespace wardhive {

inline constexpr std::size_t kAccountsChangedMax = 2'000;

std::unique_ptr<Detector> make_authority(const DetectorContext& context);

}  // namespace wardhive
