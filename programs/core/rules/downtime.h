// A node's time out of service (D6): kept as one sum, so that no lease has to be written when its
// node is quarantined, and every lease finds what it missed whenever it is settled.
#pragma once

#include <cstdint>

#include "abi/node.h"
#include "core/rules/moment.h"
#include "sol/checked.h"

namespace swarm {

// It serves nobody now. Ends by itself: nothing has to be called when the time is over.
[[gnu::always_inline]] constexpr bool is_quarantined(const Node& node, std::uint64_t t) {
  return node.q_at <= t && t < node.q_until;
}

[[gnu::always_inline]] constexpr bool is_retired(const Node& node, std::uint64_t t) {
  return node.retire_at != 0 && t >= node.retire_at;
}

// Seconds out of service up to t, which is not before the latest quarantine began.
[[gnu::always_inline]] constexpr std::uint64_t down_by(const Node& node, std::uint64_t t) {
  const std::uint64_t until = t < node.q_until ? t : node.q_until;
  return node.down + sol::saturating_sub(until, node.q_at);
}

// Books the quarantine that is open, or was the latest, and starts one that lasts to `until`
// (t: none).
[[gnu::always_inline]] constexpr void begin_quarantine(Node& node, std::uint64_t t,
                                                       std::uint64_t until) {
  node.down = down_by(node, t);
  node.q_at = t;
  node.q_until = until;
}

// How many units may be leased at its level: of what was attested.
[[gnu::always_inline]] constexpr std::uint64_t room_of(const Node& node) {
  const std::uint64_t by_level = std::uint64_t{1} << (node.level & 31);
  const std::uint64_t most = by_level < node.attested_units ? by_level : node.attested_units;
  return sol::saturating_sub(most, std::uint64_t{node.leased});
}

}  // namespace swarm
