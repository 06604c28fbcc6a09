// Layout of a tenant's lease.
#pragma once

#include <cstdint>

#include "abi/bounds.h"
#include "abi/schema.h"
#include "abi/tags.h"
#include "abi/types.h"

namespace swarm {

// A node of a lease and what it earned there: the first one, or a standby. Each serves at most
// once, in their order.
struct Seat {
  Key node;                 // zero: no such standby
  Key owner;                // who is paid
  std::uint64_t rate;       // token units per second, fixed when the lease was opened
  std::uint64_t earned;     // token units, before fees
  std::uint64_t payable;    // token units, after fees, as the next three
  std::uint64_t prev, cur;  // of the holdback window before, and of `window`
  std::uint64_t window;
};
static_assert(sizeof(Seat) == 112);
template <>
struct TypeOf<Seat> : std::integral_constant<Type, Type::Seat> {};
inline constexpr Field kSeatFields[] = {
    SWARM_FIELD(Seat, node, 0),    SWARM_FIELD(Seat, owner, 32),   SWARM_FIELD(Seat, rate, 64),
    SWARM_FIELD(Seat, earned, 72), SWARM_FIELD(Seat, payable, 80), SWARM_FIELD(Seat, prev, 88),
    SWARM_FIELD(Seat, cur, 96),    SWARM_FIELD(Seat, window, 104),
};
static_assert(covers(kSeatFields, sizeof(Seat)));

// Seeds "lse", tenant, nonce. `state` is 1 once it is closed; it stays until everybody is paid.
struct Lease {
  static constexpr AccountTag kTag = AccountTag::Lease;
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::uint8_t kClosed = 1;

  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
  Key tenant;
  Key rent_to;
  std::uint64_t nonce;
  std::uint64_t escrow;       // token units not earned yet; the tenant's
  std::uint64_t prepaid;      // token units that ever came in
  std::uint64_t paid;         // token units that went out to providers
  std::uint64_t refunded;     // token units that went back to the tenant
  std::uint64_t earned;       // token units, before fees
  std::uint64_t fee_charged;  // token units, of `earned`
  std::uint64_t fees;         // token units, charged and not paid out yet
  std::uint64_t settled_to, settled_slot;
  std::uint64_t down_seen;  // the serving node's down time at settled_to
  std::uint64_t end;
  std::uint32_t units;
  std::uint32_t holdback;  // seconds, a window
  std::uint16_t fee_bps;
  std::uint16_t reason;      // why it was closed
  std::uint8_t seat;         // the one that serves
  std::uint8_t own;          // the tenant owns the first node: earns no work rewards
  std::uint8_t compensated;  // bit i: seat i's node was slashed and the tenant has had its part
  std::uint8_t pad2;
  Seat seats[kSeats];
  std::uint64_t opened_at;
};
inline constexpr Field kLeaseFields[] = {
    SWARM_FIELD(Lease, tag, 0),           SWARM_FIELD(Lease, version, 1),
    SWARM_FIELD(Lease, bump, 2),          SWARM_FIELD(Lease, state, 3),
    SWARM_FIELD(Lease, pad, 4),           SWARM_FIELD(Lease, seq, 8),
    SWARM_FIELD(Lease, tenant, 16),       SWARM_FIELD(Lease, rent_to, 48),
    SWARM_FIELD(Lease, nonce, 80),        SWARM_FIELD(Lease, escrow, 88),
    SWARM_FIELD(Lease, prepaid, 96),      SWARM_FIELD(Lease, paid, 104),
    SWARM_FIELD(Lease, refunded, 112),    SWARM_FIELD(Lease, earned, 120),
    SWARM_FIELD(Lease, fee_charged, 128), SWARM_FIELD(Lease, fees, 136),
    SWARM_FIELD(Lease, settled_to, 144),  SWARM_FIELD(Lease, settled_slot, 152),
    SWARM_FIELD(Lease, down_seen, 160),   SWARM_FIELD(Lease, end, 168),
    SWARM_FIELD(Lease, units, 176),       SWARM_FIELD(Lease, holdback, 180),
    SWARM_FIELD(Lease, fee_bps, 184),     SWARM_FIELD(Lease, reason, 186),
    SWARM_FIELD(Lease, seat, 188),        SWARM_FIELD(Lease, own, 189),
    SWARM_FIELD(Lease, compensated, 190), SWARM_FIELD(Lease, pad2, 191),
    SWARM_FIELD(Lease, seats, 192),       SWARM_FIELD(Lease, opened_at, 528),
};
static_assert(covers(kLeaseFields, sizeof(Lease)));

}  // namespace swarm
