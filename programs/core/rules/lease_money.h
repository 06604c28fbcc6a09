// Lease money (D5): what a lease owes for the seconds that its node served, to the token unit, the
// same for whoever settles when.
#pragma once

#include <cstdint>

#include "abi/lease.h"
#include "abi/node.h"
#include "core/rules/downtime.h"
#include "core/rules/moment.h"
#include "sol/checked.h"
#include "sol/error.h"
#include "sol/wide.h"

namespace swarm {

// Moves what a seat earned on to its payable part as windows end, and adds `net` to the window of
// now.
[[gnu::always_inline]] constexpr void credit_seat(Seat& seat, std::uint64_t holdback,
                                                  std::uint64_t net, std::uint64_t t) {
  const std::uint64_t window = t / holdback;
  if (window <= seat.window) {  // a clock that goes back pays nothing out early
    seat.cur += net;
    return;
  }
  seat.payable += seat.prev;
  if (window == seat.window + 1) {
    seat.prev = seat.cur;
  } else {
    seat.payable += seat.cur;
    seat.prev = 0;
  }
  seat.cur = net;
  seat.window = window;
}

// Seconds to bill since the latest settlement: to the lease's end or the node's, without time out
// of service, and without time that cannot have passed (more than two seconds per slot).
[[gnu::always_inline]] constexpr std::uint64_t seconds_to_bill(const Lease& lease, const Node& node,
                                                               const Moment& now) {
  std::uint64_t until = now.t < lease.end ? now.t : lease.end;
  if (is_retired(node, until)) until = node.retire_at;
  const std::uint64_t raw = sol::saturating_sub(now.t, lease.settled_to);
  const std::uint64_t slots = sol::saturating_sub(now.slot, lease.settled_slot);
  const std::uint64_t skip = slots < raw / 2 + 1 ? sol::saturating_sub(raw, 2 * slots) : 0;
  const std::uint64_t down = sol::saturating_sub(down_by(node, until), lease.down_seen);
  const std::uint64_t served = sol::saturating_sub(until, lease.settled_to);
  return sol::saturating_sub(sol::saturating_sub(served, skip), down);
}

// Brings the lease up to now; `node` is the one that serves. Returns what was earned, before fees.
// A lease never owes more than its escrow holds, and the fee is rounded up once over all that was
// ever earned, so that settling often costs nobody anything.
[[gnu::noinline]] constexpr std::uint64_t settle_lease(Lease& lease, const Node& node,
                                                       const Moment& now) {
  Seat& seat = lease.seats[lease.seat % kSeats];
  sol::U128 due{};
  sol::multiply(seat.rate, seconds_to_bill(lease, node, now), due);
  const std::uint64_t pay = due.hi != 0 || due.lo > lease.escrow ? lease.escrow : due.lo;
  lease.escrow -= pay;
  lease.earned += pay;  // at most what was prepaid, which fits
  seat.earned += pay;
  sol::U128 scaled{};
  sol::multiply(lease.earned, lease.fee_bps, scaled);
  (void)sol::add(scaled, {kBpsOne - 1, 0});
  std::uint64_t rest = 0;
  // fee_bps <= kBpsOne, so the quotient fits.
  const std::uint64_t fee_due = sol::divide_narrow(scaled.hi, scaled.lo, kBpsOne, rest);
  const std::uint64_t fee = fee_due - lease.fee_charged;
  lease.fee_charged = fee_due;
  lease.fees += fee;
  credit_seat(seat, lease.holdback, pay - fee, now.t);
  lease.down_seen = down_by(node, now.t);
  if (now.t > lease.settled_to) lease.settled_to = now.t;
  if (now.slot > lease.settled_slot) lease.settled_slot = now.slot;
  return pay;
}

// Nothing of anybody is left in it.
[[gnu::always_inline]] constexpr bool is_paid_out(const Lease& lease) {
  std::uint64_t rest = lease.escrow | lease.fees;
  for (const Seat& seat : lease.seats) rest |= seat.payable | seat.prev | seat.cur;
  return rest == 0;
}

}  // namespace swarm
