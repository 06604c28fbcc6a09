// How fast work rewards may grow (D12).
#pragma once

#include <cstdint>

#include "abi/accounts.h"
#include "abi/bounds.h"
#include "sol/checked.h"

namespace swarm {

// How much the sum of all leaves may grow: within the funds, and so much per epoch since the latest
// root that stands. Never more than seven epochs' cap, however long nobody posted.
[[gnu::always_inline]] constexpr std::uint64_t growth_max(const Work& work, std::uint64_t cap,
                                                          std::uint64_t epoch) {
  std::uint64_t epochs = sol::saturating_sub(epoch, work.last_epoch);
  if (epochs > kWorkEpochsMax) epochs = kWorkEpochsMax;
  const std::uint64_t by_cap = cap * epochs;  // 2^61 x 7 fits
  const std::uint64_t by_funds = work.funded - work.active.cum_total;
  return by_cap < by_funds ? by_cap : by_funds;
}

}  // namespace swarm
