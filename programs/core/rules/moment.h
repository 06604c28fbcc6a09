// Time as the program knows it (D1).
#pragma once

#include <cstdint>

#include "abi/bounds.h"

namespace swarm {

// Seconds since 1970, never negative, and the slot.
struct Moment {
  std::uint64_t t;
  std::uint64_t slot;
};

// A deadline made at (t0, slot0) for w seconds has passed iff t > t0 + w and slot > slot0 + w: a
// clock that jumps ahead lets nothing expire that has not lasted as many slots. `end` and
// `end_slot` are the two sums.
[[gnu::always_inline]] constexpr bool passed(std::uint64_t end, std::uint64_t end_slot,
                                             const Moment& now) {
  return now.t > end && now.slot > end_slot;
}

[[gnu::always_inline]] constexpr std::uint64_t epoch_of(std::uint64_t t) {
  return t / kEpochSeconds;
}

}  // namespace swarm
